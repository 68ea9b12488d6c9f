using System.Text;
using Keyless.Language.Oidc;

namespace Fuzz.Targets;

/// <summary><see cref="Jwt"/>: header, claims and signature of any text give a token or a fault; what was read can be read again.</summary>
internal sealed class JsonWebToken : Target
{
    private readonly Jwt _again = new();

    public override IEnumerable<string> Seeds =>
    [
        "{\"alg\":\"RS256\",\"kid\":\"k\"}\n{\"iss\":\"https://i\",\"sub\":\"s\",\"aud\":[\"a\"],\"iat\":1,\"exp\":2}\nAAAA",
        "{\"alg\":\"ES384\"}\n{\"https://aws.amazon.com/tags\":{\"principal_tags\":{\"K\":[\"V\"]}}}\nAAA",
        "{\"alg\":\"none\"}\n{}\n",
    ];

    public override IEnumerable<string> Words => ["\"alg\"", "\"crit\"", "RS256", "ES512", "\\u0061", "\\ud800", "null", "[[[[", "}}", "."];

    public override void Run(string input)
    {
        // As parts, encoded here, and as the text it is.
        var parts = input.Split('\n');
        Read(parts.Length == 3
            ? $"{Base64UrlText.Encode(Encoding.UTF8.GetBytes(parts[0]))}.{Base64UrlText.Encode(Encoding.UTF8.GetBytes(parts[1]))}.{parts[2]}"
            : input);
        Read(input);
    }

    private void Read(string text)
    {
        var token = Jwt.Parse(text, out var fault);
        Promise(token is null != fault is null, "a token or a fault");
        Promise(_again.Read(Encoding.UTF8.GetBytes(text)) is null == fault is null, "an instance that was used before reads the same");
        if (token is null)
        {
            return;
        }

        Promise(token.Compact == text, "a token is kept as it came");
        foreach (var member in (JwtMember[])[.. token.Claims, .. token.Headers])
        {
            _ = token.Name(member);
            _ = token.Text(member);
            _ = token.Texts(member);
        }
    }
}
