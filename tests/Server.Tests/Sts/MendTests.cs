using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>What a refusal says to change is changed, and the exchange is repeated: it is allowed.</summary>
public sealed partial class MendTests
{
    private const string Key = "token.actions.githubusercontent.com:sub";

    /// <summary>A subject in the policy, its operator, and the claims of the token's template; none for GitHub's default.</summary>
    public static TheoryData<string, string, string> Subjects => new()
    {
        { "StringEquals", "repo:Octo-Org/site:ref:refs/heads/main", "" },
        { "StringEquals", "repo:octo-org/site:ref:refs/heads/main ", "" },
        { "StringEquals", "repo: octo-org/site:ref:refs/heads/main", "" },
        { "StringEquals", "repo:octo-org/site:ref:refs/heads/ma\u200bin", "" },
        { "StringEquals", "\"repo:octo-org/site:ref:refs/heads/main\"", "" },
        { "StringEquals", "repo:octo-org/site:ref:refs/heads/dev,repo:octo-org/site:ref:refs/heads/main", "" },
        { "StringEquals", "repo:octo-org/site:ref:refs/heads/(main|dev)", "" },
        { "StringLike", "repo:octo-org/site:ref:refs/heads/{main,dev}", "" },
        { "StringEquals", "^repo:octo-org/site:.*$", "" },
        { "StringEquals", "repo:octo-org/site:ref:main", "" },
        { "StringEquals", "repo:octo-org/site:ref:heads/main", "" },
        { "StringEquals", "repo:octo-org/site:ref:refs/head/main", "" },
        { "StringEquals", "repo:octo-org/site:refs/heads/main", "" },
        { "StringEquals", "repo:octo-org/site:branch:main", "" },
        { "StringEquals", "repo:octo-org/site:context:main", "" },
        { "StringEquals", "repo:octo-org/site", "" },
        { "StringLike", "repo:octo-org/site/:*", "" },
        { "StringEquals", "repo:site:ref:refs/heads/main", "" },
        { "StringEquals", "octo-org/site:ref:refs/heads/main", "" },
        { "StringEquals", "repository:octo-org/site:ref:refs/heads/main", "" },
        { "StringEquals", "repo:https://github.com/octo-org/site:ref:refs/heads/main", "" },
        { "StringEquals", "repo:git@github.com:octo-org/site.git:ref:refs/heads/main", "" },
        { "StringEquals", "repo:octo-org/old-name:ref:refs/heads/main", "" },
        { "StringEquals", "repo:octo-org@123456/site@456789:ref:refs/heads/dev", "" },
        { "StringLike", "repo:octo-org@123456/site@456789:*", "" },
        { "StringEquals", "repository_owner:octo-org:actor:octocat", "" },
        { "StringEquals", "repo:octo-org/site:ref:refs/heads/main", "repository_owner,actor" },
        { "StringLike", "repo:octo-org/site:*", "repository_owner,actor" },
        { "StringEquals", "repo:octo-org/site:ref:refs/heads/main", "repo,context,actor" },
        { "StringEquals", "repo:octo-org/site:ref:refs/heads/main", "repo,actor" },
        { "StringEquals", "actor:octocat:repository_owner:octo-org", "repository_owner,actor" },
        { "StringEquals", "repository_owner:octo-org:repository_visibility:private", "repository_owner,actor" },
        { "StringLike", "repository_owner:acme:*", "repository_owner,actor" },
        { "StringEquals", "repository_owner:octo-org:actor:hubot", "repository_owner,actor" },
    };

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task The_value_that_the_help_says_to_write_lets_the_token_in(string op, string wanted, string template)
    {
        await using var sandbox = new Sandbox(Trust(op, JsonSerializer.Serialize(wanted)));
        var job = template.Length == 0 ? sandbox.Job : sandbox.Job with { SubjectTemplate = [.. template.Split(',')] };
        var refused = await sandbox.Exchange(sandbox.Token(job));
        Assert.Equal(403, refused.Status);

        var (value, like) = Written().Match(refused.Help!) is { Success: true } match ? (match.Groups["value"].Value, match.Groups["like"].Success) : (refused.Help!, false);
        sandbox.Put(sandbox.RoleWith(Trust(like ? "StringLike" : op, value.StartsWith('[') ? value : JsonSerializer.Serialize(value))));
        Assert.Equal(200, (await sandbox.Exchange(sandbox.Token(job))).Status);
    }

    [Theory]
    [InlineData("repository_owner:octo-org:repository_visibility:private:actor:octocat", "")]
    [InlineData("repo:octo-org/site:ref:refs/heads/main:actor:octocat", "")]
    [InlineData("repo:octo-org/site:actor:octocat", "")]
    [InlineData("repository_owner:octo-org:*", "")]
    [InlineData("actor:octocat:repository_owner:octo-org", "repository_owner,actor")]
    [InlineData("repository_owner:octo-org:repository_visibility:private", "repository_owner,actor")]
    [InlineData("repo:octo-org/site:ref:refs/heads/main", "repo,context,actor")]
    [InlineData("repo:octo-org/site:*", "repository_owner,actor")]
    public async Task The_customisation_that_the_help_says_to_make_lets_the_token_in(string wanted, string template)
    {
        await using var sandbox = new Sandbox(Trust("StringLike", JsonSerializer.Serialize(wanted)));
        var refused = await sandbox.Exchange(sandbox.Token(sandbox.Job with { SubjectTemplate = [.. template.Split(',', StringSplitOptions.RemoveEmptyEntries)] }));
        Assert.Contains("`gh api -X PUT repos/octo-org/site/actions/oidc/customization/sub ", refused.Help, StringComparison.Ordinal);

        var keys = ClaimKeys().Matches(refused.Help!).Select(match => match.Groups["key"].Value).ToList();
        Assert.Equal(keys.Count == 0, refused.Help!.Contains("use_default=true", StringComparison.Ordinal));
        Assert.Equal(200, (await sandbox.Exchange(sandbox.Token(sandbox.Job with { SubjectTemplate = [.. keys] }))).Status);
    }

    [Theory]
    [InlineData("https://sts.amazonaws.com")]
    [InlineData("sts.amazonaws.com/")]
    [InlineData("STS.amazonaws.com")]
    [InlineData(" sts.amazonaws.com")]
    [InlineData("sts.amazonaw.com")]
    [InlineData("another")]
    [InlineData(null)]
    public async Task The_audience_that_the_help_says_to_ask_for_is_taken(string? audience)
    {
        await using var sandbox = new Sandbox();
        var help = (await sandbox.Exchange(sandbox.Token(audience: audience))).Help;
        Assert.StartsWith("ask for the token with `audience: sts.amazonaws.com`", help, StringComparison.Ordinal);
        Assert.Equal(200, (await sandbox.Exchange(sandbox.Token(audience: "sts.amazonaws.com"))).Status);
    }

    private static string Trust(string op, string json) => $$"""
        { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Federated": "{{Sandbox.ProviderArn}}" }, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": { "{{op}}": { "{{Key}}": {{json}} } } }] }
        """;

    [GeneratedRegex("write `(?<value>[^`]+)`(?<like> under `StringLike`)?", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Written();

    [GeneratedRegex(@"include_claim_keys\[\]=(?<key>\w+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ClaimKeys();
}
