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

    public override string Name => "AssumeRoleWithWebIdentity";

    public override SignatureRule Signature => SignatureRule.Ignored;

    public override Needs Needs(AwsRequest request) => new Needs.Nothing("the role's trust policy decides, once the token is verified");

    public override async ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var exchange = new Exchange((QueryRequest)request, sts.Parts, _verifier);
        var refusal = await exchange.Decide();

        // The record is durable before anything is answered: credentials that nobody can account for do not leave.
        await sts.Parts.Audit.Append(exchange.Record(refusal));
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
