using Keyless.Server.Aws;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Oidc;

/// <summary>The issuer's addresses: discovery and keys, token requests of jobs, GitHub's REST paths for customising tokens.</summary>
public sealed class OidcSite(TokenIssuer issuer, SigningKeys keys, JobTokens jobs, GitHubApi api) : Site
{
    public const string Prefix = "/_keyless/oidc";

    private const string DiscoveryPath = "/.well-known/openid-configuration";
    private const string KeysPath = "/.well-known/jwks";

    public override bool Owns(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        return path.StartsWith(Prefix + "/", StringComparison.Ordinal) || GitHubApi.PathOf(http) is not null;
    }

    public override Task Serve(HttpContext http)
    {
        if (GitHubApi.PathOf(http) is { } apiPath)
        {
            return api.Serve(http, apiPath);
        }

        var path = http.Request.Path.Value!;
        if (path == JobTokens.Path)
        {
            return jobs.Serve(http);
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            return Answers.Error(http, 405, $"{http.Request.Method} means nothing here");
        }

        // Between prefix and document an enterprise's slug may stand: its own issuer.
        var (slug, document) = path.EndsWith(DiscoveryPath, StringComparison.Ordinal) ? (path[Prefix.Length..^DiscoveryPath.Length], DiscoveryPath)
            : path.EndsWith(KeysPath, StringComparison.Ordinal) ? (path[Prefix.Length..^KeysPath.Length], KeysPath)
            : ("", "");
        if (document.Length == 0 || slug.Count(c => c == '/') > 1)
        {
            return Answers.Error(http, 404, $"the issuer serves `{Prefix}{DiscoveryPath}` and `{Prefix}{KeysPath}`");
        }

        http.Response.Headers.CacheControl = "public, max-age=300";
        return Answers.Json(http, 200, document == DiscoveryPath ? Discovery.Document(issuer.Issuer + slug) : Discovery.Jwks(keys));
    }
}
