using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>A request of the Query protocol: parameters from the form body of a POST or from the query string of a GET.</summary>
public sealed class QueryRequest(
    HttpContext http, RawTarget target, DateTimeOffset receivedAt, QueryParameters parameters, ReadOnlyMemory<byte> body)
    : AwsRequest(http, target, receivedAt)
{
    public QueryParameters Parameters { get; } = parameters;

    /// <summary>The body as sent, for the signature; empty when the request has none to verify.</summary>
    public ReadOnlyMemory<byte> Body { get; } = body;

    internal override void Release() => Parameters.Release();
}
