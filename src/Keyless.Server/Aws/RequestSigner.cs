using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Keyless.Server.Aws;

/// <summary>
/// Signs requests with Signature Version 4, for the calls that Keyless itself makes. IAM User Guide, "Create a signed AWS API request".
/// </summary>
/// <param name="Service">The scope's: <c>sts</c>, <c>iam</c>, <c>s3</c>.</param>
public sealed record RequestSigner(string AccessKeyId, Secret Secret, string Region, string Service)
{
    /// <summary>The value of <c>X-Amz-Date</c>: <c>yyyyMMdd'T'HHmmss'Z'</c>.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The hash of a payload as the canonical request has it.</summary>
    public static string Hash(ReadOnlySpan<byte> payload) => Convert.ToHexStringLower(SHA256.HashData(payload));

    /// <summary>The value of the <c>Authorization</c> header.</summary>
    /// <param name="path">Canonical, so encoded as the service wants it.</param>
    /// <param name="query">Canonical: sorted, encoded, every name with its <c>=</c>.</param>
    /// <param name="headers">Those to sign: lower-case names in ordinal order, with <c>host</c> and <c>x-amz-date</c> among them.</param>
    public string Authorization(string method, string path, string query, IReadOnlyList<KeyValuePair<string, string>> headers, string payloadHash)
    {
        var time = headers.First(header => header.Key == "x-amz-date").Value;
        var names = string.Join(';', headers.Select(header => header.Key));
        var canonical = $"{method}\n{path}\n{query}\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{payloadHash}";
        var scope = $"{time[..8]}/{Region}/{Service}/aws4_request";
        var toSign = $"{SignedParts.Algorithm}\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var signature = HMACSHA256.HashData(SigningKey(Secret, scope), Encoding.UTF8.GetBytes(toSign));
        return $"{SignedParts.Algorithm} Credential={AccessKeyId}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(signature)}";
    }

    /// <summary>Signs a request that is about to be sent, and adds the headers of its signature.</summary>
    /// <param name="request">Its query, when it has one, is canonical already.</param>
    /// <param name="body">As it will be sent.</param>
    /// <param name="sessionToken">Of temporary credentials.</param>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, string? sessionToken, DateTimeOffset now)
    {
        var uri = request.RequestUri!;
        var headers = new List<KeyValuePair<string, string>>(4);
        if (request.Content?.Headers.ContentType is { } type)
        {
            headers.Add(new("content-type", type.ToString()));
        }

        headers.Add(new("host", uri.IsDefaultPort ? uri.Host : uri.Authority));
        headers.Add(new("x-amz-date", Time(now)));
        if (sessionToken is not null)
        {
            headers.Add(new("x-amz-security-token", sessionToken));
        }

        foreach (var (name, value) in headers)
        {
            // The client writes the others by itself.
            if (name.StartsWith("x-amz-", StringComparison.Ordinal))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var authorization = Authorization(request.Method.Method, uri.AbsolutePath, uri.Query.TrimStart('?'), headers, Hash(body));
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }

    /// <summary>The key of a scope, by one HMAC for each of its four parts.</summary>
    internal static byte[] SigningKey(Secret secret, string scope)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret.Value);
        foreach (var part in scope.AsSpan().Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope[part]));
        }

        return key;
    }
}
