using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Keyless.Runner.BuiltIn;

/// <summary>Signs a request with Signature Version 4. IAM User Guide, "AWS Signature Version 4 for API requests".</summary>
public static class RequestSigner
{
    /// <param name="request">Its query, when it has one, is in canonical form already: sorted by name, percent-encoded.</param>
    /// <param name="body">As it will be sent.</param>
    /// <param name="service">The service of the scope: <c>sts</c>.</param>
    public static void Sign(HttpRequestMessage request, string body, string service, string region, AwsCredentials credentials, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var headers = new List<KeyValuePair<string, string>>(4);
        if (request.Content?.Headers.ContentType is { } type)
        {
            headers.Add(new("content-type", type.ToString()));
        }

        headers.Add(new("host", request.RequestUri!.IsDefaultPort ? request.RequestUri.Host : request.RequestUri.Authority));
        headers.Add(new("x-amz-date", time));
        if (credentials.SessionToken is { } token)
        {
            headers.Add(new("x-amz-security-token", token));
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        var signed = string.Join(';', headers.Select(header => header.Key));
        var canonical = new StringBuilder()
            .Append(request.Method.Method).Append('\n')
            .Append(request.RequestUri.AbsolutePath).Append('\n')
            .Append(request.RequestUri.Query.TrimStart('?')).Append('\n');
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        canonical.Append('\n').Append(signed).Append('\n').Append(Hex(SHA256.HashData(Encoding.UTF8.GetBytes(body))));
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        request.Headers.TryAddWithoutValidation("X-Amz-Date", time);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={signed}, Signature={Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)))}");
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
