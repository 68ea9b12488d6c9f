using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketPolicy</c>.</summary>
internal sealed class PutBucketPolicy(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketPolicy";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "policy");


    protected override Needs Permissions(S3Request request) => BucketPolicy.NeedsToChange(request, "s3:PutBucketPolicy");

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadBody(BucketPolicy.MaxSize + 1)).Succeeds(out var body, out var error)
            || !BucketPolicy.Parse(body, request.Bucket.Name).Succeeds(out var policy, out error))
        {
            // A body past the limit is too large a policy, whatever is in it.
            return error.Code == "MaxMessageLengthExceeded" ? S3Errors.PolicyTooLarge(BucketPolicy.MaxSize + 1) : error;
        }

        if (policy.IsPublic && request.Bucket.PublicAccessBlock is { BlockPublicPolicy: true } block)
        {
            return S3Errors.AccessDenied(
                $"User: {request.Caller.Arn} is not authorized to perform: s3:PutBucketPolicy on resource: \"{request.Bucket.Arn}\" because "
                + "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.") with
            {
                Reason = $"the policy allows everyone, and `BlockPublicPolicy` of the bucket's Block Public Access refuses public policies; every new bucket has it",
                Mend = $"for a public website first run `{block.CommandThatAllowsPolicies(request.Bucket.Name)}`; else name principals in place of `*`",
            };
        }

        return await Save(request, BucketSetting.Policy, policy.Text) ?? S3Response.NoContent();
    }
}
