using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>
/// A part of the listener that speaks plain HTTP instead of an AWS protocol: bucket websites by Host, the issuer, health and console
/// by path under <c>/_keyless/</c>. The first site that owns a request serves it; the rest goes to the AWS services.
/// </summary>
public abstract class Site
{
    public abstract bool Owns(HttpContext http);

    public abstract Task Serve(HttpContext http);
}
