using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.S3;

/// <summary>S3: the REST-XML protocol, 2006-03-01.</summary>
public sealed class S3Service : Service
{
    private readonly S3Operation[] _operations;
    private readonly FrozenDictionary<S3Route, S3Operation> _routes;
    private readonly string[] _subResources;

    // Of operations that do not exist here; without the list a client would get the answer of another operation.
    private static readonly string[] NotImplemented =
    [
        "abac", "legal-hold", "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable", "metadataTable", "renameObject",
        "restore", "retention", "select", "session", "torrent",
    ];

    public S3Service(BucketStore buckets, Access access)
    {
        (Buckets, Access) = (buckets, access);
        _operations = S3.Operations.All(buckets);
        _routes = _operations.ToFrozenDictionary(operation => operation.Route);
        _subResources = [.. _operations.Select(operation => operation.Route.SubResource).OfType<string>().Concat(NotImplemented).Distinct()];
    }

    public override string Name => "s3";

    public override SigningRules Signing { get; } = new S3Signing();

    public override IReadOnlyCollection<Operation> Operations => _operations;

    /// <summary>Which hosts name buckets.</summary>
    public S3Hosts Hosts { get; init; } = new();

    internal BucketStore Buckets { get; }

    internal Access Access { get; }

    public override ValueTask<Opened> Open(HttpContext http, RawTarget target, DateTimeOffset now)
    {
        var (query, address) = (S3Query.Parse(target.Query), Address(http, target));
        var request = new S3Request(http, target, now, this, address ?? default, query ?? S3Query.Parse("")!);
        if (query is null || address is null)
        {
            return new(new Opened(request, null, S3Errors.InvalidUri() with { Reason = "the path or the query is not percent-encoded UTF-8" }));
        }

        return new(
            Encoding.UTF8.GetByteCount(request.Key) is > 1024 and var size ? new Opened(request, null, S3Errors.KeyTooLong(size) with { Reason = $"the key has {size} bytes in UTF-8, of at most 1024" })
            : Match(request) is { } operation ? new Opened(request, operation, null)
            : new Opened(request, null, Unmatched(request)));
    }

    public override async ValueTask WriteError(AwsRequest request, AwsError error)
    {
        var response = request.Http.Response;
        response.StatusCode = error.Status;
        AddCommonHeaders(request);

        // Whoever waits for `100 Continue` sends no body after this, and what it sends next would be taken for one.
        if (request.Header("Expect") is not null)
        {
            response.Headers.Connection = "close";
        }

        if (error.Code == "InternalFailure")
        {
            error = S3Errors.InternalError() with { Reason = error.Reason };
        }

        var s3 = request as S3Request;
        if (HttpMethods.IsHead(request.Method) && s3?.FoundBucket is { } bucket)
        {
            response.Headers["x-amz-bucket-region"] = bucket.Region;
        }

        if (HttpMethods.IsHead(request.Method) || error.Status == StatusCodes.Status304NotModified)
        {
            return;
        }

        var output = new ArrayBufferWriter<byte>(512);
        var xml = new XmlOut(output).Declaration().Open("Error").Element("Code", error.Code).Element("Message", error.Message);
        foreach (var (name, value) in error.Fields)
        {
            xml.Key(name, value, urlEncoded: false);
        }

        xml.Element("RequestId", request.RequestId).Element("HostId", HostId(request)).Close("Error");
        response.ContentType = "application/xml";
        response.ContentLength = output.WrittenCount;
        await response.BodyWriter.WriteAsync(output.WrittenMemory, request.Aborted);
    }

    /// <summary>The long form is for callers of the owner's account; to all others S3 tells nothing.</summary>
    public override AwsError Denied(AwsRequest request, Denial denial)
    {
        var bucket = (request as S3Request)?.FoundBucket;
        var owner = denial.Permission.ResourceAccount ?? request.Caller.Account;
        var message = request.Caller.Account is { } account && account == owner ? denial.Message(quoteResource: true) : "Access Denied";
        var error = S3Errors.AccessDenied(message);
        return bucket is not null && BucketPolicy.IsRestricted(bucket) && request.Caller.Account != bucket.Account
            ? error with
            {
                Reason = $"the policy of `{bucket.Name}` is public, and `RestrictPublicBuckets` of its Block Public Access keeps everyone out who is not of account `{bucket.Account}`",
                Mend = $"run `{bucket.PublicAccessBlock!.CommandThatAllowsPolicies(bucket.Name)}`, or call as account `{bucket.Account}`",
            }
            : bucket is { Policy: null } && request.Caller is Caller.Anonymous
                ? error with
                {
                    Reason = $"the request is not signed, and `{bucket.Name}` has no bucket policy that lets everyone in",
                    Mend = "sign the request; or, if it is to be public, "
                        + (bucket.PublicAccessBlock is { BlockPublicPolicy: true } or { RestrictPublicBuckets: true } ? $"run `{bucket.PublicAccessBlock.CommandThatAllowsPolicies(bucket.Name)}` and " : "")
                        + $"allow `{denial.Permission.Action}` on `{denial.Permission.Resource}` to the principal `*` in its policy (`aws s3api put-bucket-policy`)",
                }
                : error with { Reason = denial.Cause };
    }

