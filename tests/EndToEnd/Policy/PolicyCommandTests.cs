using System.Text.Json.Nodes;
using Keyless.Tests;
using Xunit;

namespace EndToEnd.Policy;

public sealed class PolicyCommandTests : IDisposable
{
    private const string Trust = """
        {"Statement": [{"Action": "sts:AssumeRoleWithWebIdentity", "Effect": "Allow",
          "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": ["repo:acme/site:ref:refs/heads/main"]}},
          "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}}], "Version": "2012-10-17"}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("keyless-policy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_case_of_the_conformance_corpus_is_answered_right()
    {
        var answers = Path.Combine(_folder, "answers.jsonl");
        foreach (var file in new[] { "authorize", "validate", "lint", "analyse" })
        {
            var run = await Product.Run(_folder, "policy", "eval", "--cases", TestData.PathOf($"policy/{file}.jsonl"));
            Assert.Equal("", run.Error);
            await File.AppendAllTextAsync(answers, run.Output, TestContext.Current.CancellationToken);
        }

        var score = await Product.Run(new("python3", [TestData.PathOf("policy/score.py"), TestData.PathOf("policy"), answers]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true });
        Assert.True(score.ExitCode == 0, score.All);
    }

    [Fact]
    public async Task A_request_a_line_gets_an_answer_a_line()
    {
        await Write("requests.jsonl", """
            {"id": "a", "request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "principal": "arn:aws:iam::123456789012:user/ana"}}
            {"id": "b", "request": {"action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "principal": "arn:aws:iam::123456789012:user/ana"}}
            {"id": "c", "request": {"resource": "*"}}
            """);
        await Write("policies.json", """{"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]}""");
        var run = await Product.Run(_folder, "policy", "eval", "requests.jsonl", "--policies", "policies.json");
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(["Allow", "ImplicitDeny"], lines.Take(2).Select(l => (string)l["decision"]!));
        Assert.Equal("`action` is missing", (string)lines[2]["error"]!);
    }

    [Fact]
    public async Task A_role_explains_why_a_job_is_let_in_or_not()
    {
        await Write("trust.json", Trust);
        var allowed = await Product.Run(_folder, "policy", "explain", "trust.json", "--repository", "acme/site", "--one-line");
        Assert.Equal((0, "allowed by statement 1 of the trust policy\n"), (allowed.ExitCode, allowed.Output));
        var refused = await Product.Run(_folder, "policy", "explain", "trust.json", "--repository", "acme/site", "--environment", "prod");
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("not allowed: the job runs in the environment `prod`, which its subject has in place of branch and event; the policy admits the branch `main`", refused.Output, StringComparison.Ordinal);
        Assert.Contains("trust.json:2:", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_roles_of_a_template_are_explained_with_places_in_it()
    {
        var template = Path.Combine(TestData.Repository, "examples", "static-site", "infrastructure.yaml");
        var run = await Product.Run(_folder, "policy", "explain", template, "--repository", "stranger/site", "--json");
        Assert.Equal(1, run.ExitCode);
        var explanation = JsonNode.Parse(run.Output.Split('\n')[0])!["explanation"]!;
        Assert.Equal("ImplicitDeny", (string)explanation["decision"]!);
        Assert.EndsWith("infrastructure.yaml", (string)explanation["nearMisses"]![0]!["file"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Formatting_rewrites_a_file_once_and_check_only_looks()
    {
        await Write("trust.json", Trust);
        Assert.Equal((1, "trust.json is not formatted\n"), Short(await Product.Run(_folder, "policy", "fmt", "--check", "trust.json")));
        Assert.Equal((0, "formatted trust.json\n"), Short(await Product.Run(_folder, "policy", "fmt", "trust.json")));
        Assert.Equal((0, ""), Short(await Product.Run(_folder, "policy", "fmt", "--check", "trust.json")));
        Assert.StartsWith("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",", await File.ReadAllTextAsync(Path.Combine(_folder, "trust.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Statement\": [], }", "a comma stands before the closing `}`")]
    [InlineData("{}", "`broken.json` is no policy: it has no `Statement`")]
    public async Task What_is_no_policy_is_not_formatted(string text, string problem)
    {
        await Write("broken.json", text);
        var run = await Product.Run(_folder, "policy", "fmt", "broken.json");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(_folder, "broken.json"), TestContext.Current.CancellationToken));
    }

    private static (int ExitCode, string Output) Short(Outcome run) => (run.ExitCode, run.Output);

    private Task Write(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder, name), text, TestContext.Current.CancellationToken);
}
