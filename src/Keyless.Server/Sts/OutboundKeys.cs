using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.Oidc;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;
using MasterKey = Keyless.Server.Secrets.MasterKey;

namespace Keyless.Server.Sts;

/// <summary>The keys of tokens that go out: RS256 rotates as the issuer's does, ES384 is one key of the installation.</summary>
public sealed class OutboundKeys : IDisposable
{
    private const string FileName = "outbound-p384.key";
    private const string Purpose = "outbound signing key";

    private readonly Lazy<(ECDsa Key, string Id)> _p384;

    public OutboundKeys(string? folder, MasterKey master, TimeProvider clock)
    {
        Rsa = new SigningKeys(folder, master, clock, fileName: "outbound-keys.json");
        _p384 = new Lazy<(ECDsa, string)>(() =>
        {
            var key = OpenP384(folder is null ? null : Path.Combine(folder, FileName), master);
            return (key, Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 16)));
        });
    }

    public SigningKeys Rsa { get; }

    public string SignWithP384(ReadOnlySpan<byte> payload)
    {
        var (key, id) = _p384.Value;
        var signed = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"ES384","kid":"{{id}}","typ":"JWT"}""")) + "." + Base64Url.EncodeToString(payload);
        return signed + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    public byte[] Jwks() => Discovery.Jwks(Rsa, json =>
    {
        var (key, id) = _p384.Value;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        json.WriteStartObject();
        json.WriteString("kty", "EC");
        json.WriteString("crv", "P-384");
        json.WriteString("alg", "ES384");
        json.WriteString("use", "sig");
        json.WriteString("kid", id);
        json.WriteString("x", Base64Url.EncodeToString(point.X));
        json.WriteString("y", Base64Url.EncodeToString(point.Y));
        json.WriteEndObject();
    });

    public void Dispose()
    {
        Rsa.Dispose();
        if (_p384.IsValueCreated)
        {
            _p384.Value.Key.Dispose();
        }
    }

    private static ECDsa OpenP384(string? path, MasterKey master)
    {
        if (path is not null && File.Exists(path))
        {
            var kept = ECDsa.Create();
            kept.ImportPkcs8PrivateKey(
                master.Unprotect(Purpose, File.ReadAllBytes(path)) ?? throw new InvalidDataException($"`{path}` was written under another master key: restore `master.key` beside it, or remove it"), out _);
            return kept;
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        if (path is not null)
        {
            PrivateFile.Replace(path, master.Protect(Purpose, key.ExportPkcs8PrivateKey()));
        }

        return key;
    }
}

/// <summary>The public documents of each account's outbound issuer: IAM User Guide, "Outbound identity federation".</summary>
public sealed class OutboundSite(OutboundKeys keys) : Site
{
    private const string Prefix = "/_keyless/outbound/";

    /// <summary>The issuer of an account: an opaque id that stays, as on AWS.</summary>
    public static string IssuerOf(Uri baseAddress, string account)
    {
        var id = SHA256.HashData(Encoding.ASCII.GetBytes("outbound " + account)).AsSpan(0, 16).ToArray();
        return $"{baseAddress.GetLeftPart(UriPartial.Authority)}{Prefix}{new Guid(id)}";
    }

    public override bool Owns(HttpContext http) => http.Request.Path.Value?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    public override Task Serve(HttpContext http)
    {
        var parts = http.Request.Path.Value![Prefix.Length..].Split('/');
        if (!HttpMethods.IsGet(http.Request.Method) || parts is not [var id, ".well-known", var document] || !Guid.TryParseExact(id, "D", out _))
        {
            return Answers.Error(http, 404, "no such document");
        }

        http.Response.Headers.CacheControl = "public, max-age=300";
        var issuer = $"{http.Request.Scheme}://{http.Request.Host}{Prefix}{id}";
        return document switch
        {
            "openid-configuration" => Answers.Json(http, 200, Discovery.Document(issuer, ["RS256", "ES384"], ["sub", "aud", "exp", "iat", "iss", "jti"])),
            "jwks" => Answers.Json(http, 200, keys.Jwks()),
            _ => Answers.Error(http, 404, "no such document"),
        };
    }
}
