using System.Text;

namespace Keyless.Language.Oidc;

/// <summary>What people send around a token, or in its place. The answer of GitHub's token request: GitHub Docs, "OpenID Connect reference".</summary>
internal static class TokenSlip
{
    /// <summary>Every JWT's header is a JSON object, whose first two characters are written so.</summary>
    private const string Start = "eyJ";

    private const string Request = "the job needs `permissions: id-token: write`, and the request `$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com`";

    private static readonly string[] ApiTokens = ["ghs_", "ghp_", "gho_", "ghu_", "github_pat_"];

    /// <summary>What a text that is no JWT is instead; null when it is nothing known. Nothing of it is repeated.</summary>
    public static JwtFault? Of(ReadOnlySpan<byte> token)
    {
        var text = Encoding.UTF8.GetString(token);
        var bare = text.Trim();
        return bare switch
        {
            _ when bare.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) =>
                new JwtFault("the token has `Bearer ` in front, which belongs to an HTTP header") { Mend = "send what follows `Bearer `, alone" },
            ['{', ..] when Member(bare) is { } member =>
                new JwtFault($"the text sent is the JSON answer to a token request, the token is only its `{member}`") { Mend = $"send its `{member}` alone: `jq -r .{member}`" },
            ['"' or '\'', ..] => new JwtFault("the token stands in quotes") { Mend = "send the `value` alone, without quotes: `jq -r .value`" },
            "null" or "undefined" or "None" => new JwtFault($"the text sent is `{bare}`: the token request brought no token") { Mend = $"look at its answer: {Request}" },
            _ when bare.Contains("${{", StringComparison.Ordinal) || bare.StartsWith('$') =>
                new JwtFault("the text sent is an expression or variable that nobody filled in") { Mend = "write it where it is evaluated: in a workflow's `env:` or `with:`, in a shell outside single quotes" },
            _ when Array.Find(ApiTokens, start => bare.StartsWith(start, StringComparison.Ordinal)) is { } start =>
                new JwtFault($"the text sent is a token for GitHub's API (`{start}...`), such as `GITHUB_TOKEN`, not an OIDC token") { Mend = $"ask for an OIDC token: {Request}" },
            _ when bare.StartsWith("https://", StringComparison.Ordinal) || bare.StartsWith("http://", StringComparison.Ordinal) =>
                new JwtFault("the text sent is an address, not the token that it answers with") { Mend = "fetch it, and send the `value` of the answer" },
            _ when bare.StartsWith("file:", StringComparison.Ordinal) || bare.StartsWith('/') || bare.StartsWith("./", StringComparison.Ordinal) =>
                new JwtFault("the text sent is the name of a file, not the token in it") { Mend = "send the file's content: `--web-identity-token \"$(cat FILE)\"`" },
            _ when !bare.StartsWith(Start, StringComparison.Ordinal) => null,
            _ when text.EndsWith('\n') => new JwtFault("the token has a line break at its end") { Mend = "send the `value` alone: `\"$(cat FILE)\"` drops the line break" },
            _ when bare != text => new JwtFault("the token has white space around it") { Mend = "send the `value` alone, without white space" },
            _ when bare.AsSpan().ContainsAny(" \t\r\n") => new JwtFault("the token has a line break or white space inside it") { Mend = "send it in one piece, as the issuer gave it" },
            _ when bare.EndsWith('=') => new JwtFault("the token ends with `=`, padding that JWTs do not have") { Mend = "send the issuer's token unchanged" },
            _ when bare.Count(c => c == '.') < 2 => new JwtFault("the token was cut off: a JWT has three parts separated by dots, and the signature is missing") { Mend = "send the issuer's token whole" },
            _ => null,
        };
    }

    /// <summary>The member in which such answers have their token.</summary>
    private static string? Member(string json) => Array.Find(["value", "id_token", "token", "access_token"], name => json.Contains($"\"{name}\"", StringComparison.Ordinal));
}
