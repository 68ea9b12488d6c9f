using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Oidc;

namespace Keyless.Server.Oidc;

/// <summary>The two public documents of an issuer, as GitHub serves them. OpenID Connect Discovery 1.0; RFC 7517.</summary>
public static class Discovery
{
    public static byte[] Document(string issuer) => Document(issuer, ["RS256"], ClaimCatalogue.Supported);

    public static byte[] Document(string issuer, IEnumerable<string> algorithms, IEnumerable<string> claims) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("issuer", issuer);
        json.WriteString("jwks_uri", issuer + "/.well-known/jwks");
        List(json, "subject_types_supported", ["public", "pairwise"]);
        List(json, "response_types_supported", ["id_token"]);
        List(json, "claims_supported", claims);
        List(json, "id_token_signing_alg_values_supported", algorithms);
        List(json, "scopes_supported", ["openid"]);
        json.WriteEndObject();
    });

    /// <param name="more">Writes further keys.</param>
    public static byte[] Jwks(SigningKeys keys, Action<Utf8JsonWriter>? more = null) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys.Published)
        {
            var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
            json.WriteStartObject();
            json.WriteString("kty", "RSA");
            json.WriteString("alg", "RS256");
            json.WriteString("use", "sig");
            json.WriteString("kid", key.Id);
            json.WriteString("n", Base64Url.EncodeToString(parameters.Modulus));
            json.WriteString("e", Base64Url.EncodeToString(parameters.Exponent));
            json.WriteEndObject();
        }

        more?.Invoke(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>JSON as text, for a member of something larger.</summary>
    internal static string Text(Action<Utf8JsonWriter> write) => System.Text.Encoding.UTF8.GetString(Json(write));

    internal static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void List(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
