using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keyless.Server.Aws;

/// <summary>
/// The request target exactly as sent. Kestrel's <c>Path</c> is decoded and has its dot segments removed, which would change S3 keys
/// and break signatures; S3 User Guide, "Creating object key names".
/// </summary>
/// <param name="Path">Percent-encoded, from the first slash.</param>
/// <param name="Query">Percent-encoded, without the question mark.</param>
public readonly record struct RawTarget(string Path, string Query)
{
    public static RawTarget Of(HttpContext http)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw))
        {
            raw = http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent();
        }

        return Parse(raw);
    }

    public static RawTarget Parse(string raw)
    {
        // absolute-form, RFC 9112 section 3.2.2
        if (!raw.StartsWith('/'))
        {
            var authority = raw.IndexOf("://", StringComparison.Ordinal);
            var path = authority < 0 ? -1 : raw.IndexOfAny(['/', '?'], authority + 3);
            raw = path < 0 ? "/" : raw[path] == '?' ? "/" + raw[path..] : raw[path..];
        }

        var question = raw.IndexOf('?');
        return question < 0 ? new RawTarget(raw, "") : new RawTarget(raw[..question], raw[(question + 1)..]);
    }
}
