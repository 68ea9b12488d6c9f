using Xunit;

namespace EndToEnd.Exchange;

/// <summary>
/// The mistakes that cost people an afternoon. Each ends with exit code 1 (2 where nothing could start) and a message that names the
/// cause, its place, what was wanted, what came, and the change that mends it.
/// </summary>
public sealed class RefusalTests
{
    private const string Workflow = ".github/workflows/deploy.yml";
    private const string Template = "infrastructure.yaml";

    /// <summary>A mistake: the file to edit, the text to replace and with what, the options, and what the message must say.</summary>
    public static TheoryData<string, string, string, string, string[], string[]> Mistakes => new()
    {
        { "wrong branch", Workflow, "", "", ["--ref", "refs/heads/other"], ["the job runs for the branch `other`; the policy admits the branch `main`", "infrastructure.yaml:40:", "wanted: StringEquals", "got:    repo:octo-org/octo-repo:ref:refs/heads/other", "help:"] },
        { "environment", Workflow, "  S3PackageUpload:", "  S3PackageUpload:\n    environment: production", [], ["the job runs in the environment `production`", "infrastructure.yaml:40:", "take `environment:` off the job"] },
        { "pull request", Workflow, "on:\n  push", "on: [push, pull_request]", ["--event", "pull_request"], ["the job runs for a pull request", "infrastructure.yaml:40:", "help:"] },
        { "immutable subject", Workflow, "", "", ["--immutable-subject", "--repository-id", "456789", "--owner-id", "123456"], ["carries ids", "infrastructure.yaml:40:", "write `repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main`"] },
        { "id-token missing", Workflow, "  id-token: write   # This is required for requesting the JWT\n", "", [], ["id-token: write", "deploy.yml:"] },
        { "role missing", Workflow, "role/static-site-deploy", "role/static-site-deplyo", [], ["role `static-site-deplyo` does not exist in account `123456789012`", "did you mean `static-site-deploy`"] },
        { "audience", Template, "ClientIdList: [sts.amazonaws.com]", "ClientIdList: [other]", [], ["audience `sts.amazonaws.com` is not registered", "help:"] },
        { "wrong account", Workflow, "iam::123456789012", "iam::210987654321", [], ["account `210987654321`", "account `123456789012` has it"] },
        { "duration", Workflow, "          aws-region:", "          role-duration-seconds: 7200\n          aws-region:", [], ["7200 seconds are more than role `static-site-deploy` allows, 3600", "help:"] },
        { "put not allowed", Template, "Action: s3:PutObject", "Action: s3:GetObject", [], ["s3:PutObject", "infrastructure.yaml:"] },
        { "put denied", Template, "              - Sid: PutPages", "              - Sid: NoPages\n                Effect: Deny\n                Action: s3:Put*\n                Resource: \"*\"\n              - Sid: PutPages", [], ["`NoPages`", "infrastructure.yaml:"] },
        { "bucket of another name", Workflow, "octo-static-site", "octo-static-sites", [], ["octo-static-sites", "did you mean `octo-static-site`"] },
        { "typo in uses", Workflow, "actions/checkout@v2", "actions/chekout@v2", [], ["deploy.yml:18:15", "did you mean `actions/checkout@v2`?"] },
        { "invalid YAML", Workflow, "jobs:", "jobs", [], ["deploy.yml:", "yaml-syntax"] },
        { "template error", Template, "!Ref BucketName", "!Ref BucketNam", [], ["infrastructure.yaml:54:19", "did you mean `BucketName`?"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_explained(string mistake, string file, string replace, string with, string[] options, string[] message)
    {
        var folder = Product.CopyExample("static-site");
        var path = Path.Combine(folder, file);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(replace, text, StringComparison.Ordinal);
        if (replace.Length > 0)
        {
            await File.WriteAllTextAsync(path, text.Replace(replace, with, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        }

        var run = await Product.Run(folder, ["run", .. options]);
        Assert.True(run.ExitCode == 1, $"{mistake}: exit code {run.ExitCode}\n{run.All}");
        foreach (var part in message)
        {
            Assert.True(run.All.Contains(part, StringComparison.Ordinal), $"{mistake}: `{part}` is missing in\n{run.All}");
        }
    }
}
