using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>Groups: their policies are their users', and they are in the way of deletions as on AWS.</summary>
public sealed class GroupTests : IAsyncLifetime
{
    private const string Listing = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}]}""";
    private const string NoListing = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:ListRoles","Resource":"*"}]}""";
    private const string Own = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}""";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_user_may_what_its_groups_may_for_as_long_as_it_is_in_them()
    {
        var bob = await _server.User("bob", Own);
        await Iam("CreateGroup", "GroupName", "readers");
        await Iam("PutGroupPolicy", "GroupName", "readers", "PolicyName", "p", "PolicyDocument", Listing);
        Assert.Equal("AccessDenied", (await bob.Iam("ListRoles")).Error);

        await Iam("AddUserToGroup", "GroupName", "Readers", "UserName", "bob");
        await Iam("AddUserToGroup", "GroupName", "readers", "UserName", "bob");
        Assert.Equal(200, (await bob.Iam("ListRoles")).Code);
        Assert.Equal("allowed", (await Iam("SimulatePrincipalPolicy", "PolicySourceArn", $"arn:aws:iam::{_server.Account}:user/bob", "ActionNames.member.1", "iam:ListRoles"))["EvalDecision"]);
        Assert.Equal("allowed", (await Iam("SimulatePrincipalPolicy", "PolicySourceArn", $"arn:aws:iam::{_server.Account}:group/readers", "ActionNames.member.1", "iam:ListRoles"))["EvalDecision"]);

        var managed = (await Iam("CreatePolicy", "PolicyName", "no", "PolicyDocument", NoListing))["Arn"]!;
        await Iam("AttachGroupPolicy", "GroupName", "readers", "PolicyArn", managed);
        Assert.Contains("with an explicit deny in an identity-based policy", (await bob.Iam("ListRoles")).Message, StringComparison.Ordinal);
        Assert.Equal(["readers"], (await Iam("ListEntitiesForPolicy", "PolicyArn", managed)).All("GroupName"));
        Assert.Equal("1", (await Iam("GetPolicy", "PolicyArn", managed))["AttachmentCount"]);
        await Iam("DetachGroupPolicy", "GroupName", "readers", "PolicyArn", managed);

        await Iam("RemoveUserFromGroup", "GroupName", "readers", "UserName", "bob");
        await Iam("RemoveUserFromGroup", "GroupName", "readers", "UserName", "bob");
        Assert.Equal("AccessDenied", (await bob.Iam("ListRoles")).Error);
    }

    [Fact]
    public async Task A_renamed_group_keeps_its_id_and_its_users_and_a_restart_keeps_both()
    {
        await Iam("CreateUser", "UserName", "bob");
        var id = (await Iam("CreateGroup", "GroupName", "readers", "Path", "/a/"))["GroupId"]!;
        Assert.Matches("^AGPA[A-Z2-7]{17}$", id);
        await Iam("AddUserToGroup", "GroupName", "readers", "UserName", "bob");
        await Iam("UpdateGroup", "GroupName", "readers", "NewGroupName", "auditors", "NewPath", "/b/");
        Assert.Equal("NoSuchEntity", (await _server.Root.Iam("GetGroup", "GroupName", "readers")).Error);
        await _server.Server.DisposeAsync();
        await using var again = await TestServer.Start(folder: _server.Folder);
        var group = await again.Root.Iam("GetGroup", "GroupName", "auditors");
        Assert.Equal((id, $"arn:aws:iam::{_server.Account}:group/b/auditors", "bob"), (group["GroupId"], group["Arn"], group["UserName"]));
        Assert.Equal(["auditors"], (await again.Root.Iam("ListGroupsForUser", "UserName", "bob")).All("GroupName"));
        Assert.Equal(["auditors"], (await again.Root.Iam("ListGroups", "PathPrefix", "/b")).All("GroupName"));
    }

    [Fact]
    public async Task Users_and_policies_are_in_the_way_of_a_deletion()
    {
        await Iam("CreateUser", "UserName", "bob");
        await Iam("CreateGroup", "GroupName", "readers");
        await Iam("PutGroupPolicy", "GroupName", "readers", "PolicyName", "p", "PolicyDocument", Listing);
        await Iam("AddUserToGroup", "GroupName", "readers", "UserName", "bob");
        Assert.Equal("Cannot delete entity, must remove users from group first.", (await _server.Root.Iam("DeleteUser", "UserName", "bob")).Message);
        Assert.Equal("Cannot delete entity, must remove users from group first.", (await _server.Root.Iam("DeleteGroup", "GroupName", "readers")).Message);
        await Iam("RemoveUserFromGroup", "GroupName", "readers", "UserName", "bob");
        Assert.Equal("Cannot delete entity, must delete policies first.", (await _server.Root.Iam("DeleteGroup", "GroupName", "readers")).Message);
        await Iam("DeleteGroupPolicy", "GroupName", "readers", "PolicyName", "p");
        await Iam("DeleteGroup", "GroupName", "readers");
        Assert.Equal("The group with name readers cannot be found.", (await _server.Root.Iam("AddUserToGroup", "GroupName", "readers", "UserName", "bob")).Message);
        await Iam("DeleteUser", "UserName", "bob");
        var missing = await _server.Root.Iam("RemoveUserFromGroup", "GroupName", "readers", "UserName", "bob");
        Assert.Equal((404, "The user with name bob cannot be found."), (missing.Code, missing.Message));
    }

    private async Task<Answer> Iam(string action, params string[] parameters)
    {
        var answer = await _server.Root.Iam(action, parameters);
        Assert.True(answer.Code == 200, $"{action}: {answer.Body}");
        return answer;
    }
}
