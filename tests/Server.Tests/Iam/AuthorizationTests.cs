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
            $"User: arn:aws:iam::{_server.Account}:user/bob is not authorized to perform: iam:DeleteRole on resource: arn:aws:iam::{_server.Account}:role/ci/r "
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

    private static string Allow(string action, string resource) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""";
}
