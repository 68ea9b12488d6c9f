using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Keyless.Language.Oidc;

/// <summary>
/// A JSON Web Token in compact form, taken apart but not verified. RFC 7519, RFC 7515 section 3.1.
/// An instance may be read again, so that a server can keep a few instead of allocating one a request.
/// </summary>
/// <remarks>
/// Nothing of a token is trusted by being here: <c>alg</c> and <c>kid</c> only say which of the issuer's published keys to
/// try. Header members that carry or point to keys (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>x5c</c>) are never looked at.
/// </remarks>
public sealed class Jwt
{
    /// <summary>AWS's bound on <c>WebIdentityToken</c>.</summary>
    public const int MaximumLength = 20_000;

    private const int MaximumDepth = 32;
    private const int MaximumMembers = 512;

    private byte[] _text = [];
    private byte[] _decoded = [];
    private JwtMember[] _members = new JwtMember[48];
    private int _textLength;
    private int _payloadDot;
    private int _headerCount;
    private int _memberCount;
    private int _signatureStart;
    private int _signatureLength;

    /// <summary>The header's <c>alg</c>: one of the six that AWS accepts.</summary>
    public JwtAlgorithm Algorithm { get; private set; }

    /// <summary>The header's <c>kid</c>; null when absent.</summary>
    public string? KeyId => Header("kid"u8) is { Kind: JsonTokenType.String } kid ? Text(kid) : null;

    /// <summary>The bytes that were signed: header and payload as they came.</summary>
    public ReadOnlySpan<byte> SigningInput => _text.AsSpan(0, _payloadDot);

    public ReadOnlySpan<byte> Signature => _decoded.AsSpan(_signatureStart, _signatureLength);

    /// <summary>The whole token as it came.</summary>
    public string Compact => Encoding.ASCII.GetString(_text, 0, _textLength);

    public ReadOnlySpan<JwtMember> Headers => _members.AsSpan(0, _headerCount);

    /// <summary>The claims in their order, repeated names included. Until the instance is read again.</summary>
    public ReadOnlySpan<JwtMember> Claims => _members.AsSpan(_headerCount, _memberCount - _headerCount);

    /// <summary>Takes a token apart, or says what keeps it from being one.</summary>
    public static Jwt? Parse(string token, out JwtFault? fault)
    {
        var jwt = new Jwt();
        fault = jwt.Read(Encoding.UTF8.GetBytes(token));
        return fault is null ? jwt : null;
    }

    /// <summary>Takes a token apart into this instance; null when it is a JWT with an algorithm we verify.</summary>
    public JwtFault? Read(ReadOnlySpan<byte> token)
    {
        _headerCount = _memberCount = 0;
        if (token.Length > MaximumLength)
        {
            return new JwtFault($"the token has {token.Length} characters; the limit is {MaximumLength}");
        }

        // 1. Three parts, each canonical base64url.
        if (TakeApart(token, out var headerLength, out var payloadLength) is { } fault)
        {
            return TokenSlip.Of(token) ?? fault;
        }

        // 2. Header and claims are JSON objects of sound UTF-8.
        if (ReadObject(0, headerLength, "header") is { } headerFault)
        {
            return headerFault;
        }

        _headerCount = _memberCount;
        if (ReadObject(headerLength, payloadLength, "claims") is { } payloadFault)
        {
            return payloadFault;
        }

        // 3. A header we understand: no critical extensions, an algorithm of the allow-list.
        if (Header("crit"u8) is not null)
        {
            return new JwtFault("the token's header has `crit`: it demands an extension that is not supported");
        }

        if (Header("kid"u8) is { Kind: not (JsonTokenType.String or JsonTokenType.Null) } kid)
        {
            // RFC 7515, 4.1.4: "its value MUST be a case-sensitive string". It must not pass for a token without one.
            return new JwtFault($"the token's header has a `kid` that is no string: `{Shortened(Text(kid))}`");
        }

        if (Header("alg"u8) is not { } alg)
        {
            return new JwtFault("the token's header has no `alg`");
        }

        if (alg.Kind != JsonTokenType.String || JwtAlgorithms.Find(Raw(alg)[1..^1]) is not { } algorithm)
        {
            var name = alg.Kind == JsonTokenType.String ? Text(alg) : Encoding.UTF8.GetString(Raw(alg));
            return new JwtFault($"the token's algorithm `{Shortened(name)}` is not accepted; accepted are RS256, RS384, RS512, ES256, ES384, ES512")
            {
                Mend = name.Equals("none", StringComparison.OrdinalIgnoreCase) ? "send a token that its issuer signed" : "have the issuer sign with one of them",
            };
        }

        Algorithm = algorithm;
        return null;
    }

