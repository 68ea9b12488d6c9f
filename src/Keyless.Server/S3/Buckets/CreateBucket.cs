using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>CreateBucket</c>.</summary>
internal sealed class CreateBucket(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "CreateBucket";

    public override S3Route Route => new("PUT", S3Scope.Bucket);


    protected override bool IsAboutBucket => false;

    protected override Needs Permissions(S3Request request)
    {
        var arn = "arn:aws:s3:::" + request.BucketName;
        var permissions = ImmutableArray.Create(new Permission("s3:CreateBucket", arn));
        if (Acl.Headers.Any(header => request.Header(header) is not null))
        {
            permissions = permissions.Add(new Permission("s3:PutBucketAcl", arn));
        }

        return request.Header(ObjectOwnership.Header) is null
            ? permissions
            : permissions.Add(new Permission("s3:PutBucketOwnershipControls", arn));
    }

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        var name = request.BucketName!;
        if (!(await NewBucket.Read(request)).Succeeds(out var bucket, out var error))
        {
            return error;
        }

        if (!bucket.Tags.Tags.IsEmpty && request.Check(new Permission("s3:TagResource", "arn:aws:s3:::" + name)) is { } denial)
        {
            return request.Service.Denied(request, denial);
        }

        return await Buckets.Create(bucket) switch
        {
            CreateBucketOutcome.Created => S3Response.Ok().With("Location", "/" + name).With("x-amz-bucket-arn", "arn:aws:s3:::" + name),

            // Only us-east-1 answers its own bucket's creation again with success, for old clients' sake.
            CreateBucketOutcome.AlreadyOwnedByYou when Buckets.Find(name)?.Region == "us-east-1" && bucket.Region == "us-east-1" =>
                S3Response.Ok().With("Location", "/" + name).With("x-amz-bucket-arn", "arn:aws:s3:::" + name),
            CreateBucketOutcome.AlreadyOwnedByYou => S3Errors.BucketAlreadyOwnedByYou(name),
            _ => S3Errors.BucketAlreadyExists(name),
        };
    }
}
