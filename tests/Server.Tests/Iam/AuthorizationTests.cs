using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>Who may call what: users under their policies, with AWS's denial messages.</summary>
public sealed class AuthorizationTests : IAsyncLifetime
{
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_no_policy_allows_is_denied_by_name()
    {
        var user = await _server.User("bob", Allow("iam:GetRole", $"arn:aws:iam::{_server.Account}:role/*"));
        await _server.Root.Iam("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", Trust, "Path", "/ci/");
        Assert.Equal(200, (await user.Iam("GetRole", "RoleName", "r")).Code);
        var denied = await user.Iam("DeleteRole", "RoleName", "r");
        Assert.Equal((403, "AccessDenied"), (denied.Code, denied.Error));
        Assert.Equal(
            $"User: arn:aws:iam::{_server.Account}:user/bob is not authorized to perform: iam:DeleteRole on resource: role r "
            + "because no identity-based policy allows the iam:DeleteRole action",
            denied.Message);
    }

    [Fact]
    public async Task An_explicit_deny_wins_and_says_so()
    {
        var user = await _server.User("bob", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:List*","Resource":"*"}]}""");
        Assert.Equal(200, (await user.Iam("GetAccountSummary")).Code);
        var denied = await user.Iam("ListUsers");
        Assert.Equal(
            $"User: arn:aws:iam::{_server.Account}:user/bob is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{_server.Account}:user/ with an explicit deny in an identity-based policy",
            denied.Message);
    }

    [Fact]
    public async Task A_boundary_limits_what_the_user_has()
    {
        var user = await _server.User("bob", Allow("*", "*"));
        var boundary = await _server.Root.Iam("CreatePolicy", "PolicyName", "only-read", "PolicyDocument", Allow("iam:Get*", "*"));
        Assert.Equal(200, (await user.Iam("ListUsers")).Code);
        await _server.Root.Iam("PutUserPermissionsBoundary", "UserName", "bob", "PermissionsBoundary", boundary["Arn"]!);
        Assert.Equal(200, (await user.Iam("GetUser")).Code);
        Assert.EndsWith("because no permissions boundary allows the iam:ListUsers action", (await user.Iam("ListUsers")).Message);
    }

    [Fact]
    public async Task Conditions_see_the_tags_of_the_request()
    {
        var user = await _server.User("bob", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:CreateUser","iam:TagUser"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"web"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}}]}""");
        Assert.Equal(403, (await user.Iam("CreateUser", "UserName", "c")).Code);
        Assert.Equal(403, (await user.Iam("CreateUser", "UserName", "c", "Tags.member.1.Key", "team", "Tags.member.1.Value", "db")).Code);
        Assert.Equal(200, (await user.Iam("CreateUser", "UserName", "c", "Tags.member.1.Key", "team", "Tags.member.1.Value", "web")).Code);
    }

    [Fact]
    public async Task Who_makes_something_with_tags_must_be_allowed_to_tag_it()
    {
        var user = await _server.User("bob", Allow("iam:Create*", "*"));
        Assert.Equal(200, (await user.Iam("CreateUser", "UserName", "c")).Code);
        Assert.Equal(
            $"User: arn:aws:iam::{_server.Account}:user/bob is not authorized to perform: iam:TagUser on resource: arn:aws:iam::{_server.Account}:user/d "
            + "because no identity-based policy allows the iam:TagUser action",
            (await user.Iam("CreateUser", "UserName", "d", "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")).Message);
    }

