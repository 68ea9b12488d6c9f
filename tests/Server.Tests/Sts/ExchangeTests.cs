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
}
