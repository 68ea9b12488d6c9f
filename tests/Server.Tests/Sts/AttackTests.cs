using System.Security.Cryptography;
using System.Text;
using Keyless.Language.Oidc;
using Keyless.Server.Oidc;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>What attackers do to tokens. RFC 8725, "JSON Web Token Best Current Practices".</summary>
public sealed class AttackTests
{
    private static string Encode(string text) => Base64UrlText.Encode(Encoding.UTF8.GetBytes(text));

    private static async Task Refused(Func<Sandbox, string> forge, string? words = null)
    {
        await using var sandbox = new Sandbox();
        var answer = await sandbox.Exchange(forge(sandbox));
        Assert.Equal("InvalidIdentityToken", answer.Code);
        if (words is not null)
        {
            Assert.Contains(words, answer.Summary, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    public Task An_unsigned_token_is_refused(string algorithm) =>
        Refused(s => $"{Encode($$"""{"alg":"{{algorithm}}","kid":"{{s.KeyId}}"}""")}.{s.Token().Split('.')[1]}.", "not accepted");

    [Fact]
    public Task The_public_key_is_no_HMAC_secret() => Refused(
        s =>
        {
            var signed = $"{Encode($$"""{"alg":"HS256","kid":"{{s.KeyId}}"}""")}.{s.Token().Split('.')[1]}";
            return $"{signed}.{Base64UrlText.Encode(HMACSHA256.HashData(s.PublicKeyPem, Encoding.ASCII.GetBytes(signed)))}";
        },
        "`HS256` is not accepted");

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    public Task A_key_in_or_behind_the_header_is_never_used(string member) => Refused(
        s =>
        {
            using var rsa = RSA.Create(2048);
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            var value = member switch
            {
                "jwk" => $$"""{"kty":"RSA","kid":"attacker","n":"{{Base64UrlText.Encode(parameters.Modulus)}}","e":"AQAB"}""",
                "x5c" => """["MIIB"]""",
                _ => "\"https://attacker.example/keys\"",
            };
            var signed = $"{Encode($$"""{"alg":"RS256","kid":"{{s.KeyId}}","{{member}}":{{value}}}""")}.{s.Token().Split('.')[1]}";
            return $"{signed}.{Base64UrlText.Encode(rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        },
        "signature is not that of key");

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("' OR '1'='1")]
    [InlineData("")]
    [InlineData("a\\u0000b")]
    public Task A_strange_key_id_finds_no_key(string keyId) => Refused(
        s =>
        {
            var parts = s.Token().Split('.');
            return $"{Encode($$"""{"alg":"RS256","kid":"{{keyId}}"}""")}.{parts[1]}.{parts[2]}";
        },
        "publishes no key");

    [Fact]
    public Task Another_algorithm_of_the_same_key_needs_another_signature() => Refused(
        s =>
        {
            var parts = s.Token().Split('.');
            return $"{Encode($$"""{"alg":"RS512","kid":"{{s.KeyId}}"}""")}.{parts[1]}.{parts[2]}";
        },
        "signature is not that of key");

    [Fact]
    public Task An_elliptic_algorithm_does_not_use_an_RSA_key() => Refused(
        s =>
        {
            var parts = s.Token().Split('.');
            return $"{Encode($$"""{"alg":"ES256","kid":"{{s.KeyId}}"}""")}.{parts[1]}.{Base64UrlText.Encode(new byte[64])}";
        },
        "signature is not that of key");

    [Fact]
    public async Task Of_a_repeated_member_the_signed_last_one_counts()
    {
        await using var sandbox = new Sandbox();
        var claims = Encoding.UTF8.GetString(Base64UrlText.Decode(sandbox.Token().Split('.')[1])!);
        var answer = await sandbox.Exchange(sandbox.Sign(claims[..^1] + ",\"sub\":\"repo:evil/site:ref:refs/heads/main\"}"));
        Assert.Equal("AccessDenied", answer.Code);
        Assert.Contains("evil/site", answer.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_signature_has_one_spelling() => Refused(
        s =>
        {
            // 256 bytes end in a character with four unused bits: set one of them.
            var token = s.Token();
            const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            return token[..^1] + alphabet[alphabet.IndexOf(token[^1], StringComparison.Ordinal) | 1];
        },
        "canonical");

    [Theory]
    [InlineData("=")]
    [InlineData(" ")]
    [InlineData("\n")]
    public Task Nothing_may_follow_the_signature(string more) => Refused(s => s.Token() + more);

    [Fact]
    public Task Deep_JSON_is_refused() => Refused(s => s.Sign("{\"a\":" + new string('[', 3000) + new string(']', 3000) + "}"), "deeper");

    [Fact]
    public Task Broken_UTF_8_is_refused() => Refused(s => s.Sign([.. "{\"sub\":\""u8, 0xC3, 0x28, .. "\"}"u8]), "UTF-8");

    [Fact]
    public async Task An_oversized_token_is_refused_by_its_length()
    {
        await using var sandbox = new Sandbox();
        var answer = await sandbox.Exchange(new string('a', 20_001));
        Assert.Equal("ValidationError", answer.Code);
        Assert.Contains("20001 characters", answer.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("aaaa", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_the_sandbox_for_another_issuer_is_not_the_sandboxes()
    {
        await using var sandbox = new Sandbox();
        var answer = await sandbox.Exchange(sandbox.Token() is var token ? sandbox.Sign(Encoding.UTF8.GetString(Base64UrlText.Decode(token.Split('.')[1])!).Replace(IssuerUrl.GitHub, "https://token.actions.githubusercontent.com.evil.example", StringComparison.Ordinal)) : "");
        Assert.Equal("InvalidIdentityToken", answer.Code);
        Assert.Contains("no OIDC provider", answer.Summary, StringComparison.Ordinal);
    }
}
