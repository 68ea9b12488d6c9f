using System.Text.Json;
using Keyless.Language.Oidc;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// The claim by which an issuer names the only roles a token may take, checked before any trust policy: a text, several separated by
/// semicolons, or a list. As recorded on AWS.
/// </summary>
public static class RolesClaim
{
    public const string Name = "https://aws.amazon.com/roles";

    /// <summary>Whether the claim names the role; false when there is no claim, a refusal when it forbids the role.</summary>
    public static bool Names(Jwt token, string roleArn, out Refusal? refusal)
    {
        refusal = null;
        if (token.Claim("https://aws.amazon.com/roles"u8) is not { Kind: not JsonTokenType.Null } claim)
        {
            return false;
        }

        var texts = claim.Kind switch
        {
            JsonTokenType.String => token.Text(claim).Split(';'),
            JsonTokenType.StartArray => Strings(token.Raw(claim)),
            _ => null,
        };
        if (texts is null)
        {
            refusal = Refuse(WireErrors.BadRolesClaim, "the token's roles claim is neither a text nor a list", null);
            return false;
        }

        var arns = texts.Select(text => text.Trim()).Where(IsRoleArn).ToList();
        if (arns.Count == 0)
        {
            refusal = Refuse(WireErrors.NoRolesInClaim, "the token's roles claim names no role by its ARN", null);
            return false;
        }

        if (!arns.Contains(roleArn))
        {
            refusal = Refuse(WireErrors.RoleNotInClaim, $"the token's roles claim does not name `{roleArn}`, only {string.Join(", ", arns.Take(2).Select(arn => $"`{arn}`"))}{(arns.Count > 2 ? $" and {arns.Count - 2} more" : "")}", string.Join(", ", arns.Take(5))) with { Wanted = roleArn };
            return false;
        }

        return true;
    }

    private static Refusal Refuse(Aws.AwsError wire, string cause, string? got) =>
        new("roles claim", wire, cause, "have the issuer add the role's exact ARN to the claim, or leave the claim out") { Place = Name, Got = got };

    private static bool IsRoleArn(string text)
    {
        var parts = text.Split(':', 6);
        return parts.Length == 6 && parts[0] == "arn" && parts[2] == "iam" && parts[4].Length == 12 && parts[4].All(char.IsAsciiDigit)
            && parts[5].StartsWith("role/", StringComparison.Ordinal) && parts[5].Length > "role/".Length;
    }

    /// <summary>The texts of a list; other entries are ignored.</summary>
    private static string[] Strings(ReadOnlySpan<byte> json)
    {
        var texts = new List<string>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                texts.Add(reader.GetString()!);
            }
            else
            {
                reader.Skip();
            }
        }

        return [.. texts];
    }
}
