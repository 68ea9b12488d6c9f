using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>HeadObject</c>: GetObject without the bytes, under the same permission.</summary>
internal sealed class HeadObject(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "HeadObject";

    public override S3Route Route => new("HEAD", S3Scope.Object);


    protected override Needs Permissions(S3Request request) => ObjectRead.Permissions(request, Buckets);

    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(ObjectRead.Answer(request, Buckets));
}
