using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>Roles over the wire, as recorded on AWS.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"}}]}""";
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task CreateRole_answers_with_the_policy_as_sent_and_without_description_and_duration()
    {
        var answer = await _server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", Trust, "Description", "words", "MaxSessionDuration", "7200");
        Assert.Equal(["Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"], answer.Children("Role"));
        Assert.Equal(Trust, Uri.UnescapeDataString(answer["AssumeRolePolicyDocument"]!));
        Assert.Equal(answer.RequestId, answer["RequestId"]);
    }

    [Fact]
    public async Task GetRole_gives_the_statement_in_canonical_order_and_an_empty_last_use()
    {
        await Create("deploy", "Description", "words");
        var answer = await _server.Root.Iam("GetRole", "RoleName", "DEPLOY");
        Assert.Equal(
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""",
            Uri.UnescapeDataString(answer["AssumeRolePolicyDocument"]!));
        Assert.Equal("words", answer["Description"]);
        Assert.Equal("3600", answer["MaxSessionDuration"]);
        Assert.Equal("", answer["RoleLastUsed"]);
    }

    [Fact]
    public async Task A_name_is_taken_in_any_case()
    {
        await Create("deploy");
        var answer = await _server.Root.Iam("CreateRole", "RoleName", "Deploy", "AssumeRolePolicyDocument", Trust);
        Assert.Equal((409, "EntityAlreadyExists", "Role with name Deploy already exists."), (answer.Code, answer.Error, answer.Message));
    }

    [Fact]
    public async Task A_recreated_role_has_another_id()
    {
        var first = await Create("deploy");
        await _server.Root.Iam("DeleteRole", "RoleName", "deploy");
        var second = await Create("deploy");
        Assert.Matches("^AROA[A-Z2-7]{17}$", first["RoleId"]);
        Assert.NotEqual(first["RoleId"], second["RoleId"]);
    }

    [Fact]
    public async Task DeleteRole_wants_policies_gone()
    {
        await Create("deploy");
        await _server.Root.Iam("AttachRolePolicy", "RoleName", "deploy", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess");
        await _server.Root.Iam("PutRolePolicy", "RoleName", "deploy", "PolicyName", "p", "PolicyDocument", Policy);
        Assert.Equal("Cannot delete entity, must detach all policies first.", (await _server.Root.Iam("DeleteRole", "RoleName", "deploy")).Message);
        await _server.Root.Iam("DetachRolePolicy", "RoleName", "deploy", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess");
        Assert.Equal("Cannot delete entity, must delete policies first.", (await _server.Root.Iam("DeleteRole", "RoleName", "deploy")).Message);
        await _server.Root.Iam("DeleteRolePolicy", "RoleName", "deploy", "PolicyName", "p");
        Assert.Equal(200, (await _server.Root.Iam("DeleteRole", "RoleName", "deploy")).Code);
        Assert.Equal((404, "NoSuchEntity"), await Outcome("GetRole", "RoleName", "deploy"));
    }

    [Fact]
    public async Task Violations_are_counted_and_joined()
    {
        var answer = await _server.Root.Iam("CreateRole", "RoleName", "no spaces", "AssumeRolePolicyDocument", Trust, "MaxSessionDuration", "100");
        Assert.Equal("ValidationError", answer.Error);
        Assert.Equal(
            @"2 validation errors detected: Value at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+; "
            + "Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
            answer.Message);
    }

    [Fact]
    public async Task Lists_come_in_pages_in_the_order_of_names()
    {
        foreach (var name in new[] { "charlie", "Alpha", "bravo", "delta" })
        {
            await Create(name);
        }

        var names = new List<string>();
        string? marker = null;
        do
        {
            var page = marker is null
                ? await _server.Root.Iam("ListRoles", "MaxItems", "3")
                : await _server.Root.Iam("ListRoles", "MaxItems", "3", "Marker", marker);
            names.AddRange(page.All("RoleName"));
            marker = page["Marker"];
            Assert.Equal(marker is null ? "false" : "true", page["IsTruncated"]);
        }
        while (marker is not null);
        Assert.Equal(["Alpha", "bravo", "charlie", "delta"], names);
    }

    [Fact]
    public async Task A_tag_key_in_another_case_replaces_and_twice_in_one_request_is_refused()
    {
        await Create("deploy", "Tags.member.1.Key", "Squad", "Tags.member.1.Value", "one");
        await _server.Root.Iam("TagRole", "RoleName", "deploy", "Tags.member.1.Key", "squad", "Tags.member.1.Value", "two");
        var tags = await _server.Root.Iam("ListRoleTags", "RoleName", "deploy");
        Assert.Equal(["squad"], tags.All("Key"));
        Assert.Equal(["two"], tags.All("Value"));
        var twice = await _server.Root.Iam(
            "TagRole", "RoleName", "deploy", "Tags.member.1.Key", "a", "Tags.member.1.Value", "1", "Tags.member.2.Key", "A", "Tags.member.2.Value", "2");
        Assert.Equal(("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."), (twice.Error, twice.Message));
    }

    [Fact]
    public async Task Tag_keys_of_policies_differ_by_case()
    {
        var policy = (await _server.Root.Iam("CreatePolicy", "PolicyName", "p", "PolicyDocument", Policy, "Tags.member.1.Key", "a", "Tags.member.1.Value", "1", "Tags.member.2.Key", "A", "Tags.member.2.Value", "2"))["Arn"]!;
        await _server.Root.Iam("UntagPolicy", "PolicyArn", policy, "TagKeys.member.1", "a");
        Assert.Equal(["A"], (await _server.Root.Iam("ListPolicyTags", "PolicyArn", policy)).All("Key"));
        var twice = await _server.Root.Iam("TagPolicy", "PolicyArn", policy, "Tags.member.1.Key", "b", "Tags.member.1.Value", "1", "Tags.member.2.Key", "b", "Tags.member.2.Value", "2");
        Assert.Equal(("InvalidInput", "Duplicate tag keys found."), (twice.Error, twice.Message));
    }

    [Fact]
    public async Task Eleven_managed_policies_are_one_too_many()
    {
        await Create("deploy");
        for (var i = 0; i < 11; i++)
        {
            var policy = await _server.Root.Iam("CreatePolicy", "PolicyName", $"p{i}", "PolicyDocument", Policy);
            var attached = await _server.Root.Iam("AttachRolePolicy", "RoleName", "deploy", "PolicyArn", policy["Arn"]!);
            Assert.Equal(i < 10 ? null : "Cannot exceed quota for PoliciesPerRole: 10", attached.Message);
        }
    }

    [Fact]
    public async Task A_trust_policy_may_not_name_a_user_that_does_not_exist()
    {
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{_server.Account}}:user/nobody"},"Action":"sts:AssumeRole"}]}""";
        await _server.Root.Iam("CreateUser", "UserName", "somebody");
        var answer = await _server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", trust);
        Assert.Equal(
            ("MalformedPolicyDocument", $"Invalid principal in policy: \"AWS\":\"arn:aws:iam::{_server.Account}:user/nobody\""), (answer.Error, answer.Message));
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        await Create("deploy", "Path", "/ci/", "Description", "words", "Tags.member.1.Key", "k", "Tags.member.1.Value", "v");
        await _server.Root.Iam("PutRolePolicy", "RoleName", "deploy", "PolicyName", "p", "PolicyDocument", Policy);
        var user = await _server.User("bob", Policy);
        var before = (await _server.Root.Iam("GetRole", "RoleName", "deploy"))["Role"];
        await _server.Server.DisposeAsync();
        await using var again = await TestServer.Start(folder: _server.Folder);
        Assert.Equal(before, (await again.Root.Iam("GetRole", "RoleName", "deploy"))["Role"]);
        Assert.Equal(Policy, Uri.UnescapeDataString((await again.Root.Iam("GetRolePolicy", "RoleName", "deploy", "PolicyName", "p"))["PolicyDocument"]!));
        Assert.Equal(["bob"], (await again.Root.Iam("ListAccessKeys", "UserName", "bob")).All("UserName"));
    }

    private Task<Answer> Create(string name, params string[] more) =>
        _server.Root.Iam("CreateRole", ["RoleName", name, "AssumeRolePolicyDocument", Trust, .. more]);

    private async Task<(int Status, string? Error)> Outcome(string action, params string[] parameters)
    {
        var answer = await _server.Root.Iam(action, parameters);
        return (answer.Code, answer.Error);
    }
}
