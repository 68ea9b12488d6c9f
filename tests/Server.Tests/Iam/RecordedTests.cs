using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>What AWS answered when it was recorded, in 2025 and 2026: code, status and text.</summary>
public sealed class RecordedTests : IAsyncLifetime
{
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
    private const string Reads = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.Start(options => options with { Accounts = ["111111111111"] });
        foreach (var (action, parameters) in new (string, string[])[]
        {
            ("CreateRole", ["RoleName", "r", "AssumeRolePolicyDocument", Trust]),
            ("CreateUser", ["UserName", "u"]),
            ("CreateGroup", ["GroupName", "g"]),
            ("CreatePolicy", ["PolicyName", "p", "PolicyDocument", Reads]),
        })
        {
            Assert.Equal(200, (await _server.Root.Iam(action, parameters)).Code);
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(400, "ValidationError", "ARN longpolicynamebutnoarn is not valid.", "AttachRolePolicy", "RoleName", "r", "PolicyArn", "longpolicynamebutnoarn")]
    [InlineData(404, "NoSuchEntity", "Policy arn:aws:iam::111111111111:policy/none does not exist or is not attachable.", "AttachUserPolicy", "UserName", "u", "PolicyArn", "arn:aws:iam::111111111111:policy/none")]
    [InlineData(404, "NoSuchEntity", "Policy arn:aws:iam::aws:policy/Nonexistent was not found.", "DetachRolePolicy", "RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/Nonexistent")]
    [InlineData(404, "NoSuchEntity", "Policy arn:aws:iam::111111111111:policy/none version v1 does not exist or is not attachable.", "GetPolicyVersion", "PolicyArn", "arn:aws:iam::111111111111:policy/none", "VersionId", "v1")]
    [InlineData(404, "NoSuchEntity", "Policy arn:aws:iam::111111111111:policy/none version v1 does not exist or is not attachable.", "SetDefaultPolicyVersion", "PolicyArn", "arn:aws:iam::111111111111:policy/none", "VersionId", "v1")]
    [InlineData(404, "NoSuchEntity", "Policy arn:aws:iam::111111111111:policy/p version v9 does not exist or is not attachable.", "DeletePolicyVersion", "PolicyArn", "arn:aws:iam::111111111111:policy/p", "VersionId", "v9")]
    [InlineData(404, "NoSuchEntity", "Policy arn:aws:iam::111111111111:policy/none does not exist or is not attachable.", "ListEntitiesForPolicy", "PolicyArn", "arn:aws:iam::111111111111:policy/none")]
    [InlineData(404, "NoSuchEntity", "Policy arn:aws:iam::111111111111:policy/none was not found.", "DeletePolicy", "PolicyArn", "arn:aws:iam::111111111111:policy/none")]
    [InlineData(400, "InvalidInput", "ARN arn:aws:iam::111111111111:not_a_policy/x is not valid.", "PutRolePermissionsBoundary", "RoleName", "r", "PermissionsBoundary", "arn:aws:iam::111111111111:not_a_policy/x")]
    [InlineData(400, "InvalidInput", "ARN arn:aws:iam::111111111111:not_a_policy/x is not valid.", "CreateRole", "RoleName", "s", "AssumeRolePolicyDocument", Trust, "PermissionsBoundary", "arn:aws:iam::111111111111:not_a_policy/x")]
    [InlineData(404, "NoSuchEntity", "Scope ARN: arn:aws:iam::111111111111:policy/none does not exist or is not attachable.", "PutRolePermissionsBoundary", "RoleName", "r", "PermissionsBoundary", "arn:aws:iam::111111111111:policy/none")]
    [InlineData(400, "MalformedPolicyDocument", "This policy contains invalid Json", "UpdateAssumeRolePolicy", "RoleName", "r", "PolicyDocument", "no json")]
    [InlineData(400, "MalformedPolicyDocument", "Syntax errors in policy.", "CreatePolicy", "PolicyName", "q", "PolicyDocument", "no json")]
    [InlineData(403, "AccessDenied", "User: arn:aws:iam::111111111111:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE", "GetAccessKeyLastUsed", "AccessKeyId", "AKIAIOSFODNN7EXAMPLE")]
    [InlineData(404, "NoSuchEntity", "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.", "UpdateAccessKey", "UserName", "u", "AccessKeyId", "AKIAIOSFODNN7EXAMPLE", "Status", "Inactive")]
    [InlineData(404, "NoSuchEntity", "The user with name none cannot be found.", "RemoveUserFromGroup", "GroupName", "none", "UserName", "none")]
    [InlineData(404, "NoSuchEntity", "The group with name none cannot be found.", "RemoveUserFromGroup", "GroupName", "none", "UserName", "u")]
    [InlineData(400, "ValidationError", "Invalid Open ID Connect Provider URL", "CreateOpenIDConnectProvider", "Url", "example.org", "ThumbprintList.member.1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData(400, "InvalidInput", "Duplicate tag keys found.", "TagPolicy", "PolicyArn", "arn:aws:iam::111111111111:policy/p", "Tags.member.1.Key", "k", "Tags.member.1.Value", "", "Tags.member.2.Key", "k", "Tags.member.2.Value", "")]
    [InlineData(400, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", "TagRole", "RoleName", "r", "Tags.member.1.Key", "k", "Tags.member.1.Value", "", "Tags.member.2.Key", "K", "Tags.member.2.Value", "")]
    public async Task A_refusal(int status, string code, string message, string action, params string[] parameters)
    {
        var answer = await _server.Root.Iam(action, parameters);
        Assert.Equal((status, code, message), (answer.Code, answer.Error, answer.Message));
    }

    [Fact]
    public async Task Several_violations_of_a_provider()
    {
        var answer = await _server.Root.Iam("CreateOpenIDConnectProvider", "Url", new string('b', 256), "ThumbprintList.member.1", new string('b', 41), "ClientIDList.member.1", new string('b', 256));
        Assert.Equal(
            "3 validation errors detected: Value at 'clientIDList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 1]; "
            + "Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 40, Member must have length greater than or equal to 40]; "
            + "Value at 'url' failed to satisfy constraint: Member must have length less than or equal to 255",
            answer.Message);
    }

    [Fact]
    public async Task Fifty_tags_are_the_most_that_an_entity_has()
    {
        string[] Tags(string prefix, int count) =>
            [.. Enumerable.Range(1, count).SelectMany(n => new[] { $"Tags.member.{n}.Key", $"{prefix}{n}", $"Tags.member.{n}.Value", "" })];
        Assert.Equal(200, (await _server.Root.Iam("TagRole", ["RoleName", "r", .. Tags("a", 50)])).Code);
        var answer = await _server.Root.Iam("TagRole", ["RoleName", "r", .. Tags("b", 1)]);
        Assert.Equal((409, "LimitExceeded", "The number of tags has reached the maximum limit."), (answer.Code, answer.Error, answer.Message));
        Assert.Equal(200, (await _server.Root.Iam("TagRole", ["RoleName", "r", .. Tags("a", 50)])).Code);
        Assert.Equal(
            "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
            (await _server.Root.Iam("TagRole", ["RoleName", "r", .. Tags("a", 51)])).Message);
    }

    [Fact]
    public async Task A_policy_s_shorter_tag_keys_come_first()
    {
        const string arn = "arn:aws:iam::111111111111:policy/p";
        await _server.Root.Iam(
            "TagPolicy", "PolicyArn", arn, "Tags.member.1.Key", "abc", "Tags.member.1.Value", "", "Tags.member.2.Key", "b", "Tags.member.2.Value", "",
            "Tags.member.3.Key", "z", "Tags.member.3.Value", "", "Tags.member.4.Key", "a", "Tags.member.4.Value", "", "Tags.member.5.Key", "A", "Tags.member.5.Value", "");
        Assert.Equal(["A", "a", "b", "z", "abc"], (await _server.Root.Iam("ListPolicyTags", "PolicyArn", arn)).All("Key"));
        Assert.Equal(["A", "a", "b", "z", "abc"], (await _server.Root.Iam("GetPolicy", "PolicyArn", arn)).All("Key"));
        var first = await _server.Root.Iam("ListPolicyTags", "PolicyArn", arn, "MaxItems", "3");
        Assert.Equal(["z", "abc"], (await _server.Root.Iam("ListPolicyTags", "PolicyArn", arn, "Marker", first["Marker"]!)).All("Key"));
    }

    [Fact]
    public async Task Keys_are_changed_without_a_name_by_their_own_user_alone()
    {
        var ann = await _server.User("ann", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}""");
        var others = (await _server.Root.Iam("CreateAccessKey", "UserName", "u"))["AccessKeyId"]!;
        var second = (await ann.Iam("CreateAccessKey"))["AccessKeyId"]!;
        Assert.Equal($"The Access Key with id {others} cannot be found.", (await ann.Iam("DeleteAccessKey", "AccessKeyId", others)).Message);
        Assert.Equal(200, (await ann.Iam("DeleteAccessKey", "AccessKeyId", second)).Code);

        await _server.Root.Iam("PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}""");
        await _server.Root.Iam("UpdateAssumeRolePolicy", "RoleName", "r", "PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}""");
        await _server.Root.Iam("PutUserPolicy", "UserName", "ann", "PolicyName", "q", "PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}""");
        var session = await ann.Sts("AssumeRole", "RoleArn", "arn:aws:iam::111111111111:role/r", "RoleSessionName", "ci");
        var role = _server.Client(session["AccessKeyId"]!, session["SecretAccessKey"]!, session["SessionToken"]);
        var answer = await role.Iam("DeleteAccessKey", "AccessKeyId", others);
        Assert.Equal((400, "ValidationError", "Must specify userName when calling with non-User credentials"), (answer.Code, answer.Error, answer.Message));
    }
}
