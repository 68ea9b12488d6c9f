using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Iam;
using Keyless.Server.Oidc;
using Keyless.Server.Storage;
using Keyless.Server.Sts.WebIdentity;
using Microsoft.Extensions.Logging;

namespace Keyless.Server.Sts;

/// <summary>What STS works with.</summary>
public sealed record StsParts(IamStore Iam, SessionToken Tokens, IssuerKeys Issuers, AuditLog Audit, Access Access, TimeProvider Clock, ILogger Log)
{
    /// <summary>Signs tokens of GetWebIdentityToken.</summary>
    public required OutboundKeys OutboundKeys { get; init; }

    /// <summary>Opens and makes encoded authorization messages.</summary>
    public required AuthorizationMessages Messages { get; init; }

    /// <summary>Which accounts vend outbound tokens, and as whom.</summary>
    public required OutboundFederation Outbound { get; init; }

    /// <summary>Whether what is allowed is recorded as fully as what is refused: each check, each input.</summary>
    public bool Detailed { get; init; }
}

/// <summary>AWS Security Token Service, API version 2011-06-15.</summary>
public sealed class StsService : QueryService
{
    private readonly Operation[] _operations;

    public StsService(StsParts parts)
    {
        Parts = parts;
        _operations = StsOperations.All(this);
    }

    public override string Name => "sts";

    public override string Version => "2011-06-15";

    public override string Namespace => "https://sts.amazonaws.com/doc/2011-06-15/";

    public override SigningRules Signing { get; } = new QuerySigning("sts");

    public override IReadOnlyCollection<Operation> Operations => _operations;

    internal StsParts Parts { get; }

    /// <summary>STS names the action and the resource, and no kind of policy. STS API Reference, "AssumeRole".</summary>
    public override AwsError Denied(AwsRequest request, Denial denial) => CommonErrors.AccessDenied(denial.Message());
}

/// <summary>Every operation of STS, one row each.</summary>
internal static class StsOperations
{
    public static Operation[] All(StsService sts) =>
    [
        new AssumeRole(sts),
        new AssumeRoleWithSAML(),
        new AssumeRoleWithWebIdentity(sts),
        new DecodeAuthorizationMessage(sts),
        new GetAccessKeyInfo(sts),
        new GetCallerIdentity(sts),
        new GetFederationToken(sts),
        new GetSessionToken(sts),
        new GetWebIdentityToken(sts),
    ];
}

/// <summary>A success of STS.</summary>
internal sealed class StsResponse(StsService sts, string operation, Action<XmlOut> write, IAuditEntry? record = null) : QueryResponse(sts, operation)
{
    public override IAuditEntry? Record => record;

    public override void WriteResult(XmlOut xml) => write(xml);
}
