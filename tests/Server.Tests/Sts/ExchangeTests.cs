using System.Text.Json;
using Xunit;

namespace Server.Tests.Sts;

public sealed class ExchangeTests
{
    [Fact]
    public async Task A_token_that_the_trust_policy_names_gets_credentials()
    {
        await using var sandbox = new Sandbox();
        var answer = await sandbox.Exchange(sandbox.Token());
        Assert.Equal((200, null), (answer.Status, answer.Message));
        Assert.Equal("repo:octo-org/site:ref:refs/heads/main", answer.Value("SubjectFromWebIdentityToken"));
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/deploy/GitHubActions", answer.Value("Arn"));
        Assert.Equal(Sandbox.ProviderArn, answer.Value("Provider"));
        Assert.Equal("25", answer.Value("PackedPolicySize"));
        Assert.StartsWith("ASIA", answer.Value("AccessKeyId"), StringComparison.Ordinal);
        Assert.StartsWith("role `deploy`: allowed by statement 1", answer.Summary, StringComparison.Ordinal);
        var found = sandbox.Tokens.FindSession(answer.Value("AccessKeyId")!, answer.Value("SessionToken")!, sandbox.Clock.GetUtcNow());
        Assert.Equal(answer.Value("SecretAccessKey"), Assert.IsType<Keyless.Server.Aws.CredentialLookup.Found>(found).Secret.Value);
    }

    private const string TaggedTrust = """
        {"Version":"2012-10-17","Statement":[{"Sid":"Tagged","Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
        "Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession","sts:SetSourceIdentity"],"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/*"}}}]}
        """;

    [Theory]
    [InlineData("")]
    [InlineData("""
        ,"https://aws.amazon.com/tags":{"principal_tags":{"team":["a/b"],"cost":["é"]},"transitive_tag_keys":["team"]},"https://aws.amazon.com/source_identity":"octocat"
        """)]
    public async Task The_short_record_of_what_was_allowed_has_every_member_of_the_detailed_one(string moreClaims)
    {
        await using var shortly = new Sandbox(TaggedTrust, detailed: false);
        await using var detailed = new Sandbox(TaggedTrust, detailed: true);
        var now = shortly.Clock.GetUtcNow().ToUnixTimeSeconds();
        var token = shortly.Sign($$"""{"iss":"https://token.actions.githubusercontent.com","aud":"sts.amazonaws.com","sub":"repo:octo-org/site:ref:refs/heads/ü","iat":{{now}},"exp":{{now + 300}},"jti":"1"{{moreClaims}}}""");
        var brief = await shortly.Exchange(token);
        var whole = await detailed.Exchange(token);
        Assert.Equal((200, 200), (brief.Status, whole.Status));
        var expected = Members(whole.Record);
        expected.RemoveAll(member => member.StartsWith("decision.checks", StringComparison.Ordinal) || member.StartsWith("decision.inputs", StringComparison.Ordinal));
        var found = Members(brief.Record);
        found.RemoveAll(member => member.StartsWith("decision.inputs", StringComparison.Ordinal));
        Assert.Equal(expected, found);
        Assert.Equal("1", brief.Record.GetProperty("decision").GetProperty("inputs").GetProperty("jti").GetString());
    }

    /// <summary>Paths and values in their order; what differs from exchange to exchange is left out.</summary>
    private static List<string> Members(JsonElement element, string path = "") => element.ValueKind switch
    {
        JsonValueKind.Object => [.. element.EnumerateObject().SelectMany(member => Members(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"))],
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany((item, index) => Members(item, $"{path}[{index}]"))],
        _ when path is "requestID" or "eventID" or "responseElements.credentials.accessKeyId" => [path],
        _ => [$"{path} = {element}"],
    };
}
