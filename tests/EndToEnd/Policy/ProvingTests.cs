using System.Text;
using System.Text.Json;
using Keyless.Tests;
using Xunit;

namespace EndToEnd.Policy;

public sealed class ProvingTests
{
    private static string Folder => TestData.PathOf("policy/prove");

    [Fact]
    public async Task Every_example_of_the_proving_page_prints_what_it_shows()
    {
        var page = Path.Combine(TestData.Repository, "docs", "proving.md");
        var shown = new StringBuilder();
        var inExample = false;
        foreach (var line in (await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            if (inExample && line == "```")
            {
                inExample = false;
            }
            else if (inExample && !line.StartsWith("$ keyless ", StringComparison.Ordinal))
            {
                continue;
            }

            shown.Append(line).Append('\n');
            inExample |= line == "```console";
            if (inExample && line.StartsWith("$ keyless ", StringComparison.Ordinal))
            {
                var outcome = await Product.Run(Folder, line["$ keyless ".Length..].Split(' '));
                Assert.True(outcome.ExitCode < 2, outcome.All);
                shown.Append(outcome.Output);
            }
        }

        Golden.CheckFile(page, shown.ToString());
    }

    [Theory]
    [InlineData(0, "prove", "owner.json", "--domain", "octo.yaml", "--outside", "owner=octo-org")]
    [InlineData(1, "prove", "prefix.json", "--outside", "owner=octo-org")]
    [InlineData(0, "prove", "prefix.json")]
    [InlineData(1, "prove", "owner-key.json")]
    [InlineData(0, "prove", "main.json", "--subset-of", "classic.json")]
    [InlineData(1, "prove", "classic.json", "--equal", "main.json")]
    [InlineData(2, "prove", "main.json", "--outside", "ownr=octo-org")]
    [InlineData(2, "prove", "main.json", "--exists", "--equal", "classic.json")]
    [InlineData(2, "prove", "nowhere.json")]
    [InlineData(0, "compare", "classic.json", "main.json")]
    [InlineData(1, "compare", "main.json", "classic.json")]
    [InlineData(1, "compare", "main.json", "immutable-main.json")]
    [InlineData(0, "compare", "after.yaml", "before.yaml")]
    [InlineData(2, "compare", "main.json")]
    [InlineData(0, "who-can", "release.json")]
    public async Task The_exit_code_says_whether_the_statement_holds(int expected, params string[] arguments)
    {
        var outcome = await Product.Run(Folder, ["policy", .. arguments]);
        Assert.True(outcome.ExitCode == expected, outcome.All);
        Assert.DoesNotContain("   at ", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_claim_names_its_neighbour()
    {
        var outcome = await Product.Run(Folder, "policy", "prove", "main.json", "--outside", "repositori=octo-org/octo-repo");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("did you mean `repository`?", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_annotated_where_it_lets_someone_new_in()
    {
        var outcome = await Product.Run(Folder, "policy", "compare", "before.yaml", "after.yaml", "--format", "github");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("::error file=after.yaml,line=14,title=trust policy wider::Deploy lets in more than before: repo:octo-org/octo-repo:ref:refs/heads/", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("::notice file=after.yaml", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_a_json_answer_is_whole()
    {
        var outcome = await Product.Run(Folder, "policy", "prove", "prefix.json", "--outside", "owner=octo-org", "--json");
        Assert.Equal(1, outcome.ExitCode);
        using var json = JsonDocument.Parse(outcome.Output);
        var token = json.RootElement.GetProperty("counterexample").GetProperty("token");
        Assert.StartsWith("repo:octo-org", token.GetProperty("sub").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("octo-org", token.GetProperty("repository_owner").GetString());
        Assert.Equal("sts.amazonaws.com", token.GetProperty("aud").GetString());
    }

    [Theory]
    [InlineData("prefix.json", "--outside", "owner=octo-org")]
    [InlineData("no-pull-requests.json", "--where", "event=pull_request")]
    [InlineData("no-pull-requests.json", "--where", "tag=v1", "!environment")]
    [InlineData("classic.json", "--domain", "octo.yaml", "--covers", "repository=octo-org/octo-repo")]
    [InlineData("classic.json", "--where", "environment=a:b", "event=pull_request")]
    [InlineData("main.json", "--domain", "octo.yaml", "--names", "recyclable", "--outside", "owner_id=11")]
    [InlineData("prefix.json", "--templates", "any", "--where", "sub!~repo:*:*")]
    public async Task The_printed_command_makes_the_token_it_stands_for(string policy, params string[] question)
    {
        var answer = await Product.Run(Folder, ["policy", "prove", policy, .. question, "--json"]);
        using var json = JsonDocument.Parse(answer.Output);
        var found = json.RootElement.GetProperty("counterexample");
        var mint = found.GetProperty("mint").GetString()!;
        var data = Directory.CreateTempSubdirectory("keyless-mint-");
        try
        {
            var minted = await Product.Run(data.FullName, [.. mint["keyless ".Length..].Split(' ').Select(word => word.Trim('\'')), "--data", data.FullName, "--json"]);
            Assert.True(minted.ExitCode == 0, $"{mint}\n{minted.All}");
            using var token = JsonDocument.Parse(minted.Output);
            foreach (var claim in new[] { "sub", "repository", "ref", "event_name", "aud" })
            {
                Assert.Equal(found.GetProperty("token").GetProperty(claim).GetString(), token.RootElement.GetProperty("claims").GetProperty(claim).GetString());
            }
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_file_is_compared_with_itself_at_a_git_revision()
    {
        var folder = Directory.CreateTempSubdirectory("keyless-compare-");
        try
        {
            var file = Path.Combine(folder.FullName, "trust.json");
            File.Copy(Path.Combine(Folder, "main.json"), file);
            await Git("init", "-q");
            await Git("add", "trust.json");
            await Git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "first");
            File.Copy(Path.Combine(Folder, "classic.json"), file, overwrite: true);

            var wider = await Product.Run(folder.FullName, "policy", "compare", "--against", "HEAD", "trust.json");
            Assert.Equal(1, wider.ExitCode);
            Assert.StartsWith("wider: trust.json lets in more than before", wider.Output, StringComparison.Ordinal);

            var missing = await Product.Run(folder.FullName, "policy", "compare", "--against", "nowhere", "trust.json");
            Assert.Equal(2, missing.ExitCode);
            Assert.Contains("Git has no `trust.json` at `nowhere`", missing.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task Git(params string[] arguments)
        {
            var start = new System.Diagnostics.ProcessStartInfo("git", arguments) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
            var outcome = await Product.Run(start);
            Assert.True(outcome.ExitCode == 0, outcome.All);
        }
    }
}
