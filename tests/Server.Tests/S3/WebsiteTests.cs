using System.Net;
using Amazon.S3.Model;
using Xunit;

namespace Server.Tests.S3;

public sealed class WebsiteTests(S3Server s3) : IClassFixture<S3Server>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_index_document_answers_for_the_root_and_for_folders()
    {
        var bucket = await NewSite();
        await s3.Put(bucket, "index.html", "<h1>home</h1>", "text/html");
        await s3.Put(bucket, "docs/index.html", "docs");
        var home = await s3.Browse(bucket, "/?utm=1");
        Assert.Equal((HttpStatusCode.OK, "<h1>home</h1>", "text/html"), (home.StatusCode, await Text(home), home.Content.Headers.ContentType?.MediaType));
        Assert.Equal("docs", await Text(await s3.Browse(bucket, "/docs/")));
        var folder = await s3.Browse(bucket, "/docs");
        Assert.Equal((HttpStatusCode.Found, "/docs/"), (folder.StatusCode, folder.Headers.Location?.ToString()));
    }

    [Fact]
    public async Task A_missing_page_is_403_unless_everyone_may_list()
    {
        var bucket = await NewSite();
        var denied = await s3.Browse(bucket, "/none");
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        Assert.Contains("<li>Code: AccessDenied</li>", await Text(denied), StringComparison.Ordinal);
        await s3.MakePublic(bucket, "\"s3:GetObject\", \"s3:ListBucket\"");
        var missing = await s3.Browse(bucket, "/none&more");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("NoSuchKey", Assert.Single(missing.Headers.GetValues("x-amz-error-code")));
        var text = await Text(missing);
        Assert.Contains("<h1>404 Not Found</h1>", text, StringComparison.Ordinal);
        Assert.Contains("<li>Key: none&amp;more</li>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_document_keeps_the_status()
    {
        var bucket = await NewSite(error: "404.html");
        await s3.MakePublic(bucket, "\"s3:GetObject\", \"s3:ListBucket\"");
        var without = await Text(await s3.Browse(bucket, "/none"));
        Assert.Contains("An Error Occurred While Attempting to Retrieve a Custom Error Document", without, StringComparison.Ordinal);
        await s3.Put(bucket, "404.html", "lost", "text/plain");
        var with = await s3.Browse(bucket, "/none");
        Assert.Equal((HttpStatusCode.NotFound, "lost", "text/plain"), (with.StatusCode, await Text(with), with.Content.Headers.ContentType?.MediaType));
        var posted = await s3.Browse(bucket, "/none", HttpMethod.Post);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        Assert.Contains("<li>Code: MethodNotAllowed</li>", await Text(posted), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_bucket_and_no_website()
    {
        Assert.Contains("<li>Code: NoSuchBucket</li>", await Text(await s3.Browse("no-such-bucket-here", "/")), StringComparison.Ordinal);
        var bucket = await s3.NewBucket();
        var answer = await s3.Browse(bucket, "/");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("<li>Code: NoSuchWebsiteConfiguration</li>", await Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_page_is_denied()
    {
        var bucket = await s3.NewBucket();
        await Configure(bucket, new WebsiteConfiguration { IndexDocumentSuffix = "index.html" });
        await s3.Put(bucket, "index.html", "secret");
        var answer = await s3.Browse(bucket, "/");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.DoesNotContain("secret", await Text(answer), StringComparison.Ordinal);

        // The owner is told more than the visitor.
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(s3.DataFolder)!;
        var record = reader.Find(Assert.Single(answer.Headers.GetValues("x-amzn-RequestId")));
        Assert.Contains("has no bucket policy that lets everyone in", record?.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_of_everything_of_objects_and_by_rules()
    {
        var all = await s3.NewBucket();
        await Configure(all, new WebsiteConfiguration { RedirectAllRequestsTo = new RoutingRuleRedirect { HostName = "example.org", Protocol = "https" } });
        Assert.Equal("https://example.org/a/b", (await s3.Browse(all, "/a/b")).Headers.Location?.ToString());

        var bucket = await NewSite(rules:
        [
            new RoutingRule { Condition = new() { KeyPrefixEquals = "old/" }, Redirect = new() { ReplaceKeyPrefixWith = "new/" } },
            new RoutingRule { Condition = new() { HttpErrorCodeReturnedEquals = "403" }, Redirect = new() { ReplaceKeyWith = "index.html", HttpRedirectCode = "302" } },
        ]);
        var old = await s3.Browse(bucket, "/old/x");
        Assert.Equal(
            (HttpStatusCode.MovedPermanently, $"http://{bucket}.s3-website.localhost:{s3.Address.Port}/new/x"),
            (old.StatusCode, old.Headers.Location?.ToString()));
        Assert.Equal(HttpStatusCode.Found, (await s3.Browse(bucket, "/nowhere")).StatusCode);
        await s3.Client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "moved", ContentBody = "", WebsiteRedirectLocation = "https://example.org/there" }, Cancelled);
        var moved = await s3.Browse(bucket, "/moved");
        Assert.Equal((HttpStatusCode.MovedPermanently, "https://example.org/there"), (moved.StatusCode, moved.Headers.Location?.ToString()));
    }

    [Fact]
    public async Task Conditions_ranges_and_HEAD_work_on_pages()
    {
        var bucket = await NewSite();
        await s3.Put(bucket, "index.html", "0123456789");
        var first = await s3.Browse(bucket, "/");
        var again = await s3.Browse(bucket, "/", with: request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        var part = await s3.Browse(bucket, "/", with: request => request.Headers.Range = new(2, 3));
        Assert.Equal((HttpStatusCode.PartialContent, "23"), (part.StatusCode, await Text(part)));
        var head = await s3.Browse(bucket, "/", HttpMethod.Head);
        Assert.Equal((HttpStatusCode.OK, 10L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    private async Task<string> NewSite(string? error = null, List<RoutingRule>? rules = null)
    {
        var bucket = await s3.NewBucket();
        await s3.MakePublic(bucket);
        await Configure(bucket, new WebsiteConfiguration { IndexDocumentSuffix = "index.html", ErrorDocument = error, RoutingRules = rules });
        return bucket;
    }

    private Task Configure(string bucket, WebsiteConfiguration website) =>
        s3.Client.PutBucketWebsiteAsync(new PutBucketWebsiteRequest { BucketName = bucket, WebsiteConfiguration = website }, Cancelled);

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(Cancelled);
}
