using System.Security.Cryptography;
using Keyless.Server.Aws;
using Keyless.Server.Oidc;

namespace Keyless.Server.Sts;

/// <summary>A signed token that says who the caller is, for services outside. STS API Reference, "GetWebIdentityToken".</summary>
internal sealed class GetWebIdentityToken(StsService sts) : Operation
{
    public override string Name => "GetWebIdentityToken";

    public override Recording Recording => Recording.Everything;

    public override Needs Needs(AwsRequest request)
    {
        var parameters = ((QueryRequest)request).Parameters;
        return SessionLimits.UnlessLimited(request, new Permission("sts:GetWebIdentityToken", "*")
        {
            Keys =
            [
                new("sts:SigningAlgorithm", parameters.Text("SigningAlgorithm"u8) ?? ""),
                new("sts:DurationSeconds", parameters.Text("DurationSeconds"u8) ?? "300"),
            ],
            MultivaluedKeys = [new("sts:IdentityTokenAudience", [.. parameters.List("Audience")])],
        });
    }

    public override ValueTask<AwsResponse> Run(AwsRequest request) => new(Answer(request));

    private AwsResponse Answer(AwsRequest request)
    {
        var check = new Constraints(((QueryRequest)request).Parameters);
        var audiences = check.List("Audience", 10, 1, 1000);
        if (audiences.Count == 0)
        {
            check.Violate("Value at 'audience' failed to satisfy constraint: Member must not be null");
            check.Explain("the request has no `Audience`", "say for whom the token is: `--audience NAME`");
        }

        var duration = check.Number("DurationSeconds", 60, 3600, absent: 300);
        var algorithm = check.OneOf("SigningAlgorithm", "RS256", "ES384");
        if (algorithm is null)
        {
            check.Violate("Value at 'signingAlgorithm' failed to satisfy constraint: Member must not be null");
            check.Explain("the request has no `SigningAlgorithm`", "give `--signing-algorithm RS256`, or `ES384`");
        }

        var tags = check.Tags("Tags");
        if (check.Error is { } invalid)
        {
            return invalid;
        }

        var caller = request.Caller;
        if (caller is Caller.Root)
        {
            return CommonErrors.AccessDenied("GetWebIdentityToken cannot be called with root credentials") with { Reason = $"{caller.Called} has no web identity: only users and roles get tokens", Mend = "call with a user's or a role's credentials" };
        }

        if (caller is Caller.WithSession { Session: var session } && request.ReceivedAt.AddSeconds(duration) > session.Expires)
        {
            return new AwsError("SessionDurationEscalationException", 403, "The requested token duration would extend the session beyond its original expiration time.")
            {
                Reason = $"the caller's session ends at {session.Expires:yyyy-MM-dd'T'HH:mm:ss'Z'}, before the token of {duration} seconds would",
                Mend = $"ask for at most {Math.Max(60, (int)(session.Expires - request.ReceivedAt).TotalSeconds)} seconds, or get a new session",
            };
        }

        if (!sts.Parts.Outbound.IsEnabled(caller.Account!))
        {
            return new AwsError("OutboundWebIdentityFederationDisabledException", 403, "Outbound web identity federation is not enabled for this account")
            {
                Reason = $"account `{caller.Account}` has not enabled outbound web identity federation",
                Mend = "enable it: `aws iam enable-outbound-web-identity-federation`",
            };
        }

        var expires = request.ReceivedAt.AddSeconds(duration);
        var payload = Discovery.Json(json =>
        {
            json.WriteStartObject();
            if (audiences.Count == 1)
            {
                json.WriteString("aud", audiences[0]);
            }
            else
            {
                json.WriteStartArray("aud");
                foreach (var audience in audiences)
                {
                    json.WriteStringValue(audience);
                }

                json.WriteEndArray();
            }

            json.WriteString("sub", caller is Caller.WithSession { Session.RoleArn: { } role } ? role : caller.Arn);
            json.WriteStartObject("https://sts.amazonaws.com/");
            json.WriteString("aws_account", caller.Account);
            json.WriteString("source_region", request.Signature?.Region ?? "us-east-1");
            json.WriteString("principal_id", caller.Arn);
            if (caller is Caller.WithSession { Session.Tags: { IsEmpty: false } principalTags })
            {
                WriteTags(json, "principal_tags", principalTags);
            }

            if (tags.Count > 0)
            {
                WriteTags(json, "request_tags", tags);
            }

            json.WriteEndObject();
            json.WriteString("iss", sts.Parts.Outbound.IssuerOf(caller.Account!));
            json.WriteNumber("exp", expires.ToUnixTimeSeconds());
            json.WriteNumber("iat", request.ReceivedAt.ToUnixTimeSeconds());
            json.WriteString("jti", Guid.NewGuid().ToString());
            json.WriteEndObject();
        });
        var token = algorithm == "RS256" ? sts.Parts.OutboundKeys.Rsa.Sign(payload) : sts.Parts.OutboundKeys.SignWithP384(payload);
        return new StsResponse(
            sts,
            Name,
            xml => xml.Element("WebIdentityToken", token).Element("Expiration", expires),
            Recorded.Of(sts, Name, request, error: null, denial: null) with
            {
                Summary = $"a token for `{caller.Arn}` to {string.Join(", ", audiences.Select(audience => $"`{audience}`"))}",
            });
    }

    private static void WriteTags(System.Text.Json.Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> tags)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in tags)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
