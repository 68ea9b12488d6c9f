using Keyless.Server.Audit;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>
/// One request to an AWS service, as the pipeline carries it: the raw HTTP request, then who signed it. Each protocol derives its own
/// (<see cref="QueryRequest"/> for IAM and STS, S3's) with what it parses.
/// </summary>
public abstract class AwsRequest(HttpContext http, RawTarget target, DateTimeOffset receivedAt)
{
    public HttpContext Http { get; } = http;

    public RawTarget Target { get; } = target;

    public DateTimeOffset ReceivedAt { get; } = receivedAt;

    /// <summary>In the answer as <c>x-amzn-RequestId</c>, and the id of the decision: <c>keyless explain ID</c>.</summary>
    public string RequestId { get; } = DecisionId.New(receivedAt);

    public string Method => Http.Request.Method;

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The caller after its signature was verified; anonymous until then and for unsigned requests.</summary>
    public Caller Caller { get; internal set; } = Anonymous;

    /// <summary>How the request was signed; null when it was not.</summary>
    public SignedWith? Signature { get; internal set; }

    /// <summary>What <see cref="Operation.Run"/> asked for and was denied: the first key of DeleteObjects that may not be deleted.</summary>
    public Denial? DeniedWithin { get; protected set; }

    /// <summary>The value of a header, or null.</summary>
    public string? Header(string name) => Http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>The answer is written: gives back what was lent for the request.</summary>
    internal virtual void Release()
    {
    }

    internal static readonly Caller Anonymous = new Caller.Anonymous();
}

/// <summary>What a verified signature tells operations and condition keys.</summary>
/// <param name="ByQuery">Presigned: <c>s3:authType</c> is <c>REST-QUERY-STRING</c>.</param>
/// <param name="Region">The region of the credential scope: <c>aws:RequestedRegion</c>.</param>
/// <param name="SigningKey">Derived key of the scope, which chunk signatures continue with. Never leaves the process.</param>
/// <param name="Signature">The seed of the chunk signatures.</param>
/// <param name="ContentSha256">The payload hash that was signed: hex, or a <c>STREAMING-...</c> or <c>UNSIGNED-PAYLOAD</c> constant.</param>
public sealed record SignedWith(
    string AccessKeyId,
    bool ByQuery,
    string Region,
    string Scope,
    DateTimeOffset SignedAt,
    string AmzDate,
    byte[] SigningKey,
    string Signature,
    string ContentSha256)
{
    // The generated one would print the key.
    public override string ToString() => $"SignedWith {{ {AccessKeyId}, {Scope} }}";
}