    [Fact]
    public async Task A_parameter_that_an_operation_does_not_know_is_no_condition_key()
    {
        var boundary = (await _server.Root.Iam("CreatePolicy", "PolicyName", "bound", "PolicyDocument", Allow("s3:*", "*")))["Arn"]!;
        var bounded = Allow("iam:*", "*").Replace("\"*\"}", $$"""
            "*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"{{boundary}}"} } }
            """);
        var user = await _server.User("bob", bounded);
        string[] attach = ["UserName", "bob", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"];
        Assert.Equal(403, (await user.Iam("AttachUserPolicy", [.. attach, "PermissionsBoundary", boundary])).Code);
        await _server.Root.Iam("CreateUser", "UserName", "eve", "PermissionsBoundary", boundary);
        Assert.Equal(200, (await user.Iam("AttachUserPolicy", "UserName", "eve", "PolicyArn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")).Code);
        Assert.Equal(403, (await user.Iam("DeleteUser", "UserName", "eve")).Code);
    }

    [Fact]
    public async Task An_inactive_key_is_unknown_and_a_deleted_user_has_no_key()
    {
        var user = await _server.User("bob", Allow("*", "*"));
        var id = (await _server.Root.Iam("ListAccessKeys", "UserName", "bob"))["AccessKeyId"]!;
        await _server.Root.Iam("UpdateAccessKey", "UserName", "bob", "AccessKeyId", id, "Status", "Inactive");
        var refused = await user.Iam("GetUser");
        Assert.Equal((403, "InvalidClientTokenId", "The security token included in the request is invalid."), (refused.Code, refused.Error, refused.Message));
        Assert.Equal("Cannot delete entity, must delete policies first.", (await _server.Root.Iam("DeleteUser", "UserName", "bob")).Message);
    }

    [Fact]
    public async Task Sessions_without_a_role_cannot_call_IAM_and_a_role_s_sessions_end_with_it()
    {
        var user = await _server.User("bob", Allow("*", "*"));
        var token = await user.Sts("GetSessionToken");
        var session = _server.Client(token["AccessKeyId"]!, token["SecretAccessKey"]!, token["SessionToken"]);
        Assert.Equal(200, (await session.Sts("GetCallerIdentity")).Code);
        Assert.Equal((403, "InvalidClientTokenId"), await Outcome(session.Iam("GetUser", "UserName", "bob")));

        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{_server.Account}}:user/bob"},"Action":"sts:AssumeRole"}]}""";
        var arn = (await _server.Root.Iam("CreateRole", "RoleName", "admin", "AssumeRolePolicyDocument", trust))["Arn"]!;
        await _server.Root.Iam("PutRolePolicy", "RoleName", "admin", "PolicyName", "p", "PolicyDocument", Allow("iam:*", "*"));
        var assumed = await user.Sts("AssumeRole", "RoleArn", arn, "RoleSessionName", "ci");
        Assert.True(assumed.Code == 200, assumed.Body);
        var role = _server.Client(assumed["AccessKeyId"]!, assumed["SecretAccessKey"]!, assumed["SessionToken"]);
        Assert.Equal((200, null), await Outcome(role.Iam("ListUsers")));
        await _server.Root.Iam("DeleteRolePolicy", "RoleName", "admin", "PolicyName", "p");
        Assert.Equal((403, "AccessDenied"), await Outcome(role.Iam("ListUsers")));
        await _server.Root.Iam("DeleteRole", "RoleName", "admin");
        await _server.Root.Iam("CreateRole", "RoleName", "admin", "AssumeRolePolicyDocument", trust);
        Assert.Equal((403, "InvalidClientTokenId"), await Outcome(role.Iam("ListUsers")));
    }

