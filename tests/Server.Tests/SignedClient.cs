using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Keyless.Tests;

/// <summary>
/// A client that signs requests by itself, written from AWS's description and sharing no code with the server, so that each checks
/// the other.
/// </summary>
internal sealed class SignedClient(Uri endpoint, string accessKeyId, string secret, string? sessionToken = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>The moment to sign for.</summary>
    public Func<DateTimeOffset> Now { get; init; } = () => DateTimeOffset.UtcNow;

    public string Region { get; init; } = "us-east-1";

    /// <summary>Calls a Query operation; parameters in pairs of name and value.</summary>
    public Task<Answer> Iam(string action, params string[] parameters) => Query("iam", "2010-05-08", action, parameters);

    public Task<Answer> Sts(string action, params string[] parameters) => Query("sts", "2011-06-15", action, parameters);

    public async Task<Answer> Query(string service, string version, string action, params string[] parameters)
    {
        var form = new List<KeyValuePair<string, string>> { new("Action", action), new("Version", version) };
        for (var i = 0; i < parameters.Length; i += 2)
        {
            form.Add(new(parameters[i], parameters[i + 1]));
        }

        var body = await new FormUrlEncodedContent(form).ReadAsByteArrayAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, "/"))
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        Sign(request, service, body);
        return await Send(request);
    }

    /// <summary>Sends as it is.</summary>
    public async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.TryGetValues("x-amzn-RequestId", out var ids) ? ids.Single() : null);
    }

    /// <summary>Signature Version 4 in the Authorization header.</summary>
    /// <param name="more">Further headers, to be sent and signed.</param>
    public void Sign(HttpRequestMessage request, string service, byte[] body, params (string Name, string Value)[] more)
    {
        var time = Now().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{Region}/{service}/aws4_request";
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = $"{request.RequestUri!.Host}:{request.RequestUri.Port}",
            ["x-amz-date"] = time,
        };
        request.Headers.Add("X-Amz-Date", time);
        if (sessionToken is not null)
        {
            headers["x-amz-security-token"] = sessionToken;
            request.Headers.Add("X-Amz-Security-Token", sessionToken);
        }

        if (service == "s3")
        {
            headers["x-amz-content-sha256"] = Hex(SHA256.HashData(body));
            request.Headers.Add("X-Amz-Content-Sha256", headers["x-amz-content-sha256"]);
        }

        foreach (var (name, value) in more)
        {
            headers[name] = value;
            request.Headers.Add(name, value);
        }

        var names = string.Join(';', headers.Keys);
        var canonical = new StringBuilder()
            .Append(request.Method).Append('\n')
            .Append(request.RequestUri.AbsolutePath).Append('\n')
            .Append(request.RequestUri.Query.TrimStart('?')).Append('\n');
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        canonical.Append('\n').Append(names).Append('\n').Append(Hex(SHA256.HashData(body)));
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={accessKeyId}/{scope}, SignedHeaders={names}, Signature={Hex(Hmac(Key(time[..8], service), toSign))}");
    }

    /// <summary>The signing key of a day and service.</summary>
    public byte[] Key(string date, string service) =>
        Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + secret), date), Region), service), "aws4_request");

    public void Dispose() => _http.Dispose();

    public static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, string Body, string? RequestId)
{
    public int Code => (int)Status;

    /// <summary>The error code; null for a success.</summary>
    public string? Error => Code < 400 ? null : this["Code"];

    public string? Message => Code < 400 ? null : this["Message"];

    /// <summary>The text of the first element of that name; null when there is none.</summary>
    public string? this[string element] => All(element) is [var first, ..] ? first : null;

    public IReadOnlyList<string> All(string element) =>
        [.. XDocument.Parse(Body).Descendants().Where(found => found.Name.LocalName == element).Select(found => found.Value)];

    /// <summary>The element names below the first of a name, in order.</summary>
    public IReadOnlyList<string> Children(string element) =>
        [.. XDocument.Parse(Body).Descendants().First(found => found.Name.LocalName == element).Elements().Select(child => child.Name.LocalName)];
}
