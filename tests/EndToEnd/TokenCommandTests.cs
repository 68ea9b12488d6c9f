using System.Diagnostics;
using System.Text.Json;
using Keyless.Tests;
using Xunit;

namespace EndToEnd;

/// <summary>What <c>token</c>, <c>credentials</c>, <c>explain</c>, <c>audit</c> and <c>env</c> say and end with, mistakes first.</summary>
public sealed class TokenCommandTests
{
    private const string Role = "arn:aws:iam::123456789012:role/static-site-deploy";

    /// <summary>The command line, the exit code, and what the message must say.</summary>
    public static TheoryData<string, int, string> Mistakes => new()
    {
        { "token", 2, "say which command: mint, inspect, verify, rotate" },
        { "token mint", 2, "say whose token it is: `--repository OWNER/NAME`" },
        { "token mint --repository site", 2, "`--repository site` is no OWNER/NAME" },
        { "token mint --repository o/r --event psuh", 2, "did you mean `push`?" },
        { "token mint --repository o/r --event workflow_call", 2, "name the caller's event" },
        { "token mint --repository o/r -e missing.json", 2, "there is no file `missing.json`" },
        { "token mint --repository o/r -e broken.json", 2, "broken.json:1:1: error[json-syntax]" },
        { "token mint --repository o/r --lifetime 0", 2, "not between 1 and 86400 seconds" },
        { "token mint --repository o/r --lifetime abc", 2, "`--lifetime abc` is no whole number" },
        { "token mint --repository o/r --visibility prvate", 2, "did you mean `private`?" },
        { "token mint --repository o/r --subject-template repo actr", 2, "did you mean `actor`?" },
        { "token mint --repository o/r --subject-template repo environment", 1, "must name an environment" },
        { "token mint --repository o/r --issuer here", 2, "`--issuer here` is no issuer" },
        { "token mint --repo o/r", 2, "did you mean `--repository`?" },
        { "token mint --repository o/r --data settings", 2, "oidc.json:1:25: error[oidc-settings]: `{repo}` is no claim of a token" },
        { "token inspect", 2, "TOKEN is missing" },
        { "token inspect missing", 2, "there is no file `missing`" },
        { "token inspect broken.json", 2, "one part where a JWT has three" },
        { "token inspect answer.json", 2, "the token is only its `value`" },
        { "token inspect empty", 2, "`empty` holds no token: it is empty" },
        { "token inspect eyJhbGciOiJub25lIn0.e30", 2, "the token was cut off" },
        { "token verify eyJhbGciOiJub25lIn0.e30.", 1, "algorithm `none` is not accepted" },
        { "token verify empty --trust-ca missing", 2, "`empty` holds no token" },
        { "token rotate --data nothing", 2, "there is no data folder `nothing`" },
        { "token rotate --data settings", 2, "has no signing keys yet" },
        { "credentials", 2, "say which role: `--role-arn`, or AWS_ROLE_ARN" },
        { "credentials --role-arn " + Role, 2, "say which token: `--token`" },
        { "credentials --role-arn " + Role + " --token empty", 2, "it is empty" },
        { "credentials --role-arn " + Role + " --token broken.json --endpoint-url here", 2, "`here` is no http or https URL" },
        { "explain", 2, "say which decision" },
        { "explain last", 2, "`last` is no decision's id" },
        { "explain abc --last", 2, "one question at a time" },
        { "explain --last --data nothing", 2, "there is no data folder `nothing`: name one with `--data`, or a running server with `--endpoint-url`" },
        { "explain --last --data settings", 2, "nothing was decided in `settings` yet" },
        { "explain --last --endpoint-url http://127.0.0.1:1", 2, "wants to know who asks" },
        { "explain --role-arn deploy", 2, "`--role-arn deploy` is no role's ARN" },
        { "explain --role-arn " + Role, 2, "say which token is meant" },
        { "explain --role-file missing --repository o/r", 2, "there is no file `missing`" },
        { "audit --since noon", 2, "`--since noon` is no time" },
        { "audit --since 1h --until 2h", 2, "`--since` is not before `--until`" },
        { "audit --refused --allowed", 2, "exclude each other" },
        { "audit --limit 0", 2, "not between 1 and" },
        { "audit --data a --endpoint-url b", 2, "name one" },
        { "env --data nothing", 2, "`nothing` holds no Keyless state" },
        { "env --region Mars/1", 2, "`--region Mars/1` is no region" },
    };

