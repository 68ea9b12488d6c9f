using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>The calls that Terraform's AWS provider makes for the guide's resources, in its order: create, read back, refresh, change, destroy.</summary>
public sealed class TerraformTests : IAsyncLifetime
{
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::site/*"}]}""";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_provider_a_role_and_its_policies_from_plan_to_destroy()
    {
        // provider "aws": whose credentials are they?
        Assert.Equal(_server.Account, (await Sts("GetCallerIdentity"))["Account"]);

        // aws_iam_openid_connect_provider
        var provider = (await Iam(
            "CreateOpenIDConnectProvider", "Url", "https://token.actions.githubusercontent.com", "ClientIDList.member.1", "sts.amazonaws.com", "ThumbprintList.member.1",
            new string('a', 40), "Tags.member.1.Key", "Name", "Tags.member.1.Value", "github"))["OpenIDConnectProviderArn"]!;
        var read = await Iam("GetOpenIDConnectProvider", "OpenIDConnectProviderArn", provider);
        Assert.Equal("token.actions.githubusercontent.com", read["Url"]);

        // aws_iam_policy, aws_iam_role
        var policy = (await Iam("CreatePolicy", "PolicyName", "deploy", "Path", "/", "PolicyDocument", Policy))["Arn"]!;
        Assert.Equal(Policy, Uri.UnescapeDataString((await Iam("GetPolicyVersion", "PolicyArn", policy, "VersionId", (await Iam("GetPolicy", "PolicyArn", policy))["DefaultVersionId"]!))["Document"]!));
        await Iam("CreateRole", "RoleName", "deploy", "Path", "/", "MaxSessionDuration", "3600", "AssumeRolePolicyDocument", Trust(provider, "main"));
        Assert.Equal("deploy", (await Iam("GetRole", "RoleName", "deploy"))["RoleName"]);
        Assert.Empty((await Iam("ListRolePolicies", "RoleName", "deploy")).All("member"));
        Assert.Empty((await Iam("ListAttachedRolePolicies", "RoleName", "deploy")).All("PolicyArn"));

        // aws_iam_role_policy_attachment, aws_iam_role_policy
        await Iam("AttachRolePolicy", "RoleName", "deploy", "PolicyArn", policy);
        Assert.Equal([policy], (await Iam("ListAttachedRolePolicies", "RoleName", "deploy")).All("PolicyArn"));
        await Iam("PutRolePolicy", "RoleName", "deploy", "PolicyName", "inline", "PolicyDocument", Policy);
        Assert.Equal("inline", (await Iam("GetRolePolicy", "RoleName", "deploy", "PolicyName", "inline"))["PolicyName"]);

        // a change: new branch, new version of the policy; the sixth version wants the oldest gone
        await Iam("UpdateAssumeRolePolicy", "RoleName", "deploy", "PolicyDocument", Trust(provider, "release"));
        Assert.Contains("release", Uri.UnescapeDataString((await Iam("GetRole", "RoleName", "deploy"))["AssumeRolePolicyDocument"]!), StringComparison.Ordinal);
        for (var i = 0; i < 4; i++)
        {
            await Iam("CreatePolicyVersion", "PolicyArn", policy, "PolicyDocument", Policy, "SetAsDefault", "true");
        }

        Assert.Equal("LimitExceeded", (await _server.Root.Iam("CreatePolicyVersion", "PolicyArn", policy, "PolicyDocument", Policy)).Error);
        Assert.Equal(["v5", "v4", "v3", "v2", "v1"], (await Iam("ListPolicyVersions", "PolicyArn", policy)).All("VersionId"));
        await Iam("DeletePolicyVersion", "PolicyArn", policy, "VersionId", "v1");
        Assert.Equal("v6", (await Iam("CreatePolicyVersion", "PolicyArn", policy, "PolicyDocument", Policy))["VersionId"]);

        // destroy
        await Iam("DeleteRolePolicy", "RoleName", "deploy", "PolicyName", "inline");
        await Iam("DetachRolePolicy", "RoleName", "deploy", "PolicyArn", policy);
        Assert.Empty((await Iam("ListInstanceProfilesForRole", "RoleName", "deploy")).All("InstanceProfileName"));
        await Iam("DeleteRole", "RoleName", "deploy");
        Assert.Equal("NoSuchEntity", (await _server.Root.Iam("GetRole", "RoleName", "deploy")).Error);
        foreach (var version in (await Iam("ListPolicyVersions", "PolicyArn", policy)).All("VersionId").Where(id => id != "v5"))
        {
            await Iam("DeletePolicyVersion", "PolicyArn", policy, "VersionId", version);
        }

        await Iam("DeletePolicy", "PolicyArn", policy);
        await Iam("DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn", provider);
        Assert.Empty((await Iam("ListOpenIDConnectProviders")).All("Arn"));
    }

    private static string Trust(string provider, string branch) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"{{provider}}"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:o/r:ref:refs/heads/{{branch}}"} } }]}""";

    private async Task<Answer> Iam(string action, params string[] parameters)
    {
        var answer = await _server.Root.Iam(action, parameters);
        Assert.True(answer.Code == 200, $"{action}: {answer.Body}");
        return answer;
    }

    private Task<Answer> Sts(string action) => _server.Root.Sts(action);
}
