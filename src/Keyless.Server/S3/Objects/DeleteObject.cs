using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>DeleteObject</c>: succeeds also when there was nothing.</summary>
internal sealed class DeleteObject(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteObject";

    public override S3Route Route => new("DELETE", S3Scope.Object);


    protected override Needs Permissions(S3Request request) => request.OnVersion("s3:DeleteObject", "s3:DeleteObjectVersion");

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (ObjectRead.VersionFault(request.VersionId) is { } fault)
        {
            return fault;
        }

        if (DeleteConditions.FirstOrDefault(header => request.Header(header) is not null) is { } unknown)
        {
            return S3Errors.NotImplemented(unknown);
        }

        var ifMatch = request.Header("If-Match") is { } match ? Preconditions.Unquoted(match).ToString() : null;
        return await Buckets.DeleteObject(request.Bucket, request.Key, request.VersionId, ifMatch) switch
        {
            DeleteOutcome.Done done => S3Response.NoContent()
                .With("x-amz-delete-marker", done.MarkerVersion is null ? null : "true")
                .With("x-amz-version-id", done.Version ?? done.MarkerVersion),
            DeleteOutcome.ConditionFailed => S3Errors.PreconditionFailed("If-Match", Preconditions.Cause("If-Match", request.Header("If-Match"), request.FindObject(Buckets))),
            DeleteOutcome.NoSuchKey => S3Errors.NoSuchKey(request.Bucket.Name, request.Key),
            _ => NoSuchBucket(request),
        };
    }

    // For directory buckets only.
    private static readonly string[] DeleteConditions = ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"];
}