    [Fact]
    public async Task A_mistake_is_told_with_its_cause_and_the_right_exit_code()
    {
        var folder = TestFolder.New("keyless-token-");
        Directory.CreateDirectory(Path.Combine(folder, "settings"));
        await File.WriteAllTextAsync(Path.Combine(folder, "settings", "oidc.json"), """{"mapping":{"tags":{"R":"{repo}"}}}""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.json"), "{\"a\":", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "answer.json"), "{\"value\":1}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "empty"), "", TestContext.Current.CancellationToken);
        var wrong = new List<string>();
        await Parallel.ForEachAsync(Mistakes.Select(row => row.Data), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (row, _) =>
        {
            var (line, exitCode, message) = row;
            var run = await Product.Run(Clean(Product.Start(folder, line.Split(' '))));
            if (run.ExitCode != exitCode || !run.All.Contains(message, StringComparison.Ordinal))
            {
                lock (wrong)
                {
                    wrong.Add($"keyless {line}: exit code {run.ExitCode} for {exitCode}, wanted `{message}` in\n{run.All}");
                }
            }
        });
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Fact]
    public async Task A_token_lives_through_a_rotation_and_no_longer_than_it_says()
    {
        var folder = TestFolder.New("keyless-token-");
        var minted = await Product.Run(folder, "token", "mint", "--repository", "octo-org/site", "--environment", "Prod:eu", "--json");
        using var token = JsonDocument.Parse(minted.Output);
        Assert.Equal("repo:octo-org/site:environment:Prod%3Aeu", token.RootElement.GetProperty("subject").GetString());
        var text = token.RootElement.GetProperty("value").GetString()!;
        Assert.Contains("AWS: token.actions.githubusercontent.com:environment", (await Product.Run(folder, "token", "inspect", "Bearer " + text)).Output, StringComparison.Ordinal);

        var rotated = await Product.Run(folder, "token", "rotate", "--json");
        using var keys = JsonDocument.Parse(rotated.Output);
        Assert.Equal(["signs", "next", "retired"], keys.RootElement.EnumerateArray().Select(key => key.GetProperty("state").GetString()));
        Assert.Contains("signs now and was published only", rotated.Error, StringComparison.Ordinal);
        var verified = await Product.Run(folder, "token", "verify", text);
        Assert.True(verified.ExitCode == 0, verified.All);

        var changed = await Product.Run(folder, "token", "verify", text[..^6] + "AAAAAA");
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("the token was changed", changed.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decisions_are_explained_beside_the_server_and_from_afar()
    {
        var folder = TestFolder.New("keyless-token-");
        File.Copy(Path.Combine(TestData.Repository, "testdata/cloudformation/ok/static-site.yaml"), Path.Combine(folder, "site.yaml"));
        using var server = Process.Start(Clean(Product.Start(folder, "serve", "--listen", "http://127.0.0.1:0", "--stack", "site.yaml")))!;
        try
        {
            string? ready;
            do
            {
                ready = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            }
            while (ready?.StartsWith("ready ", StringComparison.Ordinal) == false);
            var token = (await Product.Run(folder, "token", "mint", "--repository", "octo-org/octo-repo", "--audience", "sts.amazonaws.com")).Output.Trim();
            var refused = await Product.Run(Clean(Product.Start(folder, "credentials", "--role-arn", Role, "--token", token)));
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("= cause: account `123456789012` has no OIDC provider for issuer", refused.Error, StringComparison.Ordinal);

            var beside = await Product.Run(folder, "explain", "--refused");
            Assert.StartsWith("refused: account `123456789012` has no OIDC provider", beside.Output, StringComparison.Ordinal);

            // Elsewhere only the variables are known.
            var away = TestFolder.New("keyless-away-");
            using var variables = JsonDocument.Parse((await Product.Run(folder, "env", "--json")).Output);
            Task<Outcome> Away(params string[] arguments)
            {
                var start = Clean(Product.Start(away, arguments));
                foreach (var variable in variables.RootElement.EnumerateObject())
                {
                    start.Environment[variable.Name] = variable.Value.GetString();
                }

                return Product.Run(start);
            }

            Assert.Equal(beside.Output, (await Away("explain", "--refused")).Output);
            var listed = await Away("audit", "--event-name", "AssumeRoleWithWebIdentity", "--json");
            using var record = JsonDocument.Parse(listed.Output);
            Assert.False(record.RootElement.GetProperty("decision").GetProperty("allowed").GetBoolean());
            Assert.DoesNotContain(token.Split('.')[2], listed.Output, StringComparison.Ordinal);
            var asked = await Away("explain", "--role-arn", Role, "--repository", "octo-org/octo-repo", "--ref", "other");
            Assert.Equal(1, asked.ExitCode);
            Assert.StartsWith("not allowed: the job runs for the branch `other`", asked.Output, StringComparison.Ordinal);
            Assert.Contains("has no decision `00000000`", (await Away("explain", "00000000")).Error, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Without what the shell of these tests may know of AWS.</summary>
    private static ProcessStartInfo Clean(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal) || name.StartsWith("ACTIONS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }
}
