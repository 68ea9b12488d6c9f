using System.Globalization;
using Keyless.Server.Aws;

namespace Keyless.Server.S3;

/// <summary>Every error that S3 answers with. API Reference, "Error Responses"; texts as AWS writes them.</summary>
public static class S3Errors
{
    public static AwsError AccessDenied(string message = "Access Denied") => new("AccessDenied", 403, message);

    public static AwsError AccessForbidden(string message, string method, string resourceType) =>
        new AwsError("AccessForbidden", 403, message).With("Method", method).With("ResourceType", resourceType);

    public static AwsError AccessControlListNotSupported() =>
        new("AccessControlListNotSupported", 400, "The bucket does not allow ACLs") { IsAboutAccess = true };

    public static AwsError BadDigestOf(string algorithm, string expected, string calculated) =>
        new("BadDigest", 400, $"The {algorithm} you specified did not match the calculated checksum.")
        {
            Reason = $"the request says that the {algorithm.ToUpperInvariant()} is `{expected}`, the bytes that arrived have `{calculated}`",
            Mend = "compute it over exactly the bytes that are sent, in base64, or leave it out",
        };

    public static AwsError BadDigest(string expected, string calculated) =>
        new AwsError("BadDigest", 400, "The Content-MD5 you specified did not match what we received.")
        {
            Reason = $"`Content-MD5` is `{expected}`, the bytes that arrived have `{calculated}`",
            Mend = "compute it over exactly the bytes that are sent, in base64, or leave it out",
        }
        .With("ExpectedDigest", expected).With("CalculatedDigest", calculated);

    public static AwsError BadRequest(string message) => new("BadRequest", 400, message);

    public static AwsError BucketAlreadyExists(string bucket) => new AwsError(
        "BucketAlreadyExists",
        409,
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
        + "Please select a different name and try again.")
    {
        Reason = $"a bucket `{bucket}` is there already, in another account",
        Mend = "take another name: those of buckets are unique over all accounts",
    }.With("BucketName", bucket);

    public static AwsError BucketAlreadyOwnedByYou(string bucket) => new AwsError(
        "BucketAlreadyOwnedByYou", 409, "Your previous request to create the named bucket succeeded and you already own it.")
    {
        Reason = $"the account has the bucket `{bucket}` already",
        Mend = "use it as it is, or take another name",
    }.With("BucketName", bucket);

    public static AwsError BucketNotEmpty(string bucket, bool versioned) => new AwsError(
        "BucketNotEmpty",
        409,
        versioned
            ? "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
            : "The bucket you tried to delete is not empty")
    {
        Reason = $"`{bucket}` still has {(versioned ? "versions or delete markers of objects" : "objects")}",
        Mend = versioned
            ? $"delete them all: `aws s3api list-object-versions --bucket {bucket}` lists them, `aws s3api delete-objects` deletes them"
            : $"delete them: `aws s3 rm s3://{bucket} --recursive`, or both with `aws s3 rb --force s3://{bucket}`",
    }.With("BucketName", bucket);

    public static AwsError ConditionalRequestConflict(string condition, string key) => new AwsError(
        "ConditionalRequestConflict",
        409,
        "The conditional request cannot succeed due to a conflicting operation against this resource.")
        .With("Condition", condition).With("Key", key);

