using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Keyless.Server.Aws;
using Keyless.Server.Oidc;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Audit;

/// <summary>
/// The audit over the network, for <c>keyless explain</c> and <c>keyless audit</c> on another machine: <c>GET /_keyless/audit</c> with the
/// filters as parameters, <c>GET /_keyless/audit/ID</c> for one decision. Requests are signed like any other, for the service
/// <c>keyless</c>; the caller needs <c>cloudtrail:LookupEvents</c>, AWS's own permission to read such records, and sees its own account's.
/// </summary>
public sealed class AuditService : Service
{
    public const string Path = "/_keyless/audit";

    /// <summary>The most decisions of one answer.</summary>
    public const int LargestAnswer = 10_000;

    private readonly LookupDecisions _lookup;
    private readonly GetDecision _get;

    /// <param name="operatorAccount">Also sees what no account can be told for: it has the data folder anyway.</param>
    public AuditService(AuditLog log, string operatorAccount)
    {
        _lookup = new LookupDecisions(log, operatorAccount);
        _get = new GetDecision(log, operatorAccount);
        Operations = [_lookup, _get];
    }

    public override string Name => "keyless";

    public override SigningRules Signing { get; } = new QuerySigning("keyless");

    public override IReadOnlyCollection<Operation> Operations { get; }

    public static bool Owns(string path) => path == Path || path.StartsWith(Path + "/", StringComparison.Ordinal);

    public override async ValueTask<Opened> Open(HttpContext http, RawTarget target, DateTimeOffset now)
    {
        var (request, malformed) = await QueryService.Read(http, target, now);
        return malformed is not null ? new Opened(request, null, malformed)
            : !HttpMethods.IsGet(http.Request.Method) ? new Opened(request, null, new AwsError("MethodNotAllowed", 405, $"the audit is read with GET, not {http.Request.Method}"))
            : new Opened(request, target.Path.Length > Path.Length + 1 ? _get : _lookup, null);
    }

    public override AwsError Denied(AwsRequest request, Denial denial) => CommonErrors.AccessDenied(denial.Message());

    public override ValueTask WriteError(AwsRequest request, AwsError error) => Send(request, error.Status, Discovery.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteString("requestId", request.RequestId);
        json.WriteEndObject();
    }));

    /// <summary>The filter of a caller's own records.</summary>
    internal static AuditFilter Own(AwsRequest request, string operatorAccount) =>
        new() { Account = request.Caller.Account, AlsoWithoutAccount = request.Caller.Account == operatorAccount };

    internal static async ValueTask Send(AwsRequest request, int status, ReadOnlyMemory<byte> body)
    {
        var response = request.Http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, request.Aborted);
    }
}

/// <summary>The decisions of a filter, oldest first, and the cursor that asks for those that follow.</summary>
internal sealed class LookupDecisions(AuditLog log, string operatorAccount) : Operation
{
    public override string Name => "LookupDecisions";

    public override Needs Needs(AwsRequest request) => new Permission("cloudtrail:LookupEvents", "*");

    public override ValueTask<AwsResponse> Run(AwsRequest request)
    {
        if (Filter((QueryRequest)request, out var fault) is not { } filter)
        {
            return ValueTask.FromResult<AwsResponse>(CommonErrors.ValidationError(fault!));
        }

        using var reader = AuditReader.Open(log.Source);
        return ValueTask.FromResult<AwsResponse>(new Decisions(reader.Query(filter), filter.After));
    }

    private AuditFilter? Filter(QueryRequest request, out string? fault)
    {
        fault = null;
        var filter = AuditService.Own(request, operatorAccount);
        foreach (var (name, value) in request.Parameters.All().Where(parameter => !parameter.Key.StartsWith("X-Amz-", StringComparison.Ordinal)))
        {
            var (next, wanted) = With(filter, name, value);
            if (next is null)
            {
                fault = wanted is null ? $"`{name}` is no filter of the audit" : $"`{name}={value}` is no {wanted}";
                return null;
            }

            filter = next;
        }

        return filter;
    }

    private static (AuditFilter? Filter, string? Wanted) With(AuditFilter filter, string name, string value) => name switch
    {
        "after" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? (filter with { After = after }, null) : (null, "cursor"),
        "since" => Time(value) is { } since ? (filter with { Since = since }, null) : (null, "time such as 2026-11-23T20:00:00Z"),
        "until" => Time(value) is { } until ? (filter with { Until = until }, null) : (null, "time such as 2026-11-23T20:00:00Z"),
        "allowed" => bool.TryParse(value, out var allowed) ? (filter with { Allowed = allowed }, null) : (null, "true or false"),
        "event-name" => (filter with { EventName = value }, null),
        "principal" => (filter with { Principal = value }, null),
        "resource" => (filter with { Resource = value }, null),
        "error-code" => (filter with { ErrorCode = value }, null),
        "account" => value == filter.Account ? (filter, null) : (null, $"account whose decisions the caller may read, only {filter.Account} is"),
        "limit" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= AuditService.LargestAnswer
            ? (filter with { Limit = limit }, null)
            : (null, $"number from 1 to {AuditService.LargestAnswer}"),
        _ => (null, null),
    };

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private sealed class Decisions(IReadOnlyList<StoredDecision> found, long after) : AwsResponse
    {
        public override ValueTask Write(AwsRequest request)
        {
            var body = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                json.WriteNumber("cursor", found.Count > 0 ? found[^1].Sequence : after);
                json.WriteStartArray("decisions");
                foreach (var decision in found)
                {
                    json.WriteRawValue(decision.Json, skipInputValidation: true);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            return AuditService.Send(request, 200, body.WrittenMemory);
        }
    }
}

/// <summary>One decision, by its id or the beginning of it.</summary>
internal sealed class GetDecision(AuditLog log, string operatorAccount) : Operation
{
    public override string Name => "GetDecision";

    public override Needs Needs(AwsRequest request) => new Permission("cloudtrail:LookupEvents", "*");

    public override ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var id = request.Target.Path[(AuditService.Path.Length + 1)..];
        using var reader = AuditReader.Open(log.Source);
        return ValueTask.FromResult<AwsResponse>(reader.Find(id, AuditService.Own(request, operatorAccount)) is { } decision
            ? new Found(decision)
            : new AwsError("NoSuchDecision", 404, $"account {request.Caller.Account} has no decision `{id}`{(id.Length < 36 ? ", or several that begin so" : "")}"));
    }

    private sealed class Found(StoredDecision decision) : AwsResponse
    {
        public override ValueTask Write(AwsRequest request) => AuditService.Send(request, 200, Encoding.UTF8.GetBytes(decision.Json));
    }
}
