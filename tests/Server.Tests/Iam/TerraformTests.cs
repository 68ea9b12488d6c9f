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

    [Fact]
    public async Task A_role_keeps_what_an_update_does_not_name()
    {
        await Iam("CreateRole", "RoleName", "deploy", "Path", "/gh/", "Description", "first", "MaxSessionDuration", "3600", "AssumeRolePolicyDocument", Trust("arn:aws:iam::123456789012:oidc-provider/x", "main"));
        await Iam("UpdateRoleDescription", "RoleName", "deploy", "Description", "second");
        await Iam("UpdateRole", "RoleName", "deploy", "MaxSessionDuration", "7200");
        var role = await Iam("GetRole", "RoleName", "deploy");
        Assert.Equal(("second", "7200", "/gh/"), (role["Description"], role["MaxSessionDuration"], role["Path"]));

        // inline_policy, and the exclusive resources: names and documents are read back, each on its own
        await Iam("PutRolePolicy", "RoleName", "deploy", "PolicyName", "one", "PolicyDocument", Policy);
        Assert.Equal(["one"], (await Iam("ListRolePolicies", "RoleName", "deploy")).All("member"));

        // permissions_boundary, set and taken away: absent, not empty
        var boundary = (await Iam("CreatePolicy", "PolicyName", "boundary", "PolicyDocument", Policy))["Arn"]!;
        await Iam("PutRolePermissionsBoundary", "RoleName", "deploy", "PermissionsBoundary", boundary);
        Assert.Equal(boundary, (await Iam("GetRole", "RoleName", "deploy"))["PermissionsBoundaryArn"]);
        await Iam("DeleteRolePermissionsBoundary", "RoleName", "deploy");
        Assert.Null((await Iam("GetRole", "RoleName", "deploy"))["PermissionsBoundary"]);

        // force_detach_policies
        await Iam("AttachRolePolicy", "RoleName", "deploy", "PolicyArn", boundary);
        Assert.Equal("DeleteConflict", (await _server.Root.Iam("DeleteRole", "RoleName", "deploy")).Error);
        await Iam("DetachRolePolicy", "RoleName", "deploy", "PolicyArn", boundary);
        await Iam("DeleteRolePolicy", "RoleName", "deploy", "PolicyName", "one");
        await Iam("DeleteRole", "RoleName", "deploy");
    }

    [Fact]
    public async Task Documents_are_encoded_so_that_a_plus_is_not_read_as_a_blank()
    {
        var document = Policy.Replace("site/*", "site/a b+c%20d/*", StringComparison.Ordinal);
        var policy = (await Iam("CreatePolicy", "PolicyName", "p", "PolicyDocument", document))["Arn"]!;
        await Iam("CreateUser", "UserName", "ann");
        await Iam("PutUserPolicy", "UserName", "ann", "PolicyName", "p", "PolicyDocument", document);

        // Go's url.QueryUnescape, which the provider uses, decodes `+` too.
        Assert.Equal(document, System.Net.WebUtility.UrlDecode((await Iam("GetPolicyVersion", "PolicyArn", policy, "VersionId", "v1"))["Document"]!));
        Assert.Equal(document, System.Net.WebUtility.UrlDecode((await Iam("GetUserPolicy", "UserName", "ann", "PolicyName", "p"))["PolicyDocument"]!));
    }

    [Fact]
    public async Task A_user_is_destroyed_by_force()
    {
        await Iam("CreateUser", "UserName", "ann", "Path", "/a/");
        await Iam("CreateGroup", "GroupName", "staff");
        await Iam("AddUserToGroup", "GroupName", "staff", "UserName", "ann");
        var key = (await Iam("CreateAccessKey", "UserName", "ann"))["AccessKeyId"]!;
        await Iam("UpdateUser", "UserName", "ann", "NewUserName", "anna", "NewPath", "/b/");
        Assert.Equal([key], (await Iam("ListAccessKeys", "UserName", "anna")).All("AccessKeyId"));

        Assert.Equal(["staff"], (await Iam("ListGroupsForUser", "UserName", "anna")).All("GroupName"));
        await Iam("RemoveUserFromGroup", "GroupName", "staff", "UserName", "anna");
        await Iam("DeleteAccessKey", "UserName", "anna", "AccessKeyId", key);
        foreach (var (operation, list) in ((string, string)[])
            [("ListSSHPublicKeys", "SSHPublicKeys"), ("ListMFADevices", "MFADevices"), ("ListSigningCertificates", "Certificates"), ("ListServiceSpecificCredentials", "ServiceSpecificCredentials")])
        {
            Assert.Equal("", (await Iam(operation, "UserName", "anna"))[list]);
            Assert.Equal("NoSuchEntity", (await _server.Root.Iam(operation, "UserName", "nobody")).Error);
        }

        Assert.Equal("", (await Iam("ListVirtualMFADevices", "AssignmentStatus", "Assigned"))["VirtualMFADevices"]);
        foreach (var operation in (string[])["GetLoginProfile", "DeleteLoginProfile"])
        {
            var none = await _server.Root.Iam(operation, "UserName", "anna");
            Assert.Equal(("NoSuchEntity", "Login Profile for User anna cannot be found."), (none.Error, none.Message));
        }

        await Iam("DeleteUser", "UserName", "anna");
    }

    [Fact]
    public async Task A_bucket_without_configurations_answers_what_the_provider_takes_for_none()
    {
        Assert.Equal(200, (await S3("PUT", "/tf-bucket")).Code);
        foreach (var (subresource, code) in ((string, string?)[])
            [
                ("policy", "NoSuchBucketPolicy"), ("acl", null), ("cors", "NoSuchCORSConfiguration"), ("website", "NoSuchWebsiteConfiguration"), ("versioning", null),
                ("accelerate", null), ("requestPayment", null), ("logging", null), ("lifecycle", "NoSuchLifecycleConfiguration"),
                ("replication", "ReplicationConfigurationNotFoundError"), ("encryption", null), ("object-lock", "ObjectLockConfigurationNotFoundError"),
                ("location", null), ("tagging", "NoSuchTagSet"), ("ownershipControls", null), ("publicAccessBlock", null), ("notification", null),
            ])
        {
            var answer = await S3("GET", $"/tf-bucket?{subresource}=");
            Assert.True(answer.Error == code, $"{subresource}: {answer.Body}");
        }
    }

    [Fact]
    public async Task Lifecycle_rules_come_back_as_they_were_put()
    {
        await S3("PUT", "/tf-bucket");
        const string Rules =
            "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<Rule><ID>tmp</ID><Filter><Prefix>tmp/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>7</Days></Expiration><NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays></NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
            + "<Rule><ID>old</ID><Filter><And><Prefix>a/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag><ObjectSizeGreaterThan>1000</ObjectSizeGreaterThan></And></Filter><Status>Disabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>"
            + "</LifecycleConfiguration>";
        Assert.Equal(200, (await S3("PUT", "/tf-bucket?lifecycle=", Rules)).Code);
        Assert.EndsWith(Rules, (await S3("GET", "/tf-bucket?lifecycle=")).Body, StringComparison.Ordinal);
        Assert.Equal(204, (await S3("DELETE", "/tf-bucket?lifecycle=")).Code);
        Assert.Equal("NoSuchLifecycleConfiguration", (await S3("GET", "/tf-bucket?lifecycle=")).Error);

        // a rule without an id is given one
        Assert.Equal(200, (await S3("PUT", "/tf-bucket?lifecycle=", "<LifecycleConfiguration><Rule><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>")).Code);
        Assert.NotEqual("", (await S3("GET", "/tf-bucket?lifecycle="))["ID"]);
    }

    [Theory]
    [InlineData("<Rule><Filter/><Status>Enabled</Status></Rule>", "InvalidRequest")]
    [InlineData("<Rule><Filter/><Status>On</Status><Expiration><Days>1</Days></Expiration></Rule>", "MalformedXML")]
    [InlineData("<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>", "MalformedXML")]
    [InlineData("<Rule><Filter/><Status>Enabled</Status><Expiration><Days>0</Days></Expiration></Rule>", "InvalidArgument")]
    [InlineData("<Rule><Filter/><Status>Enabled</Status><Expiration><Days>1</Days><Date>2030-01-01T00:00:00Z</Date></Expiration></Rule>", "MalformedXML")]
    [InlineData("<Rule><Filter/><Status>Enabled</Status><Transition><Days>1</Days><StorageClass>TAPE</StorageClass></Transition></Rule>", "MalformedXML")]
    [InlineData("<Rule><Filter><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>", "MalformedXML")]
    [InlineData("<Rule><ID>a</ID><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule><Rule><ID>a</ID><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>", "InvalidArgument")]
    public async Task A_lifecycle_rule_with_a_mistake_is_refused(string rules, string code)
    {
        await S3("PUT", "/tf-bucket");
        Assert.Equal(code, (await S3("PUT", "/tf-bucket?lifecycle=", $"<LifecycleConfiguration>{rules}</LifecycleConfiguration>")).Error);
    }

    private async Task<Answer> S3(string method, string path, string body = "")
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server.Server.BaseAddress, path)) { Content = new ByteArrayContent(bytes) };
        _server.Root.Sign(request, "s3", bytes);
        return await _server.Root.Send(request);
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