    private JwtFault? TakeApart(ReadOnlySpan<byte> token, out int headerLength, out int payloadLength)
    {
        headerLength = payloadLength = -1;
        var parts = token.Count((byte)'.') + 1;
        if (parts != 3)
        {
            return new JwtFault(parts == 5
                ? "the token has five parts: it is encrypted (JWE), a signed one has three"
                : $"the token has {(parts == 1 ? "one part" : parts + " parts")} where a JWT has three, separated by dots");
        }

        var headerDot = token.IndexOf((byte)'.');
        _payloadDot = token.LastIndexOf((byte)'.');
        _textLength = token.Length;
        _text = Grown(_text, token.Length);
        token.CopyTo(_text);
        _decoded = Grown(_decoded, token.Length);
        headerLength = Base64UrlText.Decode(token[..headerDot], _decoded);
        if (headerLength < 0)
        {
            return new JwtFault("the token's first part, the header, is no base64url text");
        }

        payloadLength = Base64UrlText.Decode(token[(headerDot + 1).._payloadDot], _decoded.AsSpan(headerLength));
        if (payloadLength < 0)
        {
            return new JwtFault("the token's second part, the claims, is no base64url text");
        }

        _signatureStart = headerLength + payloadLength;
        _signatureLength = Base64UrlText.Decode(token[(_payloadDot + 1)..], _decoded.AsSpan(_signatureStart));
        if (_signatureLength < 0)
        {
            return new JwtFault("the token's third part, the signature, was cut or changed: it is no base64url text in its canonical form");
        }

        return null;
    }

    /// <summary>A header member; of several with one name the last.</summary>
    public JwtMember? Header(ReadOnlySpan<byte> name) => Find(name, 0, _headerCount);

    /// <summary>A claim; of several with one name the last, as AWS reads them.</summary>
    public JwtMember? Claim(ReadOnlySpan<byte> name) => Find(name, _headerCount, _memberCount);

    /// <summary>The member's name.</summary>
    public string Name(in JwtMember member) => Encoding.UTF8.GetString(_decoded.AsSpan(member.NameStart, member.NameLength));

    /// <summary>Whether the member's name begins so.</summary>
    public bool StartsWith(in JwtMember member, ReadOnlySpan<byte> prefix) => _decoded.AsSpan(member.NameStart, member.NameLength).StartsWith(prefix);

    /// <summary>The member's value as JSON text.</summary>
    public ReadOnlySpan<byte> Raw(in JwtMember member) => _decoded.AsSpan(member.ValueStart, member.ValueLength);

    /// <summary>A string's content, or any other value as its JSON text.</summary>
    public string Text(in JwtMember member)
    {
        var raw = Raw(member);
        if (member.Kind != JsonTokenType.String)
        {
            return Encoding.UTF8.GetString(raw);
        }

        if (TryPlain(member, out var content))
        {
            return Encoding.UTF8.GetString(content);
        }

        var reader = new Utf8JsonReader(raw);
        reader.Read();
        return reader.GetString()!;
    }

    /// <summary>The UTF-8 of what <see cref="Text"/> gives, where it stands in the token as it is; not so for a string with escapes.</summary>
    public bool TryPlain(in JwtMember member, out ReadOnlySpan<byte> utf8)
    {
        utf8 = Raw(member);
        if (member.Kind != JsonTokenType.String)
        {
            return true;
        }

        utf8 = utf8[1..^1];
        return !utf8.Contains((byte)'\\');
    }

