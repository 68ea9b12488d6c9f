using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>
/// Which AWS service a request is for: the service of its credential scope; without one, a form or query with <c>Action</c> and
/// <c>Version</c> (AssumeRoleWithWebIdentity is unsigned); otherwise S3.
/// </summary>
public sealed class Router(IReadOnlyList<QueryService> queryServices, Service? s3, Audit.AuditService? audit = null)
{
    /// <summary>The service of a request, from its headers and target alone; null when only the form can tell.</summary>
    public (Service? Service, AwsError? Error) ByScope(HttpContext http, RawTarget target)
    {
        if (audit is not null && Audit.AuditService.Owns(target.Path))
        {
            return (audit, null);
        }

        var authorization = http.Request.Headers.Authorization.ToString();
        var credential = authorization.StartsWith("AWS4-", StringComparison.Ordinal)
            ? CredentialOf(authorization)
            : PresignedCredential(target.Query);
        if (credential is null || ScopeService(credential) is not { } name)
        {
            return IsForm(http, target) ? (null, null) : (s3, null);
        }

        foreach (var service in queryServices)
        {
            if (service.Name == name)
            {
                return (service, null);
            }
        }

        return name is "s3" or "s3express" && s3 is not null
            ? (s3, null)
            : (null, new AwsError("SignatureDoesNotMatch", 403, "Credential should be scoped to correct service: 'sts', 'iam' or 's3', not '" + name + "'."));
    }

    /// <summary>The service that a form's <c>Version</c> names; STS when none does, for its error.</summary>
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

        return queryServices[0];
    }

    private static bool IsForm(HttpContext http, RawTarget target)
    {
        if (target.Path is not ("/" or "/sts/" or "/sts" or "/iam/" or "/iam"))
        {
            return false;
        }

        return HttpMethods.IsPost(http.Request.Method)
            ? http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true
            : target.Query.StartsWith("Action=", StringComparison.Ordinal) || target.Query.Contains("&Action=", StringComparison.Ordinal);
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
