using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.S3.Website;

/// <summary>
/// The website endpoint of buckets: <c>BUCKET.s3-website.localhost</c>. Every read is an anonymous <c>s3:GetObject</c> that the bucket
/// policy must allow. S3 User Guide, "Hosting a static website using Amazon S3" and "Website endpoints".
/// </summary>
public sealed class WebsiteSite(S3Service s3, AuditLog audit, TimeProvider clock) : Site
{
    private readonly Operation _getObject = s3.Operations.First(operation => operation.Name == "GetObject");

    private BucketStore Buckets => s3.Buckets;

    public override bool Owns(HttpContext http) => http.Request.Host.Value is { } host && host.Contains(".s3-website", StringComparison.OrdinalIgnoreCase) && s3.Hosts.Website(host) is not null;

    /// <summary>
    /// In order: 1 the bucket and its configuration, 2 a redirect of everything, 3 routing rules by prefix, 4 the object or the index
    /// document, 5 routing rules by error, 6 the error document, 7 the plain error page.
    /// </summary>
    public override async Task Serve(HttpContext http)
    {
        var target = RawTarget.Of(http);
        var name = s3.Hosts.Website(http.Request.Host.Value ?? "")!;
        var key = PercentEncoding.Decode(target.Path.AsSpan(1));
        var request = Request(http, target, name, key ?? "");
        http.Response.Headers["x-amzn-RequestId"] = request.RequestId;
        S3Service.AddCommonHeaders(request);

        // 1
        if (key is null)
        {
            await Page(request, S3Errors.InvalidUri(), null);
            return;
        }

        if (Buckets.Find(name) is not { } bucket)
        {
            await Page(request, S3Errors.NoSuchBucket(name), null);
            return;
        }

        request.Bucket = bucket;
        if (HttpMethods.IsOptions(request.Method))
        {
            await Preflight(request);
            return;
        }

        Cors.AddHeaders(request, bucket);
        if (bucket.Website is not { } website)
        {
            await Page(request, S3Errors.NoSuchWebsite(name), null);
            return;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            await Page(request, S3Errors.MethodNotAllowed(request.Method, "OBJECT"), null);
            return;
        }

        // 2 and 3
        var (scheme, host) = (http.Request.Scheme, http.Request.Host.Value!);
        var redirect = website.RedirectAll is { } all
            ? WebsiteRedirect.All(all, target.Path, scheme)
            : WebsiteRedirect.Before(website, key, scheme, host);
        if (redirect is not null)
        {
            Redirect(http, redirect);
            return;
        }

        // 4
        var found = Find(request, website, key);
        if (found.Redirect is not null)
        {
            Redirect(http, found.Redirect);
            return;
        }

        var error = found.Error;
        if (found.Object is { } stored)
        {
            var response = ObjectRead.Serve(found.Request!, Buckets, stored);
            if (response.Error is null)
            {
                await response.Write(request);
                return;
            }

            error = response.Error;
        }

        if (error!.Status == StatusCodes.Status304NotModified)
        {
            http.Response.StatusCode = error.Status;
            return;
        }

        // 5
        if (WebsiteRedirect.After(website, key, error.Status, scheme, host) is { } rule)
        {
            Redirect(http, rule);
            return;
        }

        // 6 and 7
        await Failed(request, website, error, found.Request?.DeniedWithin);
    }

    /// <summary>The object of a path: itself, or the index document of a folder; a folder without its slash is sent there.</summary>
    private (StoredObject? Object, S3Request? Request, WebsiteRedirect? Redirect, AwsError? Error) Find(
        S3Request request, WebsiteConfiguration website, string key)
    {
        var isFolder = key.Length == 0 || key.EndsWith('/');
        var read = Read(request, isFolder ? key + website.IndexSuffix : key);
        if (read.Object?.Headers.WebsiteRedirect is { } elsewhere)
        {
            return (null, null, new WebsiteRedirect(StatusCodes.Status301MovedPermanently, elsewhere), null);
        }

        return read.Error is { Status: 404 or 403 } && !isFolder && Read(request, $"{key}/{website.IndexSuffix}").Object is not null
            ? (null, null, new WebsiteRedirect(StatusCodes.Status302Found, $"/{PercentEncoding.EncodePath(key)}/"), null)
            : (read.Object, read.Request, null, read.Error);
    }

    /// <summary>An anonymous read of a key, permission first.</summary>
    private (StoredObject? Object, S3Request? Request, AwsError? Error) Read(S3Request request, string key)
    {
        var read = Request(request.Http, request.Target, request.BucketName!, key);
        read.Bucket = request.Bucket;
        if (read.Check(ObjectRead.OnExisting(read, Buckets, "s3:GetObject", "s3:GetObjectVersion")) is { } denial)
        {
            return (null, read, s3.Denied(read, denial));
        }

        return ObjectRead.Find(read, Buckets).Succeeds(out var stored, out var error) ? (stored, read, null) : (null, read, error);
    }

    private async Task Failed(S3Request request, WebsiteConfiguration website, AwsError error, Denial? denial)
    {
        var document = website.ErrorKey is { } key && error.Status is >= 400 and < 500 ? Read(request, key) : default;
        if (document.Object is not { } stored)
        {
            // A denial that a visitor sees bare is one that its owner wants explained.
            if (error.Code == "AccessDenied")
            {
                await audit.Append(Recorded.Of(s3, _getObject.Name, request, error, denial) with { Summary = error.Reason ?? error.Message });
            }

            await Page(request, error, document.Error);
            return;
        }

        if (stored.Headers.WebsiteRedirect is { } elsewhere)
        {
            Redirect(request.Http, new WebsiteRedirect(StatusCodes.Status301MovedPermanently, elsewhere));
            return;
        }

        AddErrorHeaders(request, error);
        await new ObjectResponse(Buckets, stored, null).Write(request.Http, error.Status);
    }

    private async Task Preflight(S3Request request)
    {
        var response = await new Buckets.Preflight(Buckets).Run(request);
        if (response.Error is { } error)
        {
            await Page(request, error, null);
            return;
        }

        await response.Write(request);
    }

    private static async Task Page(S3Request request, AwsError error, AwsError? documentError)
    {
        var response = request.Http.Response;
        var page = WebsitePage.Of(error, request, documentError);
        AddErrorHeaders(request, error);
        response.StatusCode = error.Status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.BodyWriter.WriteAsync(page, request.Aborted);
        }
    }

    private static void AddErrorHeaders(S3Request request, AwsError error)
    {
        request.Http.Response.Headers["x-amz-error-code"] = error.Code;
        request.Http.Response.Headers["x-amz-error-message"] = error.Message;
    }

    private static void Redirect(HttpContext http, WebsiteRedirect redirect)
    {
        http.Response.StatusCode = redirect.Status;
        http.Response.Headers.Location = redirect.Location;
        http.Response.ContentLength = 0;
    }

    /// <summary>As the S3 request that it stands for. Its query says nothing: websites ignore theirs.</summary>
    private S3Request Request(HttpContext http, RawTarget target, string bucket, string key) =>
        new(http, target, clock.GetUtcNow(), s3, new S3Address(bucket, key), S3Query.Parse("")!);
}