    public override IEnumerable<TrailField> RequestParameters(AwsRequest request)
    {
        if (request is not S3Request s3)
        {
            yield break;
        }

        if (s3.BucketName is { } bucket)
        {
            yield return new("bucketName", bucket);
        }

        if (s3.HasKey)
        {
            yield return new("key", s3.Key);
        }

        foreach (var name in (string[])["versionId", "prefix", "uploadId", "partNumber"])
        {
            if (s3.Query[name] is { Length: > 0 } value)
            {
                yield return new(name, value);
            }
        }

        if (s3.Header("x-amz-copy-source") is { } source)
        {
            yield return new("x-amz-copy-source", source);
        }
    }

    public override void AddKeys(AwsRequest request, RequestContext context)
    {
        if (request.Signature is { } signature)
        {
            context
                .With("s3:authType", signature.ByQuery ? "REST-QUERY-STRING" : "REST-HEADER")
                .With("s3:signatureversion", "AWS4-HMAC-SHA256")
                .With("s3:signatureAge", ((long)(request.ReceivedAt - signature.SignedAt).TotalMilliseconds).ToString(CultureInfo.InvariantCulture))
                .With("s3:x-amz-content-sha256", signature.ContentSha256);
        }

        if (request is S3Request { FoundBucket: { } bucket })
        {
            context.With("s3:ResourceAccount", bucket.Account);
        }

        if (request.Http.Features.Get<Microsoft.AspNetCore.Connections.Features.ITlsHandshakeFeature>() is { } tls)
        {
            context.With("s3:TlsVersion", tls.Protocol.ToString() switch
            {
                "Tls12" => "1.2",
                "Tls13" => "1.3",
                _ => "1.1",
            });
        }
    }

    /// <summary>What every answer of S3 has.</summary>
    internal static void AddCommonHeaders(AwsRequest request)
    {
        var headers = request.Http.Response.Headers;
        headers["x-amz-request-id"] = request.RequestId;
        headers["x-amz-id-2"] = HostId(request);
        headers.Server = "AmazonS3";
    }

    internal static string HostId(AwsRequest request) => Convert.ToBase64String(Encoding.ASCII.GetBytes(request.RequestId));

    private S3Address? Address(HttpContext http, RawTarget target)
    {
        var host = http.Request.Host.Value ?? "";
        return Hosts.Bucket(host) is { } bucket
            ? target.Path.Length <= 1 ? new S3Address(bucket, null)
                : PercentEncoding.Decode(target.Path.AsSpan(1)) is { } key ? new S3Address(bucket, key) : null
            : S3Address.Parse(target.Path);
    }

    private S3Operation? Match(S3Request request)
    {
        var scope = request.BucketName is null ? S3Scope.Service : request.HasKey ? S3Scope.Object : S3Scope.Bucket;
        if (HttpMethods.IsOptions(request.Method))
        {
            return _routes.GetValueOrDefault(new S3Route("OPTIONS", S3Scope.Bucket));
        }

        var route = new S3Route(request.Method, scope, SubResource(request));
        return request.Header("x-amz-copy-source") is not null && _routes.TryGetValue(route with { FromCopySource = true }, out var copy)
            ? copy
            : _routes.GetValueOrDefault(route);
    }

    private string? SubResource(S3Request request)
    {
        foreach (var name in _subResources)
        {
            if (request.Query.Has(name))
            {
                return name;
            }
        }

        return null;
    }

    private AwsError Unmatched(S3Request request)
    {
        if (SubResource(request) is { } subResource)
        {
            return S3Errors.NotImplementedQuery(subResource) with
            {
                Reason = $"no operation of S3 here is `{OneLine.Of(request.Method, 16)}` with `?{subResource}` of {Described(request)}",
                Mend = "`docs/operations.md` lists those that are",
            };
        }

        var type = request.BucketName is null ? "SERVICE" : request.HasKey ? "OBJECT" : "BUCKET";
        return HttpMethods.IsPost(request.Method) && type == "BUCKET"
            ? S3Errors.NotImplemented("Content-Type") with { Reason = "uploads by HTML form (POST Object) are not implemented: presign a PUT" }
            : S3Errors.MethodNotAllowed(request.Method, type) with
            {
                Reason = $"no operation of S3 is `{OneLine.Of(request.Method, 16)}` of {Described(request)}",
                Mend = "`docs/operations.md` lists those that are",
            };
    }

    private static string Described(S3Request request) => request.BucketName is null ? "the service, without a bucket" : request.HasKey ? "an object" : "a bucket";
}
