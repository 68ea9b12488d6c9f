using System.Diagnostics;
using Xunit;

namespace EndToEnd.Exchange;

/// <summary>The workflow of GitHub's guide, from the file to the page in a browser, with the unmodified AWS CLI.</summary>
public sealed class TheGuideTests
{
    [Fact]
    public async Task The_workflow_of_the_guide_publishes_its_page_twice_in_a_row()
    {
        var folder = Product.CopyExample("static-site");
        for (var time = 0; time < 2; time++)
        {
            var run = await Product.Run(folder, "run");
            Assert.True(run.ExitCode == 0, run.All);
            Assert.Contains("allowed by statement `OneBranchOfOneRepository` of the trust policy", run.Output, StringComparison.Ordinal);
            Assert.Contains("subject: repo:octo-org/octo-repo:ref:refs/heads/main", run.Output, StringComparison.Ordinal);
            Assert.Contains("http://octo-static-site.s3-website.localhost:4599", run.Output, StringComparison.Ordinal);
        }

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "index.html"), TestContext.Current.CancellationToken), await Page(folder, "octo-static-site"));
    }

    [Fact]
    public async Task The_trust_policy_of_the_guide_works_and_its_weakness_is_told()
    {
        var folder = Product.CopyExample("guide-trust-policy");
        var run = await Product.Run(folder, "run");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("subject: repo:octo-org/octo-repo:environment:prod", run.Output, StringComparison.Ordinal);
        Assert.Contains("ForAllValues", run.All, StringComparison.Ordinal);
        Assert.Contains("infrastructure.json:26:", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_users_repository_is_left_as_it_was_and_its_changes_are_mentioned()
    {
        var folder = Product.CopyExample("static-site");
        foreach (var command in new[] { "init -q -b main", "add .", "-c user.name=t -c user.email=t@example.com commit -q -m first" })
        {
            using var git = Process.Start(new ProcessStartInfo("git", command) { WorkingDirectory = folder })!;
            await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "not committed yet", TestContext.Current.CancellationToken);
        var before = await Status(folder);
        var run = await Product.Run(folder, "run");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("uncommitted", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, await Status(folder));
        Assert.Equal("not committed yet", await Page(folder, "octo-static-site"));
    }

    private static async Task<string> Status(string folder)
    {
        var info = new ProcessStartInfo("git", "status --porcelain --branch") { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        return (await Product.Run(info)).Output;
    }

    /// <summary>What the website of a bucket answers, served by <c>keyless serve</c> on the folder's state.</summary>
    private static async Task<string> Page(string folder, string bucket)
    {
        using var server = Process.Start(Product.Start(folder, "serve", "--listen", "http://127.0.0.1:0"))!;
        try
        {
            string? line;
            while ((line = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)) is not null && !line.StartsWith("ready ", StringComparison.Ordinal))
            {
            }

            Assert.NotNull(line);
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, line["ready ".Length..]);
            request.Headers.Host = $"{bucket}.s3-website.localhost";
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }
}