    [Fact]
    public async Task Trust_is_in_an_id_that_outlives_the_name()
    {
        var bob = await _server.User("bob", Allow("sts:AssumeRole", "*"));
        var ann = await _server.User("ann", Allow("sts:AssumeRole", "*"));
        var account = $"arn:aws:iam::{_server.Account}";
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["{{account}}:user/bob","{{account}}:user/ann"]},"Action":"sts:AssumeRole"}]}""";
        var arn = (await _server.Root.Iam("CreateRole", "RoleName", "admin", "AssumeRolePolicyDocument", trust))["Arn"]!;
        var id = (await _server.Root.Iam("GetUser", "UserName", "bob"))["UserId"]!;
        async Task<string> Trusted() => Uri.UnescapeDataString((await _server.Root.Iam("GetRole", "RoleName", "admin"))["AssumeRolePolicyDocument"]!);
        Task<Answer> Assume(SignedClient client) => client.Sts("AssumeRole", "RoleArn", arn, "RoleSessionName", "ci");

        await _server.Root.Iam("UpdateUser", "UserName", "ann", "NewUserName", "anna", "NewPath", "/people/");
        Assert.Contains($"\"{account}:user/bob\",\"{account}:user/people/anna\"", await Trusted());
        Assert.Equal((200, null), await Outcome(Assume(ann)));
        Assert.Equal((200, null), await Outcome(Assume(bob)));

        var key = (await _server.Root.Iam("ListAccessKeys", "UserName", "bob"))["AccessKeyId"]!;
        await _server.Root.Iam("DeleteAccessKey", "UserName", "bob", "AccessKeyId", key);
        await _server.Root.Iam("DeleteUserPolicy", "UserName", "bob", "PolicyName", "p");
        Assert.Equal(200, (await _server.Root.Iam("DeleteUser", "UserName", "bob")).Code);
        Assert.Contains($"\"{id}\",\"{account}:user/people/anna\"", await Trusted());
        var stranger = await _server.User("bob", Allow("sts:AssumeRole", "*"));
        Assert.Equal((403, "AccessDenied"), await Outcome(Assume(stranger)));
        Assert.Equal((200, null), await Outcome(Assume(ann)));
    }

    [Fact]
    public async Task A_session_policy_narrows_what_the_role_may()
    {
        var user = await _server.User("bob", Allow("*", "*"));
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{_server.Account}}:root"},"Action":"sts:AssumeRole"}]}""";
        var arn = (await _server.Root.Iam("CreateRole", "RoleName", "admin", "AssumeRolePolicyDocument", trust))["Arn"]!;
        await _server.Root.Iam("PutRolePolicy", "RoleName", "admin", "PolicyName", "p", "PolicyDocument", Allow("iam:*", "*"));
        var assumed = await user.Sts("AssumeRole", "RoleArn", arn, "RoleSessionName", "ci", "Policy", Allow("iam:ListRoles", "*"));
        Assert.True(assumed.Code == 200, assumed.Body);
        var role = _server.Client(assumed["AccessKeyId"]!, assumed["SecretAccessKey"]!, assumed["SessionToken"]);
        Assert.Equal((200, null), await Outcome(role.Iam("ListRoles")));
        Assert.EndsWith("because no session policy allows the iam:ListUsers action", (await role.Iam("ListUsers")).Message);
    }

    private static async Task<(int, string?)> Outcome(Task<Answer> call)
    {
        var answer = await call;
        return (answer.Code, answer.Error);
    }

    [Fact]
    public async Task Accounts_do_not_see_each_other()
    {
        await _server.DisposeAsync();
        _server = await TestServer.Start(options => options with { Accounts = ["111111111111", "222222222222"] });
        var other = Server.RootCredentials.Read(_server.Folder, "222222222222", isDefault: false)!;
        var second = _server.Client(other.AccessKeyId, other.Secret.Value);
        await _server.Root.Iam("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", Trust);
        Assert.Equal("NoSuchEntity", (await second.Iam("GetRole", "RoleName", "r")).Error);
        Assert.Equal("arn:aws:iam::222222222222:role/r", (await second.Iam("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", Trust))["Arn"]);
    }

    [Fact]
    public async Task Another_default_account_leaves_the_first_one_its_credentials()
    {
        await _server.DisposeAsync();
        var folder = Directory.CreateTempSubdirectory("keyless-accounts-").FullName;
        string first;
        await using (var before = await TestServer.Start(options => options with { Accounts = ["111111111111"] }, folder))
        {
            first = before.Server.Root.AccessKeyId;
        }

        await using (var after = await TestServer.Start(options => options with { Accounts = ["222222222222"] }, folder))
        {
            Assert.Equal("222222222222", (await after.Root.Sts("GetCallerIdentity"))["Account"]);
            var kept = Server.RootCredentials.Read(folder, "111111111111", isDefault: false)!;
            Assert.Equal(first, kept.AccessKeyId);
            Assert.Equal("111111111111", (await after.Client(kept.AccessKeyId, kept.Secret.Value).Sts("GetCallerIdentity"))["Account"]);
        }

        Directory.Delete(folder, recursive: true);
        _server = await TestServer.Start();
    }

    private static string Allow(string action, string resource) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""";
}
