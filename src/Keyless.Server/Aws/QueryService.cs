using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text;
using Keyless.Server.Audit;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>A service of the Query protocol, so IAM and STS: form parameters in, XML out. AWS Query Protocol.</summary>
public abstract class QueryService : Service
{
    /// <summary>The largest policy document, percent-encoded, with its neighbours.</summary>
    public const int MaxBody = 1 << 20;

    private const int LongestRecorded = 16_384;

    /// <summary>The operation of AWS's JSON protocols, which no service here speaks.</summary>
    internal const string TargetHeader = "X-Amz-Target";

    /// <summary>The namespace of what AWS's front end answers before it has found the operation.</summary>
    private const string FaultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09";

    private FrozenDictionary<string, Operation>? _byName;

    /// <summary>The only value of <c>Version</c>.</summary>
    public abstract string Version { get; }

    /// <summary>The namespace of answers.</summary>
    public abstract string Namespace { get; }

    private FrozenDictionary<string, Operation> ByName => _byName ??= Operations.ToFrozenDictionary(operation => operation.Name);

    public sealed override async ValueTask<Opened> Open(HttpContext http, RawTarget target, DateTimeOffset now)
    {
        var (request, error) = await Read(http, target, now);
        return error is null ? Match(request) : new Opened(request, null, error);
    }

    /// <summary>The operation of a name; null when there is none.</summary>
    public Operation? Find(string action) => ByName.GetValueOrDefault(action);

    /// <summary>Finds the operation of a request that was read already.</summary>
    public Opened Match(QueryRequest request)
    {
        if (request.Header(TargetHeader) is { } target)
        {
            return new Opened(request, null, CommonErrors.UnknownOperation(OneLine.Of(target, 128))) { Called = OneLine.Of(target, 128) };
        }

        var action = request.Parameters.RecentText("Action");
        var version = request.Parameters.RecentText("Version");
        if (action is null)
        {
            return new Opened(request, null, CommonErrors.MissingAction(request.Target.Query));
        }

        return version == Version && Find(action) is { } operation
            ? new Opened(request, operation, null)
            : new Opened(request, null, CommonErrors.InvalidAction(action, version)) { Called = OneLine.Of(action, 128) };
    }

