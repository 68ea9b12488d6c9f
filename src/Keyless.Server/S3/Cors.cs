using System.Collections.Immutable;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>The headers of cross-origin answers. Fetch Standard, "CORS protocol"; S3 User Guide, "Using cross-origin resource sharing".</summary>
internal static class Cors
{
    /// <summary>Adds them to the answer of an actual request; one that no rule allows is served without.</summary>
    public static void AddHeaders(S3Request request, Bucket bucket)
    {
        if (request.Header("Origin") is { } origin && bucket.Cors?.Match(origin, request.Method, []) is { } rule)
        {
            Write(request.Http.Response.Headers, rule, origin, []);
        }
    }

    public static void Write(Microsoft.AspNetCore.Http.IHeaderDictionary headers, CorsRule rule, string origin, ImmutableArray<string> requested)
    {
        var anyone = rule.Origins is ["*"];
        headers.AccessControlAllowOrigin = anyone ? "*" : origin;
        headers.AccessControlAllowMethods = string.Join(", ", rule.Methods);
        if (!requested.IsEmpty)
        {
            headers.AccessControlAllowHeaders = string.Join(", ", requested);
        }

        if (!rule.ExposeHeaders.IsEmpty)
        {
            headers.AccessControlExposeHeaders = string.Join(", ", rule.ExposeHeaders);
        }

        if (rule.MaxAgeSeconds is { } age)
        {
            headers.AccessControlMaxAge = age.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (!anyone)
        {
            headers.AccessControlAllowCredentials = "true";
        }

        headers.Vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    }
}
