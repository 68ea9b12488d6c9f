using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keyless.Server.CloudFormation;

/// <summary>
/// Makes API calls of the server's own, as an account's root, without the network: the request is signed and goes through the same
/// pipeline as anyone's, so it is authorized, validated and recorded like anyone's.
/// </summary>
/// <param name="handle">The pipeline.</param>
internal sealed class LocalApi(RequestDelegate handle, RootCredentials root, TimeProvider clock, string region)
{
    private const string Host = "localhost";

    /// <summary>Makes the call. Null when it succeeded, or removed what was gone already.</summary>
    public async Task<ApiRefusal?> Make(ApiCall call, CancellationToken cancellation)
    {
        var answer = await Ask(call is ApiCall.Each each ? each.List : call, cancellation);
        if (call is ApiCall.Each { Then: var then } && answer.Found)
        {
            foreach (var next in answer.Xml!.Descendants().Where(e => e.Name.LocalName == "member").Select(then).OfType<ApiCall>())
            {
                if (await Make(next, cancellation) is { } refusal)
                {
                    return refusal;
                }
            }
        }

        return answer.Found || (call.MayBeGone && answer.Gone) ? null : await Refusal(call, answer, cancellation);
    }

    /// <summary>Makes a call that only reads.</summary>
    public Task<ApiAnswer> Ask(ApiCall call, CancellationToken cancellation) => call switch
    {
        ApiCall.Query query => Send(
            "iam", "POST", "/", "", "application/x-www-form-urlencoded; charset=utf-8",
            Form.Encode([new("Action", query.Action), new("Version", "2010-05-08"), .. query.Parameters]), cancellation),
        ApiCall.S3 s3 => Send(
            "s3", s3.Method, "/" + s3.Bucket, s3.Subresource is null ? "" : s3.Subresource + "=", "application/xml", s3.Body, cancellation),
        _ => throw new InvalidOperationException("no such call"),
    };

    private async Task<ApiAnswer> Send(
        string service, string method, string path, string query, string contentType, string body, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var http = new DefaultHttpContext { RequestAborted = cancellation };
        var request = http.Request;
        request.Method = method;
        request.Scheme = "http";
        request.Path = path;
        request.QueryString = new QueryString(query.Length == 0 ? "" : "?" + query);
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = query.Length == 0 ? path : $"{path}?{query}";
        request.Headers.Host = Host;
        if (method is not ("GET" or "HEAD"))
        {
            request.ContentType = contentType;
            request.ContentLength = bytes.Length;
        }

        request.Body = new MemoryStream(bytes, writable: false);
        Sign(request, service, path, query, bytes);

        using var answer = new MemoryStream();
        http.Response.Body = answer;
        try
        {
            await handle(http);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return new ApiAnswer(0, fault is OperationCanceledException ? "no answer in time" : fault.Message, null);
        }

        await http.Response.BodyWriter.FlushAsync(cancellation);
        return new ApiAnswer(http.Response.StatusCode, Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length), http.Response.Headers["x-amzn-RequestId"])
        {
            Reason = (http.Items[typeof(AwsError)] as AwsError)?.Reason,
        };
    }

    private void Sign(HttpRequest request, string service, string path, string query, byte[] body)
    {
        var hash = RequestSigner.Hash(body);
        KeyValuePair<string, string>[] headers = [new("host", Host), new("x-amz-content-sha256", hash), new("x-amz-date", RequestSigner.Time(clock.GetUtcNow()))];
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value;
        }

        request.Headers.Authorization = new RequestSigner(root.AccessKeyId, root.Secret, region, service).Authorization(request.Method, path, query, headers, hash);
    }

    /// <summary>Code and message of an error answer, in either service's envelope, and the cause that AWS would not tell.</summary>
    private async Task<ApiRefusal> Refusal(ApiCall call, ApiAnswer answer, CancellationToken cancellation)
    {
        if (answer.Status == 0)
        {
            return new ApiRefusal(call.Operation, 0, ApiRefusal.NoAnswer, answer.Body);
        }

        var names = answer.Xml?.Descendants().ToLookup(element => element.Name.LocalName, element => element.Value);
        return new ApiRefusal(call.Operation, answer.Status, names?["Code"].FirstOrDefault() ?? "Unknown", names?["Message"].FirstOrDefault() ?? answer.Body)
        {
            // What S3 refuses for the request's own sake is not in the audit.
            RequestId = call is ApiCall.S3 ? null : answer.RequestId,
            Cause = answer.Reason ?? (answer.RequestId is null ? null : await Cause(answer.RequestId, cancellation)),
        };
    }

    /// <summary>The first line of the decision's own record; null when it has none.</summary>
    private async Task<string?> Cause(string requestId, CancellationToken cancellation)
    {
        var answer = await Send("keyless", "GET", AuditService.Path + "/" + requestId, "", "", "", cancellation);
        if (!answer.Found)
        {
            return null;
        }

        using var record = JsonDocument.Parse(answer.Body);
        return record.RootElement.TryGetProperty("decision", out var ours) && ours.TryGetProperty("summary", out var summary) ? summary.GetString() : null;
    }
}

/// <summary>An answer of the API; status 0 when none came.</summary>
internal sealed record ApiAnswer(int Status, string Body, string? RequestId)
{
    /// <summary>What the server knows and the wire does not say; only from a server in this process.</summary>
    public string? Reason { get; init; }

    public bool Found => Status is >= 200 and < 300;

    public bool Gone => Status == 404;

    /// <summary>The body's root element; null when it is no XML.</summary>
    public XElement? Xml
    {
        get
        {
            try
            {
                return XElement.Parse(Body);
            }
            catch (XmlException)
            {
                return null;
            }
        }
    }
}

/// <summary>An API call that was refused, with AWS's code and message.</summary>
public sealed record ApiRefusal(string Operation, int Status, string Code, string Message)
{
    /// <summary>The code of a call to which nothing was answered.</summary>
    public const string NoAnswer = "NoAnswer";

    /// <summary>The decision in the audit; null when it is not recorded.</summary>
    public string? RequestId { get; init; }

    /// <summary>Why, beyond what AWS says.</summary>
    public string? Cause { get; init; }
}