    public static AwsError EntityTooLarge(long proposed, long limit) =>
        new AwsError("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
            .With("ProposedSize", Number(proposed)).With("MaxSizeAllowed", Number(limit));

    public static AwsError EntityTooSmall(long proposed, int part, string etag) =>
        new AwsError("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
        {
            Reason = $"part {part} has {proposed} bytes, and every part but the last has at least 5242880 (5 MiB)",
            Mend = "upload that part anew with 5 MiB or more, or the whole in larger parts",
        }
        .With("ProposedSize", Number(proposed)).With("MinSizeAllowed", "5242880")
        .With("PartNumber", Number(part)).With("ETag", etag);

    public static AwsError IllegalLocationConstraint(string constraint) => new(
        "IllegalLocationConstraintException",
        400,
        $"The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to.");

    public static AwsError IllegalVersioningConfiguration() => new(
        "IllegalVersioningConfigurationException", 400, "The Versioning element must be specified");

    public static AwsError IncompleteBody() => new(
        "IncompleteBody", 400, "You did not provide the number of bytes specified by the Content-Length HTTP header");

    public static AwsError InvalidArgument(string message, string name, string? value)
    {
        var error = new AwsError("InvalidArgument", 400, message)
        {
            Reason = $"`{name}` is `{(value is { Length: > 80 } ? value[..80] + "..." : value)}`{(message.Length == 0 ? "" : ": " + message)}",
        }.With("ArgumentName", name);
        return value is null ? error : error.With("ArgumentValue", value);
    }

    public static AwsError InvalidBucketName(string bucket) =>
        new AwsError("InvalidBucketName", 400, "The specified bucket is not valid.") { Reason = BucketName.Fault(bucket) }
            .With("BucketName", bucket);

    public static AwsError InvalidBucketState(string message) => new("InvalidBucketState", 409, message);

    public static AwsError InvalidDigest(string value) =>
        new AwsError("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
        {
            Reason = $"`Content-MD5` is `{value}`, which is not 16 bytes in base64",
            Mend = "send the digest's bytes in base64, 24 characters, not in hexadecimal",
        }.With("Content-MD5", value);

    public static AwsError InvalidLocationConstraint(string constraint) =>
        new AwsError("InvalidLocationConstraint", 400, "The specified location-constraint is not valid").With("LocationConstraint", constraint);

    /// <param name="cause">What is wrong with the part.</param>
    public static AwsError InvalidPart(string upload, int number, string etag, string cause) => new AwsError(
        "InvalidPart",
        400,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not "
        + "match the part's entity tag.")
    {
        Reason = $"part {number} of the list {cause}",
        Mend = "list number and ETag of each part as UploadPart answered them: `aws s3api list-parts` has those that are there",
    }.With("UploadId", upload).With("PartNumber", Number(number)).With("ETag", etag);

    public static AwsError InvalidPartNumber(int asked, int count) =>
        new AwsError("InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
            .With("PartNumberRequested", Number(asked)).With("ActualPartCount", Number(count));

    public static AwsError InvalidPartOrder(string upload, int previous, int number) => new AwsError(
        "InvalidPartOrder",
        400,
        "The list of parts was not in ascending order. Parts must be ordered by part number.")
    {
        Reason = $"part {number} stands behind part {previous}: the list must ascend, each number once",
        Mend = "sort the list by part number",
    }.With("UploadId", upload);

    public static AwsError InvalidRange(string range, long size) =>
        new AwsError("InvalidRange", 416, "The requested range is not satisfiable")
        {
            Reason = $"`Range` is `{range}`, and the object has {size} bytes",
            Mend = size == 0 ? "leave `Range` out: the object is empty" : $"ask for bytes from 0 to {size - 1}",
        }
            .With("RangeRequested", range).With("ActualObjectSize", Number(size));

    public static AwsError InvalidRequest(string message, string? cause = null, string? mend = null) =>
        new("InvalidRequest", 400, message) { Reason = cause ?? message, Mend = mend };

    public static AwsError InvalidStorageClass(string value) =>
        new AwsError("InvalidStorageClass", 400, "The storage class you specified is not valid") { Reason = $"`x-amz-storage-class` is `{value}`, which is no storage class", Mend = "leave it out, or write `STANDARD`" }.With("StorageClassRequested", value);

    public static AwsError InvalidTag(string message, string cause) => new("InvalidTag", 400, message) { Reason = cause };

    public static AwsError InvalidUri() => new("InvalidURI", 400, "Couldn't parse the specified URI.");

    public static AwsError KeyTooLong(int size) => new AwsError("KeyTooLongError", 400, "Your key is too long")
        .With("Size", Number(size)).With("MaxSizeAllowed", "1024");

    /// <param name="got">The element that is not as expected.</param>
    public static AwsError MalformedXml(string expected, XmlTree? got) =>
        MalformedXml(got is null ? expected : $"{expected}; the request has {got.Outline}");

    public static AwsError MalformedPolicy(string message, string? cause = null, string? mend = null) => new("MalformedPolicy", 400, message) { Reason = cause, Mend = mend };

    public static AwsError MalformedTrailer() => new(
        "MalformedTrailerError", 400, "The request contained trailing data that was not well-formed or did not conform to our published schema.");

    public static AwsError MalformedXml(string? reason = null) => new(
        "MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema") { Reason = reason };

    public static AwsError MetadataTooLarge(long size) => new AwsError(
        "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size")
        .With("Size", Number(size)).With("MaxSizeAllowed", "2048");

    public static AwsError MethodNotAllowed(string method, string resourceType) =>
        new AwsError("MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
            .With("Method", method).With("ResourceType", resourceType);

    public static AwsError MissingContentLength() => new("MissingContentLength", 411, "You must provide the Content-Length HTTP header.");

    public static AwsError MissingRequestBody() => new("MissingRequestBodyError", 400, "Request Body is empty");

    public static AwsError MissingSecurityHeader(string header) =>
        new AwsError("MissingSecurityHeader", 400, "Your request was missing a required header").With("MissingHeaderName", header);

    public static AwsError NoSuchBucket(string bucket) => new AwsError("NoSuchBucket", 404, "The specified bucket does not exist") { Reason = $"there is no bucket `{bucket}`" }
        .With("BucketName", bucket);

    public static AwsError NoSuchBucketPolicy(string bucket) => NotConfigured("NoSuchBucketPolicy", "The bucket policy does not exist", bucket);

    public static AwsError NoSuchCorsConfiguration(string bucket) =>
        NotConfigured("NoSuchCORSConfiguration", "The CORS configuration does not exist", bucket);

    public static AwsError NoSuchKey(string bucket, string key) => new AwsError("NoSuchKey", 404, "The specified key does not exist.")
    {
        Reason = $"`{bucket}` has no object `{key}`" + (key.StartsWith('/') ? ", with a slash at its beginning" : ""),
        Mend = $"see which it has: `aws s3 ls s3://{bucket}/ --recursive`",
    }.With("Key", key);

    public static AwsError NoSuchLifecycleConfiguration(string bucket) =>
        NotConfigured("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", bucket);

    public static AwsError NoSuchPublicAccessBlock(string bucket) =>
        NotConfigured("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", bucket);

    public static AwsError NoSuchTagSet(string bucket) => NotConfigured("NoSuchTagSet", "The TagSet does not exist", bucket);

    public static AwsError NoSuchUpload(string upload) => new AwsError(
        "NoSuchUpload",
        404,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
    {
        Reason = $"there is no multipart upload `{upload}` for this bucket and key: it was completed or aborted, or belongs to another key",
        Mend = "`aws s3api list-multipart-uploads` has those that are there; begin a new one otherwise",
    }.With("UploadId", upload);

    public static AwsError NoSuchVersion(string key, string version) =>
        new AwsError("NoSuchVersion", 404, "The specified version does not exist.")
        {
            Reason = $"the object `{key}` has no version `{version}`",
            Mend = "`aws s3api list-object-versions` has those that are there",
        }.With("Key", key).With("VersionId", version);

    public static AwsError NoSuchWebsite(string bucket) =>
        NotConfigured("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration", bucket);

    public static AwsError NotConfigured(string code, string message, string bucket) =>
        new AwsError(code, 404, message) { Reason = $"bucket `{bucket}`: {char.ToLowerInvariant(message[0])}{message[1..]}" }.With("BucketName", bucket);

    public static AwsError NotImplemented(string header) =>
        new AwsError("NotImplemented", 501, "A header you provided implies functionality that is not implemented").With("Header", header);

    public static AwsError NotImplementedQuery(string query) => new AwsError(
        "NotImplemented", 501, "A query parameter you provided implies functionality that is not implemented.")
        .With("QueryParameter", query);

    public static AwsError OwnershipControlsNotFound(string bucket) =>
        NotConfigured("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", bucket);

    public static AwsError PolicyTooLarge(int size) => new AwsError("PolicyTooLarge", 400, "The policy exceeds the maximum allowed size.")
    {
        Reason = $"the bucket policy has {(size == BucketPolicy.MaxSize + 1 ? "more than" : $"{size} bytes, above the")} {BucketPolicy.MaxSize} bytes that are allowed",
        Mend = "join statements that differ in one value, leave white space out",
    }
        .With("Size", Number(size)).With("MaxSizeAllowed", "20480");

    /// <param name="cause">What the condition wanted and what is there.</param>
    public static AwsError PreconditionFailed(string condition, string cause) => new AwsError(
        "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold") { Reason = cause }.With("Condition", condition);

    /// <summary>304: the status is the whole answer.</summary>
    public static AwsError NotModified() => new("NotModified", 304, "Not Modified");

    public static AwsError InternalError() => new("InternalError", 500, "We encountered an internal error. Please try again.");

    public static AwsError UnsupportedChecksum() => InvalidRequest(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        + $"[{string.Join(", ", Checksums.ChecksumAlgorithm.All)}]");

    public static AwsError UnexpectedContent() => new("UnexpectedContent", 400, "This request does not support content");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
