using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>AWS Identity and Access Management, API version 2010-05-08: what this chain and its administration need of it.</summary>
public sealed class IamService : QueryService
{
    private readonly Operation[] _operations;

    public IamService(IamStore store, TimeProvider clock, IssuerPolicy issuers, FindThumbprint? findThumbprint)
    {
        Store = store;
        Clock = clock;
        Issuers = issuers;
        FindThumbprint = findThumbprint;
        _operations = IamOperations.All(this);
    }

    /// <summary>When roles and access keys were last used.</summary>
    public required LastUses Uses { get; init; }

    /// <summary>Which accounts vend tokens to services outside.</summary>
    public Sts.OutboundFederation Outbound { get; init; } = new(folder: null, account => account);

    public override string Name => "iam";

    public override string Version => "2010-05-08";

    public override string Namespace => "https://iam.amazonaws.com/doc/2010-05-08/";

    public override SigningRules Signing { get; } = new QuerySigning("iam");

    public override IReadOnlyCollection<Operation> Operations => _operations;

    internal IamStore Store { get; }

    internal TimeProvider Clock { get; }

    internal IssuerPolicy Issuers { get; }

    internal FindThumbprint? FindThumbprint { get; }

    public override AwsError Denied(AwsRequest request, Denial denial) => CommonErrors.AccessDenied(denial.Message());
}

/// <summary>
/// The SHA-1 thumbprint of the top certificate that an issuer's host presents; null when the host does not answer. IAM fetches it
/// when a provider is created without one.
/// </summary>
public delegate ValueTask<string?> FindThumbprint(string issuer, CancellationToken cancelled);