    /// <summary>Reads body and query string of a Query request; the request exists even when it is malformed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<(QueryRequest Request, AwsError? Error)> Read(HttpContext http, RawTarget target, DateTimeOffset now)
    {
        if (http.Request.ContentLength is not > 0 && (http.Request.ContentLength is not null || !HttpMethods.IsPost(http.Request.Method)))
        {
            return Parsed(http, target, now, Encoding.UTF8.GetBytes(target.Query), body: default);
        }

        var reader = http.Request.BodyReader;
        while (true)
        {
            // No token: Kestrel ends the read of a client that is gone, and a token costs each request a source.
            var result = await reader.ReadAsync();
            var buffer = result.Buffer;
            if (buffer.Length > MaxBody)
            {
                reader.AdvanceTo(buffer.End);
                return (new QueryRequest(http, target, now, QueryParameters.Empty, default), CommonErrors.RequestEntityTooLarge(MaxBody));
            }

            if (result.IsCompleted)
            {
                // The body is kept only where a signature covers it; parameters are decoded out of the connection's own buffer. A body
                // of another type has none.
                ReadOnlyMemory<byte> kept = !buffer.IsSingleSegment || SignedParts.ArePresent(http, target.Query) ? buffer.ToArray() : default;
                var read = Parsed(
                    http, target, now,
                    buffer.IsEmpty || !HasForm(http) ? Encoding.UTF8.GetBytes(target.Query) : kept.IsEmpty ? buffer.FirstSpan : kept.Span, kept);
                reader.AdvanceTo(buffer.End);
                return read;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    internal static bool HasForm(HttpContext http) =>
        http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    private static (QueryRequest Request, AwsError? Error) Parsed(
        HttpContext http, RawTarget target, DateTimeOffset now, ReadOnlySpan<byte> form, ReadOnlyMemory<byte> body)
    {
        var parameters = QueryParameters.Parse(form, out var fault);
        return (
            new QueryRequest(http, target, now, parameters ?? QueryParameters.Empty, body),
            parameters is null ? CommonErrors.MalformedInput(fault!) : null);
    }

    public override IEnumerable<TrailField> RequestParameters(AwsRequest request) =>
        ((QueryRequest)request).Parameters.All()
            .Where(parameter => parameter.Key is not ("Action" or "Version" or "WebIdentityToken" or "TokenCode" or "SAMLAssertion")
                && !parameter.Key.StartsWith("X-Amz-", StringComparison.Ordinal))
            .Take(64)
            .Select(parameter => new TrailField(
                char.ToLowerInvariant(parameter.Key[0]) + OneLine.Of(parameter.Key[1..], 128),

                // Whoever did not sign is told apart from others by few characters; the longest policy is kept whole.
                request.Caller is Caller.Anonymous && parameter.Value.Length > 256 ? parameter.Value[..256] + "..."
                    : parameter.Value.Length > LongestRecorded ? parameter.Value[..LongestRecorded] + "..."
                    : parameter.Value));

    public override ValueTask WriteError(AwsRequest request, AwsError error)
    {
        if (error.Location is { } location)
        {
            request.Http.Response.StatusCode = error.Status;
            request.Http.Response.Headers.Location = location;
            return ValueTask.CompletedTask;
        }

        var output = Buffer;
        if (request.Header(TargetHeader) is not null)
        {
            // Its client reads JSON, and shows both.
            using (var json = new System.Text.Json.Utf8JsonWriter(output.Bytes))
            {
                json.WriteStartObject();
                json.WriteString("__type", error.Code);
                json.WriteString("message", error.Message.Length == 0 ? error.Reason : error.Message);
                json.WriteEndObject();
            }

            return Send(request, error.Status, output.Bytes, "application/x-amz-json-1.1");
        }

        output.Xml
            .Open("ErrorResponse", error.Code == "InvalidAction" ? FaultNamespace : Namespace)
            .Open("Error")
            .Element("Type", error.Status < 500 ? "Sender" : "Receiver")
            .Element("Code", error.Code)
            .Optional("Message", error.Message.Length == 0 ? null : error.Message)
            .Close("Error")
            .Element("RequestId", request.RequestId)
            .Close("ErrorResponse");
        return Send(request, error.Status, output.Bytes);
    }

    /// <summary>Writes a success. Operations answer with <see cref="QueryResponse"/>, which calls this.</summary>
    internal ValueTask WriteResult(AwsRequest request, QueryResponse response)
    {
        var output = Buffer;
        var xml = output.Xml;
        xml.Raw("<").Raw(response.Operation).Raw("Response xmlns=\"").Raw(Namespace).Raw("\">");
        if (response.HasResult)
        {
            xml.Raw("<").Raw(response.Operation).Raw("Result>");
            response.WriteResult(xml);
            xml.Raw("</").Raw(response.Operation).Raw("Result>");
        }

        xml.Open("ResponseMetadata").Element("RequestId", request.RequestId).Close("ResponseMetadata").Raw("</").Raw(response.Operation).Raw("Response>");
        return Send(request, 200, output.Bytes);
    }

    // An answer is made whole without waiting, so each thread needs one buffer.
    [ThreadStatic]
    private static Output? t_output;

    private static Output Buffer
    {
        get
        {
            var output = t_output ??= new Output();
            output.Bytes.ResetWrittenCount();
            return output;
        }
    }

    private static ValueTask Send(AwsRequest request, int status, ArrayBufferWriter<byte> output, string type = "text/xml")
    {
        var response = request.Http.Response;
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = output.WrittenCount;
        response.BodyWriter.Write(output.WrittenSpan);
        var flush = response.BodyWriter.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return new ValueTask(flush.AsTask());
        }

        // Its source is pooled and wants to be asked.
        _ = flush.GetAwaiter().GetResult();
        return ValueTask.CompletedTask;
    }

    private sealed class Output
    {
        public Output() => Xml = new XmlOut(Bytes);

        public ArrayBufferWriter<byte> Bytes { get; } = new(4096);

        public XmlOut Xml { get; }
    }
}
