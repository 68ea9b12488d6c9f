using System.Text;
using CsCheck;
using Keyless.Language.Oidc;
using Xunit;

namespace Language.Tests.Oidc;

public sealed class JwtTests
{
    private static string Token(string header, string payload, string signature = "AAAA") =>
        $"{Base64UrlText.Encode(Encoding.UTF8.GetBytes(header))}.{Base64UrlText.Encode(Encoding.UTF8.GetBytes(payload))}.{signature}";

    [Fact]
    public void Of_a_repeated_member_the_last_counts()
    {
        var jwt = Jwt.Parse(Token("""{"alg":"RS256","kid":"a","kid":"b"}""", """{"aud":"x","a\u0075d":"y"}"""), out var fault)!;
        Assert.Null(fault);
        Assert.Equal("b", jwt.KeyId);
        Assert.Equal("y", jwt.Text(jwt.Claim("aud"u8)!.Value));
    }

    [Fact]
    public void Nested_values_come_whole()
    {
        var jwt = Jwt.Parse(Token("""{"alg":"ES384"}""", """{"t":{"a":[1,{"b":"}"}]},"z":["1",2,true,[3]]}"""), out _)!;
        Assert.Equal(JwtAlgorithm.ES384, jwt.Algorithm);
        Assert.Equal("""{"a":[1,{"b":"}"}]}""", Encoding.UTF8.GetString(jwt.Raw(jwt.Claim("t"u8)!.Value)));
        Assert.Equal(["1", "2", "true"], jwt.Texts(jwt.Claim("z"u8)!.Value));
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "a.b", "2 parts" },
        { "", "one part" },
        { "a.b.c.d.e", "JWE" },
        { Token("""{"alg":"none"}""", "{}", ""), "`none`" },
        { Token("""{"alg":"HS256"}""", "{}"), "`HS256`" },
        { Token("""{"alg":"rs256"}""", "{}"), "`rs256`" },
        { Token("""{"alg":"PS256"}""", "{}"), "`PS256`" },
        { Token("""{"alg":["RS256"]}""", "{}"), "not accepted" },
        { Token("""{"typ":"JWT"}""", "{}"), "no `alg`" },
        { Token("""{"alg":"RS256","crit":["exp"]}""", "{}"), "`crit`" },
        { Token("[]", "{}"), "header are no JSON object" },
        { Token("""{"alg":"RS256"}""", "[1]"), "claims are no JSON object" },
        { Token("""{"alg":"RS256"}""", "{} {}"), "claims" },
        { Token("""{"alg":"RS256"}""", """{"a":1,}"""), "no JSON" },
        { Token("""{"alg":"RS256"}""", """{"a":"\ud800"}"""), "no character" },
        { Token("""{"alg":"RS256"}""", "{\"a\":" + new string('[', 2000) + new string(']', 2000) + "}"), "deeper" },
        { Token("""{"alg":"RS256"}""", "{}", "AAA="), "ends with `=`" },
        { Token("""{"alg":"RS256"}""", "{}", "AAB"), "canonical" },
        { Token("""{"alg":"RS256"}""", "{}", "A A "), "white space" },
        { "eyJhbGciOiJSUzI1NiJ9._w.AAAA", "UTF-8" },
        { new string('a', 20_001), "limit" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_no_JWT_is_refused_with_the_reason(string token, string reason)
    {
        Assert.Null(Jwt.Parse(token, out var fault));
        Assert.Contains(reason, fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_byte_sequence_has_one_spelling() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            var text = Base64UrlText.Encode(bytes);
            Assert.Equal(bytes, Base64UrlText.Decode(text));
            Assert.Null(Base64UrlText.Decode(text + "="));
            Assert.Null(Base64UrlText.Decode(text + " "));
        });

    [Fact]
    public void Any_text_gives_a_token_or_a_fault_and_never_throws() =>
        Gen.Select(Gen.String[0, 60], Gen.String[0, 60], Gen.Char['A', 'z'].Array[0, 8]).Sample((header, payload, signature) =>
        {
            var jwt = Jwt.Parse(Token(header, payload, new string(signature)), out var fault);
            Assert.NotEqual(jwt is null, fault is null);
        });

    [Fact]
    public void An_instance_may_be_read_again()
    {
        var jwt = new Jwt();
        Assert.Null(jwt.Read(Encoding.UTF8.GetBytes(Token("""{"alg":"RS256","kid":"long-key-identifier"}""", """{"sub":"one","extra":1}"""))));
        Assert.Null(jwt.Read(Encoding.UTF8.GetBytes(Token("""{"alg":"ES256"}""", """{"sub":"two"}"""))));
        Assert.Null(jwt.KeyId);
        Assert.Null(jwt.Claim("extra"u8));
        Assert.Equal("two", jwt.Text(jwt.Claim("sub"u8)!.Value));
    }
}
