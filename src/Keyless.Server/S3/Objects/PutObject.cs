using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>PutObject</c>.</summary>
internal sealed class PutObject(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutObject";

    public override S3Route Route => new("PUT", S3Scope.Object);


    protected override Needs Permissions(S3Request request) => RequestHeaders.Permissions(request);

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        // 1: what the headers alone can tell, before a byte of the body is asked for
        if (!RequestHeaders.Read(request).Succeeds(out var headers, out var error)
            || !RequestHeaders.Tags(request).Succeeds(out var tags, out error)
            || !RequestHeaders.Condition(request).Succeeds(out var condition, out error))
        {
            return error;
        }

        // 2: the bytes, durable but without a name
        using var writer = Buckets.Files.Begin();
        if (!(await ReceivedBody.Receive(request, writer)).Succeeds(out var body, out error))
        {
            return error;
        }

        // 3: the name
        var outcome = await Buckets.Put(request.Bucket, new NewObject(request.Key, headers, tags), condition, body.Bytes, body.Md5, body.Checksum);
        if (outcome is not PutOutcome.Stored { Object: var stored })
        {
            return RequestHeaders.Refused(request, outcome);
        }

        writer.Keep();
        return S3Response.Ok()
            .With("ETag", $"\"{stored.ETag}\"")
            .With("x-amz-server-side-encryption", "AES256")
            .With(body.Checksum.Algorithm.Header, body.Checksum.Value)
            .With("x-amz-checksum-type", body.Checksum.TypeName)
            .WithVersion(request.Bucket, stored.Version);
    }
}
