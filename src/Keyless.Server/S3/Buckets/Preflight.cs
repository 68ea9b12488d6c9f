using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>A browser's question before a cross-origin request. Fetch Standard, "CORS-preflight request"; API Reference, <c>OPTIONSobject</c>.</summary>
internal sealed class Preflight(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PreflightRequest";

    public override S3Route Route => new("OPTIONS", S3Scope.Bucket);

    public override SignatureRule Signature => SignatureRule.Ignored;

    protected override bool IsAboutBucket => false;

    protected override Needs Permissions(S3Request request) => new Needs.Nothing("browsers ask without credentials; the CORS rules decide");

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        if (request.Header("Origin") is not { } origin)
        {
            return Answer(S3Errors.BadRequest("Insufficient information. Origin request header needed."));
        }

        var method = request.Header("Access-Control-Request-Method");
        if (method is null)
        {
            return Answer(S3Errors.BadRequest("Invalid Access-Control-Request-Method: null"));
        }

        var type = request.HasKey ? "OBJECT" : "BUCKET";
        if (request.BucketName is null || Buckets.Find(request.BucketName) is not { } bucket)
        {
            return Answer(S3Errors.AccessForbidden("CORSResponse: Bucket not found", method, type) with
            {
                Reason = $"there is no bucket `{request.BucketName}` whose CORS rules could allow it",

                // A stranger trying names: not worth a durable row.
                IsAboutAccess = false,
            });
        }

        if (bucket.Cors is not { } cors)
        {
            return Answer(S3Errors.AccessForbidden("CORSResponse: CORS is not enabled for this bucket.", method, type) with
            {
                Reason = $"`{bucket.Name}` has no CORS rules, and a page of `{origin}` asks to `{method}`",
                Mend = $"add a rule: `aws s3api put-bucket-cors --bucket {bucket.Name}`, with `AllowedOrigins` `{origin}` and `AllowedMethods` `{method}`",
            });
        }

        var headers = request.Header("Access-Control-Request-Headers")?
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(header => header.ToLowerInvariant())
            .ToImmutableArray() ?? [];
        if (cors.Match(origin, method, headers) is not { } rule)
        {
            return Answer(S3Errors.AccessForbidden(
                "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
                + "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
                method,
                type) with
            {
                Reason = $"no CORS rule of `{bucket.Name}` allows `{method}` from `{origin}`{(headers.IsEmpty ? "" : $" with {string.Join(", ", headers.Take(4).Select(header => $"`{header}`"))}")}",
                Mend = $"add it to a rule's `AllowedOrigins`, `AllowedMethods` and `AllowedHeaders`: `aws s3api put-bucket-cors --bucket {bucket.Name}`",
            });
        }

        Cors.Write(request.Http.Response.Headers, rule, origin, headers);
        return Answer(S3Response.Ok());
    }
}