    /// <summary>The scalar items of an array claim as text, or the one text of a scalar.</summary>
    public IReadOnlyList<string> Texts(in JwtMember member)
    {
        if (member.Kind != JsonTokenType.StartArray)
        {
            return [Text(member)];
        }

        var texts = new List<string>();
        var reader = new Utf8JsonReader(Raw(member));
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            texts.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan));
        }

        return texts;
    }

    private JwtMember? Find(ReadOnlySpan<byte> name, int from, int to)
    {
        for (var i = to - 1; i >= from; i--)
        {
            ref readonly var member = ref _members[i];
            if (_decoded.AsSpan(member.NameStart, member.NameLength).SequenceEqual(name))
            {
                return member;
            }
        }

        return null;
    }

    private JwtFault? ReadObject(int start, int length, string what)
    {
        var json = _decoded.AsSpan(start, length);
        if (!Utf8.IsValid(json))
        {
            return new JwtFault($"the token's {what} hold bytes that are no UTF-8");
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return new JwtFault($"the token's {what} are no JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (_memberCount == MaximumMembers)
                {
                    return new JwtFault($"the token's {what} have more than {MaximumMembers} members");
                }

                var nameStart = start + (int)reader.TokenStartIndex + 1;
                var nameLength = reader.ValueSpan.Length;
                if (reader.ValueIsEscaped)
                {
                    // Unescaping never lengthens, so the name fits where it stood.
                    nameLength = reader.CopyString(_decoded.AsSpan(nameStart, nameLength));
                }

                reader.Read();
                var kind = reader.TokenType;
                var valueStart = (int)reader.TokenStartIndex;
                CheckEscapes(ref reader);
                var member = new JwtMember(nameStart, nameLength, start + valueStart, (int)reader.BytesConsumed - valueStart, kind);
                if (_memberCount == _members.Length)
                {
                    Array.Resize(ref _members, _members.Length * 2);
                }

                _members[_memberCount++] = member;
            }

            return reader.Read() ? new JwtFault($"the token's {what} have something after the JSON object") : null;
        }
        catch (JsonException)
        {
            return new JwtFault(reader.CurrentDepth >= MaximumDepth - 1
                ? $"the token's {what} are nested deeper than {MaximumDepth} levels"
                : $"the token's {what} are no JSON: broken near byte {reader.BytesConsumed}");
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 without its other half names no character.
            return new JwtFault($"the token's {what} hold an escape that is no character");
        }
    }

    /// <summary>Moves past the value, making sure that every string in it can be read later.</summary>
    private static void CheckEscapes(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
        }
        while ((reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject || reader.CurrentDepth > depth) && reader.Read());
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static byte[] Grown(byte[] buffer, int length) => buffer.Length >= length ? buffer : new byte[Math.Max(length, 2048)];
}

/// <summary>A member of a token's header or claims: where its name and value are in the decoded text.</summary>
/// <param name="Kind">The kind of the value: its first token.</param>
public readonly record struct JwtMember(int NameStart, int NameLength, int ValueStart, int ValueLength, JsonTokenType Kind);

/// <summary>Why a text is no JWT that can be verified.</summary>
public sealed record JwtFault(string Message)
{
    /// <summary>What to send in its place.</summary>
    public string Mend { get; init; } = "send the issuer's ID token, unchanged";
}

/// <summary>RFC 7518 section 3.1, as far as AWS verifies it.</summary>
public enum JwtAlgorithm
{
    RS256,
    RS384,
    RS512,
    ES256,
    ES384,
    ES512,
}

public static class JwtAlgorithms
{
    /// <summary>The algorithm of that exact name; none other exists.</summary>
    public static JwtAlgorithm? Find(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("RS256"u8) ? JwtAlgorithm.RS256
        : name.SequenceEqual("RS384"u8) ? JwtAlgorithm.RS384
        : name.SequenceEqual("RS512"u8) ? JwtAlgorithm.RS512
        : name.SequenceEqual("ES256"u8) ? JwtAlgorithm.ES256
        : name.SequenceEqual("ES384"u8) ? JwtAlgorithm.ES384
        : name.SequenceEqual("ES512"u8) ? JwtAlgorithm.ES512
        : null;

    public static bool IsRsa(this JwtAlgorithm algorithm) => algorithm <= JwtAlgorithm.RS512;
}
