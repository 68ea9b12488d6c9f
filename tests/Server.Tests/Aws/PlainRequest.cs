using System.Text;
using Keyless.Server.Aws;
using Microsoft.AspNetCore.Http;

namespace Keyless.Tests.Aws;

/// <summary>A request with a body and headers, without a server around it.</summary>
internal sealed class PlainRequest(HttpContext http, DateTimeOffset now) : AwsRequest(http, new RawTarget("/b/k", ""), now)
{
    public static PlainRequest Of(byte[] body, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "PUT";
        http.Request.Body = new MemoryStream(body);
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        return new PlainRequest(http, DateTimeOffset.UnixEpoch);
    }

    public static PlainRequest Of(string body, params (string Name, string Value)[] headers) => Of(Encoding.UTF8.GetBytes(body), headers);
}
