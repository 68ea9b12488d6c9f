using System.Text;
using Keyless.Server.Aws;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server;

/// <summary>
/// <c>/_keyless/health</c>: the process answers. <c>/_keyless/ready</c>: it may get requests, 503 while it drains.
/// <c>/_keyless/metrics</c>: counts in Prometheus' text format.
/// </summary>
public sealed class HealthSite(Metrics metrics, Func<bool> isReady) : Site
{
    public override bool Owns(HttpContext http) => http.Request.Path.Value is "/_keyless/health" or "/_keyless/ready" or "/_keyless/metrics";

    public override Task Serve(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/_keyless/health":
                return Text(http, 200, "text/plain", "ok\n");
            case "/_keyless/ready":
                return isReady() ? Text(http, 200, "text/plain", "ready\n") : Text(http, 503, "text/plain", "draining\n");
            default:
                return Text(http, 200, "text/plain; version=0.0.4", metrics.Render());
        }
    }

    private static async Task Text(HttpContext http, int status, string type, string text)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = 405;
            http.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        var body = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
        }
    }
}
