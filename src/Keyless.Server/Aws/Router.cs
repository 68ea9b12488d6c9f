using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>
/// Which AWS service a request is for. AWS tells by the host; here a form or query with <c>Action</c> is for the service of its
/// <c>Version</c>, whatever its signature says, which that service then judges; anything else for the service of the credential scope;
/// the rest for S3.
/// </summary>
public sealed class Router(IReadOnlyList<QueryService> queryServices, Service? s3, Audit.AuditService? audit = null)
{
    /// <summary>The service of a request, from its headers and target alone; null when only the form can tell.</summary>
    public Service? ByTarget(HttpContext http, RawTarget target) =>
        audit is not null && Audit.AuditService.Owns(target.Path) ? audit
        : IsForm(http, target) ? null
        : ByScope(http, target) ?? s3;

    /// <summary>The service that a form's <c>Version</c> names; when none does, that of the scope or else STS, for its error.</summary>
    public QueryService ByForm(QueryRequest request)
    {
        var version = request.Parameters.RecentText("Version");
        foreach (var service in queryServices)
        {
            if (service.Version == version)
            {
                return service;
            }
        }

        return ByScope(request.Http, request.Target) ?? queryServices[0];
    }

    /// <summary>The operation of a form, with why there is none where AWS only says so.</summary>
    public Opened Match(QueryService service, QueryRequest request)
    {
        var opened = service.Match(request);
        return opened.Error is { Code: "InvalidAction" } error ? opened with { Error = UnknownAction.Explain(error, queryServices, service, request) } : opened;
    }

    private QueryService? ByScope(HttpContext http, RawTarget target)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        var credential = authorization.StartsWith("AWS4-", StringComparison.Ordinal)
            ? CredentialOf(authorization)
            : PresignedCredential(target.Query);
        var name = credential is null ? null : ScopeService(credential);
        foreach (var service in queryServices)
        {
            if (service.Name == name)
            {
                return service;
            }
        }

        return null;
    }

    private static bool IsForm(HttpContext http, RawTarget target)
    {
        if (target.Path is not ("/" or "/sts/" or "/sts" or "/iam/" or "/iam"))
        {
            return false;
        }

        return HttpMethods.IsPost(http.Request.Method) ? QueryService.HasForm(http) || http.Request.Headers.ContainsKey(QueryService.TargetHeader)
            : HttpMethods.IsGet(http.Request.Method)
                && (target.Query.StartsWith("Action=", StringComparison.Ordinal) || target.Query.Contains("&Action=", StringComparison.Ordinal));
    }

    private static string? CredentialOf(string authorization)
    {
        var start = authorization.IndexOf("Credential=", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        start += "Credential=".Length;
        var end = authorization.AsSpan(start).IndexOfAny(',', ' ');
        return end < 0 ? authorization[start..] : authorization.Substring(start, end);
    }

    private static string? PresignedCredential(string query)
    {
        if (query.Length == 0)
        {
            return null;
        }

        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            if (pair.StartsWith("X-Amz-Credential="))
            {
                return Uri.UnescapeDataString(pair["X-Amz-Credential=".Length..]);
            }
        }

        return null;
    }

    // AKID/date/region/service/aws4_request; SigV4A has no region.
    private static string? ScopeService(string credential)
    {
        var parts = credential.Split('/');
        return parts.Length >= 4 ? parts[^2] : null;
    }
}
