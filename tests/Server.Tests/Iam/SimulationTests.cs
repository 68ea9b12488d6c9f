using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>The policy simulator's operations.</summary>
public sealed class SimulationTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_action_on_each_resource_has_a_result_with_the_statement_that_decided()
    {
        const string policy = """
            {"Version":"2012-10-17","Statement":[
             {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::site/*"},
             {"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}]}
            """;
        var answer = await _server.Root.Iam(
            "SimulateCustomPolicy", "PolicyInputList.member.1", policy, "ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:DeleteObject",
            "ResourceArns.member.1", "arn:aws:s3:::site/a", "ResourceArns.member.2", "arn:aws:s3:::other/a");
        Assert.Equal(["allowed", "implicitDeny", "explicitDeny", "explicitDeny"], answer.All("EvalDecision"));
        Assert.Equal("PolicyInputList.1", answer["SourcePolicyId"]);
        Assert.Equal(["2", "2"], answer.All("Line").Take(2));
    }

    [Fact]
    public async Task Keys_that_were_not_given_are_named()
    {
        const string policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::home/${aws:username}/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}""";
        var keys = await _server.Root.Iam("GetContextKeysForCustomPolicy", "PolicyInputList.member.1", policy);
        Assert.Equal(["aws:SecureTransport", "aws:username"], keys.All("member"));
        var without = await _server.Root.Iam("SimulateCustomPolicy", "PolicyInputList.member.1", policy, "ActionNames.member.1", "s3:GetObject");
        Assert.Equal(["aws:SecureTransport", "aws:username"], without.All("MissingContextValues").Count == 1 ? [.. System.Xml.Linq.XDocument.Parse(without.Body).Descendants().First(e => e.Name.LocalName == "MissingContextValues").Elements().Select(e => e.Value)] : []);
        var with = await _server.Root.Iam(
            "SimulateCustomPolicy", "PolicyInputList.member.1", policy, "ActionNames.member.1", "s3:GetObject", "ResourceArns.member.1", "arn:aws:s3:::home/bob/x",
            "ContextEntries.member.1.ContextKeyName", "aws:username", "ContextEntries.member.1.ContextKeyValues.member.1", "bob", "ContextEntries.member.1.ContextKeyType", "string",
            "ContextEntries.member.2.ContextKeyName", "aws:SecureTransport", "ContextEntries.member.2.ContextKeyValues.member.1", "true", "ContextEntries.member.2.ContextKeyType", "boolean");
        Assert.Equal("allowed", with["EvalDecision"]);
    }

    [Fact]
    public async Task A_principal_is_simulated_under_its_boundary()
    {
        await _server.User("bob", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""");
        var boundary = await _server.Root.Iam("CreatePolicy", "PolicyName", "b", "PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""");
        await _server.Root.Iam("PutUserPermissionsBoundary", "UserName", "bob", "PermissionsBoundary", boundary["Arn"]!);
        var answer = await _server.Root.Iam(
            "SimulatePrincipalPolicy", "PolicySourceArn", $"arn:aws:iam::{_server.Account}:user/bob", "ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "iam:GetUser");
        Assert.Equal(["allowed", "implicitDeny"], answer.All("EvalDecision"));
        Assert.Equal(["true", "false"], answer.All("AllowedByPermissionsBoundary"));
        Assert.Contains("user_bob_p", answer.All("SourcePolicyId"));
    }
}
