using System.Buffers;
using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Text;
using Keyless.Server.Audit;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>A service of the Query protocol, so IAM and STS: form parameters in, XML out. AWS Query Protocol.</summary>
public abstract class QueryService : Service
{
    /// <summary>The largest policy document, percent-encoded, with its neighbours.</summary>
    public const int MaxBody = 1 << 20;

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

    /// <summary>Finds the operation of a request that was read already.</summary>
    public Opened Match(QueryRequest request)
    {
        var action = request.Parameters.Text("Action"u8);
        var version = request.Parameters.Text("Version"u8);
        if (string.IsNullOrEmpty(action))
        {
            return new Opened(request, null, CommonErrors.MissingAction());
        }

        return version == Version && ByName.TryGetValue(action, out var operation)
            ? new Opened(request, operation, null)
            : new Opened(request, null, CommonErrors.InvalidAction(action, version));
    }

    /// <summary>Reads body and query string of a Query request; the request exists even when it is malformed.</summary>
    public static async ValueTask<(QueryRequest Request, AwsError? Error)> Read(HttpContext http, RawTarget target, DateTimeOffset now)
    {
        ReadOnlyMemory<byte> body = default;
        if (http.Request.ContentLength is > 0 || (http.Request.ContentLength is null && HttpMethods.IsPost(http.Request.Method)))
        {
            var read = await ReadBody(http.Request.BodyReader, MaxBody, http.RequestAborted);
            if (read is null)
            {
                return (new QueryRequest(http, target, now, QueryParameters.Empty, default), CommonErrors.RequestEntityTooLarge(MaxBody));
            }

            body = read.Value;
        }

        var parameters = QueryParameters.Parse(body.IsEmpty ? Encoding.UTF8.GetBytes(target.Query) : body.Span, out var fault);
        return (
            new QueryRequest(http, target, now, parameters ?? QueryParameters.Empty, body),
            parameters is null ? CommonErrors.MalformedInput(fault!) : null);
    }

    public override IEnumerable<TrailField> RequestParameters(AwsRequest request) =>
        ((QueryRequest)request).Parameters.All()
            .Where(parameter => parameter.Key is not ("Action" or "Version" or "WebIdentityToken" or "TokenCode" or "SAMLAssertion")
                && !parameter.Key.StartsWith("X-Amz-", StringComparison.Ordinal))
            .Take(64)
            .Select(parameter => new TrailField(char.ToLowerInvariant(parameter.Key[0]) + parameter.Key[1..], parameter.Value));

    public override async ValueTask WriteError(AwsRequest request, AwsError error)
    {
        var output = new ArrayBufferWriter<byte>(512);
        new XmlOut(output)
            .Open("ErrorResponse", Namespace)
            .Open("Error")
            .Element("Type", error.Status < 500 ? "Sender" : "Receiver")
            .Element("Code", error.Code)
            .Element("Message", error.Message)
            .Close("Error")
            .Element("RequestId", request.RequestId)
            .Close("ErrorResponse");
        await Send(request, error.Status, output);
    }

    /// <summary>Writes a success. Operations answer with <see cref="QueryResponse"/>, which calls this.</summary>
    internal async ValueTask WriteResult(AwsRequest request, QueryResponse response)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        var xml = new XmlOut(output);
        var envelope = response.Operation + "Response";
        xml.Open(envelope, Namespace);
        if (response.HasResult)
        {
            xml.Open(response.ResultElement);
            response.WriteResult(xml);
            xml.Close(response.ResultElement);
        }

        xml.Open("ResponseMetadata").Element("RequestId", request.RequestId).Close("ResponseMetadata").Close(envelope);
        await Send(request, 200, output);
    }

    private static async ValueTask Send(AwsRequest request, int status, ArrayBufferWriter<byte> output)
    {
        var response = request.Http.Response;
        response.StatusCode = status;
        response.ContentType = "text/xml";
        response.ContentLength = output.WrittenCount;
        await response.BodyWriter.WriteAsync(output.WrittenMemory, request.Aborted);
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadBody(PipeReader reader, int limit, CancellationToken cancelled)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancelled);
            if (result.Buffer.Length > limit)
            {
                return null;
            }

            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
