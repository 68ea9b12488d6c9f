using Keyless.Server.Aws;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>A bucket about to be created.</summary>
public sealed record NewBucket(string Name, string Account, string Region)
{
    /// <summary><c>BucketOwnerEnforced</c> unless asked otherwise.</summary>
    public string Ownership { get; init; } = ObjectOwnership.Enforced;

    public TagSet Tags { get; init; } = TagSet.Empty;

    /// <summary>The settings as stored, null for one that it does not have. Public access is blocked, as on AWS since April 2023.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        [BucketSetting.Ownership] = Ownership,
        [BucketSetting.PublicAccessBlock] = PublicAccessBlock.All.Encode(),
        [BucketSetting.Tagging] = Tags.Count == 0 ? null : Tags.Encode(),
    };

    /// <summary>From a CreateBucket request.</summary>
    internal static async ValueTask<Parsed<NewBucket>> Read(S3Request request)
    {
        var name = request.BucketName!;
        if (BucketName.Fault(name) is not null)
        {
            return S3Errors.InvalidBucketName(name);
        }

        if (!(await request.ReadBody(64 << 10)).Succeeds(out var body, out var error))
        {
            return error;
        }

        var endpoint = request.Signature?.Region ?? S3Regions.Default;
        var (constraint, tags) = ((string?)null, TagSet.Empty);
        if (body.Length > 0)
        {
            if (XmlTree.Read(body) is not { Name: "CreateBucketConfiguration" } xml || !xml.HasOnly("LocationConstraint", "Location", "Bucket", "Tags"))
            {
                return S3Errors.MalformedXml("expected `<CreateBucketConfiguration>` with a `<LocationConstraint>`", XmlTree.Read(body));
            }

            constraint = xml["LocationConstraint"] is { Length: > 0 } wanted ? wanted : null;
            if (xml.Child("Tags") is { } list && !TagSet.ParseTags(list, TagSet.MaxOnBucket).Succeeds(out tags!, out error))
            {
                return error;
            }
        }

        if (RegionFault(constraint, endpoint) is { } misplaced)
        {
            return misplaced;
        }

        var ownership = request.Header(ObjectOwnership.Header);
        if (ownership is not null && !ObjectOwnership.IsValid(ownership))
        {
            return S3Errors.InvalidArgument($"Invalid {ObjectOwnership.Header} header: {ownership}", ObjectOwnership.Header, ownership);
        }

        ownership ??= ObjectOwnership.Enforced;
        if (request.Header("x-amz-bucket-object-lock-enabled")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true)
        {
            return S3Errors.NotImplemented("x-amz-bucket-object-lock-enabled");
        }

        if (request.Header("x-amz-acl") is not "private" && Acl.HeaderFault(request, ownership, blockPublicAcls: true) is { } acl)
        {
            return acl;
        }

        return new NewBucket(name, request.Caller.Account!, constraint is "EU" ? "eu-west-1" : constraint ?? endpoint)
        {
            Ownership = ownership,
            Tags = tags,
        };
    }

    /// <summary>us-east-1 creates buckets anywhere; every other region only its own, and wants to be told so.</summary>
    private static AwsError? RegionFault(string? constraint, string endpoint)
    {
        if (constraint is not null && constraint != "EU" && !S3Regions.IsRegion(constraint))
        {
            return S3Errors.InvalidLocationConstraint(constraint);
        }

        if (endpoint == S3Regions.Default)
        {
            // The default region is named by naming none.
            return constraint == S3Regions.Default ? S3Errors.InvalidLocationConstraint(constraint) : null;
        }

        return constraint == endpoint || (constraint == "EU" && endpoint == "eu-west-1")
            ? null
            : S3Errors.IllegalLocationConstraint(constraint ?? "unspecified") with
            {
                Reason = $"the request was signed for {endpoint}, so `LocationConstraint` must be `{endpoint}`, "
                    + (constraint is null ? "and there is none" : $"not `{constraint}`"),
                Mend = $"pass `--create-bucket-configuration LocationConstraint={endpoint}`, or call in the region of the bucket",
            };
    }
}
