using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Keyless.Runner.BuiltIn;

/// <summary>Signs a form request to STS with Signature Version 4. IAM User Guide, "AWS Signature Version 4 for API requests".</summary>
internal static class RequestSigner
{
    private const string SignedHeaders = "content-type;host;x-amz-date;x-amz-security-token";

    public static void Sign(HttpRequestMessage request, string body, string region, AwsCredentials credentials, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{region}/sts/aws4_request";
        var host = request.RequestUri!.IsDefaultPort ? request.RequestUri.Host : request.RequestUri.Authority;
        var signed = credentials.SessionToken is null ? SignedHeaders[..SignedHeaders.LastIndexOf(';')] : SignedHeaders;
        var canonical = new StringBuilder()
            .Append("POST\n").Append(request.RequestUri.AbsolutePath).Append("\n\n")
            .Append("content-type:").Append(request.Content!.Headers.ContentType).Append('\n')
            .Append("host:").Append(host).Append('\n')
            .Append("x-amz-date:").Append(time).Append('\n');
        if (credentials.SessionToken is { } token)
        {
            canonical.Append("x-amz-security-token:").Append(token).Append('\n');
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
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
