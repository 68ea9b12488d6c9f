using System.Collections.Concurrent;
using Keyless.Language.Oidc;
using Keyless.Server.Aws;
using Keyless.Server.Sts.WebIdentity;
using Microsoft.Extensions.Logging;

namespace Keyless.Server.Sts;

/// <summary>
/// Credentials of a role for the bearer of an issuer's token. STS API Reference, "AssumeRoleWithWebIdentity". The call is unsigned;
/// whatever signature it carries is ignored.
/// </summary>
internal sealed class AssumeRoleWithWebIdentity(StsService sts) : Operation
{
    private readonly TokenVerifier _verifier = new(sts.Parts.Issuers);
    private readonly ConcurrentBag<Jwt> _tokens = [];

    public override string Name => "AssumeRoleWithWebIdentity";

    public override SignatureRule Signature => SignatureRule.Ignored;

    public override Needs Needs(AwsRequest request) => new Needs.Nothing("the role's trust policy decides, once the token is verified");

    public override async ValueTask<AwsResponse> Run(AwsRequest request)
    {
        // The buffers of a token are used again: nothing of it is read once its record is made.
        var token = _tokens.TryTake(out var idle) ? idle : new Jwt();
        var exchange = new Exchange((QueryRequest)request, sts.Parts, _verifier, token);
        var refusal = await exchange.Decide();
        var record = exchange.Record(refusal);
        _tokens.Add(token);

        // The record is durable before anything is answered: credentials that nobody can account for do not leave.
        await sts.Parts.Audit.Append(record);
        if (refusal is not null)
        {
            return refusal.Wire with { Reason = refusal.Cause };
        }

        if (sts.Parts.Log.IsEnabled(LogLevel.Information))
        {
            sts.Parts.Log.LogInformation("{RequestId} sts {Operation} allowed: {Role} for {Subject}", request.RequestId, Name, exchange.Role!.Arn, exchange.Claims!.Subject);
        }

        return new StsResponse(sts, Name, exchange.Write);
    }
}
