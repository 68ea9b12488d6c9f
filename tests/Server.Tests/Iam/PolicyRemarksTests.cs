using Keyless.Language.Oidc;
using Keyless.Server.Audit;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Iam;

/// <summary>A doubtful policy is taken as AWS takes it, and its record says what is doubtful.</summary>
public sealed class PolicyRemarksTests
{
    private const string Trust = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:octo-org@1/site@2:ref:refs/heads/main","repo:octo-org/site:ref:refs/heads/main"]},"StringEquals":{"token.actions.githubusercontent.com:aud":"AUDIENCE"}}}}""";

    [Theory]
    [InlineData("sts.amazonaws.com", null)]
    [InlineData("https://sts.amazonaws.com", "is not among the provider's client ids")]
    public async Task Of_a_trust_policy_by_what_the_account_has(string audience, string? doubt)
    {
        await using var server = await TestServer.Start();
        await server.Root.Iam("CreateOpenIDConnectProvider", "Url", IssuerUrl.GitHub, "ClientIDList.member.1", "sts.amazonaws.com");
        Check(
            server, doubt,
            await server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", Trust.Replace("AUDIENCE", audience, StringComparison.Ordinal)));
        Check(
            server, doubt,
            await server.Root.Iam("UpdateAssumeRolePolicy", "RoleName", "deploy", "PolicyDocument", Trust.Replace("AUDIENCE", audience, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("s3:PutObject", "arn:aws:s3:::pages/*", null)]
    [InlineData("s3:PutObject", "arn:aws:s3:::pages", "s3:PutObject")]
    public async Task Of_permissions(string action, string resource, string? doubt)
    {
        await using var server = await TestServer.Start();
        await server.Root.Iam("CreateUser", "UserName", "ann");
        Check(
            server, doubt,
            await server.Root.Iam("PutUserPolicy", "UserName", "ann", "PolicyName", "p", "PolicyDocument", $$$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"{{{action}}}","Resource":"{{{resource}}}"}}"""));
    }

    private static void Check(TestServer server, string? doubt, Keyless.Tests.Answer answer)
    {
        Assert.Equal(200, answer.Code);
        using var reader = AuditReader.OpenFolder(server.Folder)!;
        var text = DecisionText.Render(reader.Find(answer.RequestId!)!);
        if (doubt is null)
        {
            Assert.DoesNotContain("doubtful", text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains("is doubtful: ", text.Split('\n')[0], StringComparison.Ordinal);
            Assert.Contains(doubt, text.Split('\n')[0], StringComparison.Ordinal);
            Assert.Contains("= help: ", text, StringComparison.Ordinal);
        }
    }
}
