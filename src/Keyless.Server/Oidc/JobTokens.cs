using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Keyless.Language.Oidc;
using Keyless.Server.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keyless.Server.Oidc;

/// <summary>A job that is running and may, or may not, ask for tokens. Disposing it ends the job: no more tokens.</summary>
public sealed class RegisteredJob : IDisposable
{
    private readonly Action<RegisteredJob> _end;

    internal RegisteredJob(string id, JobFacts facts, TokenAccessAnswer access, Func<string> url, Action<RegisteredJob> end)
    {
        (Id, Facts, Access, _url, _end) = (id, facts, access, url, end);
        RequestToken = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    }

    private readonly Func<string> _url;

    public string Id { get; }

    public JobFacts Facts { get; }

    public TokenAccessAnswer Access { get; }

    /// <summary>For <c>ACTIONS_ID_TOKEN_REQUEST_URL</c>: it has a query already, because every client appends <c>&amp;audience=</c>.</summary>
    public string RequestUrl => _url();

    /// <summary>For <c>ACTIONS_ID_TOKEN_REQUEST_TOKEN</c>. A secret: mask it.</summary>
    public string RequestToken { get; }

    /// <summary>Called with every token that the job gets.</summary>
    public Action<IssuedToken>? Issued { get; set; }

    public void Dispose() => _end(this);

    public override string ToString() => $"RegisteredJob {{ {Id} }}";
}

/// <summary>
/// The token requests of running jobs: GitHub's wire format, so that <c>getIDToken()</c> of @actions/core and the documented one-liner
/// with curl work unchanged. GitHub Docs, "OpenID Connect reference", Methods for requesting the OIDC token.
/// </summary>
/// <remarks>
/// Errors are JSON with <c>message</c>: the only text that reaches a user in every version of the toolkit. 404 is never used, because the
/// toolkit drops its body. What a known job is refused is a decision like any other: recorded, with its id in <c>x-amzn-RequestId</c>.
/// </remarks>
public sealed class JobTokens(TokenIssuer issuer, AuditLog audit, Func<Uri> baseAddress, TimeProvider clock, ILogger log)
{
    public const string Path = "/_keyless/oidc/token";

    private const int LongestAudience = 1000;

    private readonly ConcurrentDictionary<string, RegisteredJob> _jobs = new(StringComparer.Ordinal);

    /// <summary>Lets a job ask, from now until it is disposed.</summary>
    /// <param name="access">Whether it may have tokens; a job that may not is told why.</param>
    public RegisteredJob Register(JobFacts facts, TokenAccessAnswer access)
    {
        var id = Guid.NewGuid().ToString();
        var job = new RegisteredJob(id, facts, access, () => $"{baseAddress().GetLeftPart(UriPartial.Authority)}{Path}?job={id}&api-version=2.0", ended => _jobs.TryRemove(ended.Id, out _));
        _jobs[id] = job;
        return job;
    }

    /// <summary>Answers one token request.</summary>
    public async Task Serve(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET";
            await Answers.Error(http, 405, $"ask for a token with GET, not {http.Request.Method}");
            return;
        }

        // 1. Who asks
        if (!_jobs.TryGetValue(http.Request.Query["job"].ToString(), out var job))
        {
            await Answers.Error(http, 403, "no job of that id is running: a token can only be requested while its job runs");
            return;
        }

        var authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization["bearer ".Length..].Trim()), Encoding.UTF8.GetBytes(job.RequestToken)))
        {
            await Answers.Error(http, 401, authorization.Length == 0
                ? "the request has no `Authorization: Bearer` header: send ACTIONS_ID_TOKEN_REQUEST_TOKEN"
                : "the bearer token is not this job's ACTIONS_ID_TOKEN_REQUEST_TOKEN");
            return;
        }

        // 2. Whether it may
        if (!job.Access.Granted)
        {
            await Refuse(http, job, 403, job.Access.Reason, job.Access.Help);
            return;
        }

        // 3. For whom
        var audience = http.Request.Query["audience"];
        if (audience.Count > 1)
        {
            await Refuse(http, job, 400, $"the request names {audience.Count} audiences, and a token is for one", "ask for a token for each");
            return;
        }

        var asked = audience.ToString();
        if (asked.Length > LongestAudience)
        {
            await Refuse(http, job, 400, $"the audience has {asked.Length} characters, more than {LongestAudience}", help: null);
            return;
        }

        var (token, issued, fault) = issuer.Issue(job.Facts, asked.Length == 0 ? null : asked);
        if (token is null)
        {
            await Refuse(http, job, 400, fault!.Reason, fault.Help);
            return;
        }

        log.LogInformation("token {Id} for {Subject} to {Audience}", issued!.Id, issued.Subject, issued.Audience);
        job.Issued?.Invoke(issued);
        await Answers.Json(http, 200, Discovery.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", token.Length);
            json.WriteString("value", token);
            json.WriteEndObject();
        }));
    }

    private async Task Refuse(HttpContext http, RegisteredJob job, int status, string reason, string? help)
    {
        var now = clock.GetUtcNow();
        var id = DecisionId.New(now);
        var record = new DecisionRecord
        {
            Id = id,
            At = now,
            EventSource = IssuerUrl.WithoutScheme(issuer.Issuer),
            EventName = "RequestIDToken",
            Allowed = false,
            Summary = reason,
            Help = help,
            ErrorCode = status == 403 ? "Forbidden" : "BadRequest",
            ErrorMessage = reason,
            SourceAddress = http.Connection.RemoteIpAddress,
            UserAgent = http.Request.Headers.UserAgent.ToString(),
            Inputs = [new("job", job.Id), new("repository", job.Facts.Repository), new("workflow", job.Facts.Workflow), new("event", job.Facts.EventName)],
        };
        log.LogInformation("{RequestId} token RequestIDToken {Code}: {Reason}", id, record.ErrorCode, reason);
        await audit.Append(record);
        http.Response.Headers["x-amzn-RequestId"] = id;
        await Answers.Error(http, status, help is null ? reason : $"{reason}: {help}");
    }
}

/// <summary>JSON answers of the issuer's endpoints.</summary>
internal static class Answers
{
    public static Task Error(HttpContext http, int status, string message) => Json(http, status, Discovery.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteEndObject();
    }));

    public static async Task Json(HttpContext http, int status, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = http.Response.Headers.CacheControl.Count > 0 ? http.Response.Headers.CacheControl : "no-store";
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
        }
    }
}
