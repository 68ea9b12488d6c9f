using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>
/// Reads of configurations that a bucket here cannot have: the answer is what AWS gives for a bucket without them, which tools such as
/// Terraform read at every refresh.
/// </summary>
/// <param name="name">AWS's name of the operation.</param>
/// <param name="subResource">Its query parameter.</param>
/// <param name="action">The permission it needs.</param>
/// <param name="answer">An empty configuration, or the error that says there is none.</param>
internal sealed class NotConfigured(BucketStore buckets, string name, string subResource, string action, Func<Bucket, AwsResponse> answer)
    : S3Operation(buckets)
{
    public override string Name => name;

    public override S3Route Route => new("GET", S3Scope.Bucket, subResource);

    protected override Needs Permissions(S3Request request) => request.OnBucket(action);

    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(answer(request.Bucket));
}
