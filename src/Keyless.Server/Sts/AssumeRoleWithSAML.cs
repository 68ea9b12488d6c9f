using System.Buffers.Text;
using Keyless.Server.Aws;
using Keyless.Server.Sts.WebIdentity;

namespace Keyless.Server.Sts;

/// <summary>
/// Credentials of a role for the bearer of a SAML assertion. STS API Reference, "AssumeRoleWithSAML". IAM has no SAML providers here, so
/// it answers what AWS answers in an account without any.
/// </summary>
internal sealed class AssumeRoleWithSAML : Operation
{
    private const string ProviderMark = ":saml-provider/";

    public override string Name => "AssumeRoleWithSAML";

    public override SignatureRule Signature => SignatureRule.Ignored;

    public override Recording Recording => Recording.Everything;

    public override Needs Needs(AwsRequest request) => new Needs.Nothing("the role's trust policy would decide, once the assertion is verified");

    public override ValueTask<AwsResponse> Run(AwsRequest request) => new(Refuse(request));

    private static AwsError Refuse(AwsRequest request)
    {
        var check = new Constraints(((QueryRequest)request).Parameters);
        var role = check.Required("RoleArn", 20, 2048, ParameterPattern.Arn);
        var principal = check.Required("PrincipalArn", 20, 2048, ParameterPattern.Arn);
        var assertion = check.RequiredSecret("SAMLAssertion", 4, 100_000);
        SessionPolicies.Read(check);
        check.Number("DurationSeconds", 900, 43_200, absent: 3600);
        if (check.Error is { } invalid)
        {
            return invalid;
        }

        if (!role.Contains(":role/", StringComparison.Ordinal) || !principal.Contains(ProviderMark, StringComparison.Ordinal))
        {
            return CommonErrors.ValidationError("Request ARN is invalid") with
            {
                Reason = $"`RoleArn` is `{TokenClaims.Clip(role)}` and `PrincipalArn` is `{TokenClaims.Clip(principal)}`, where a role's ARN and a SAML provider's belong",
                Mend = "exchange an OpenID Connect token with `AssumeRoleWithWebIdentity`",
            };
        }

        return Base64.IsValid(assertion)
            ? Rejected(request, "Specified provider doesn't exist", $"the SAML provider `{TokenClaims.Clip(principal)}` does not exist: IAM has only OIDC providers here")
            : Rejected(request, "Invalid base64 SAMLResponse", "the assertion is no base64 text");
    }

    // AWS passes its discovery service's text on, as people have reported it.
    private static AwsError Rejected(AwsRequest request, string message, string cause) => new(
        "InvalidIdentityToken",
        400,
        $"{message} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; Request ID: {request.RequestId}; Proxy: null)")
    {
        Reason = cause,
        Mend = "exchange an OpenID Connect token with `AssumeRoleWithWebIdentity`",
    };
}
