using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>GetObject</c>.</summary>
internal sealed class GetObject(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetObject";

    public override S3Route Route => new("GET", S3Scope.Object);


    protected override Needs Permissions(S3Request request) => ObjectRead.Permissions(request, Buckets);

    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(ObjectRead.Answer(request, Buckets));
}
