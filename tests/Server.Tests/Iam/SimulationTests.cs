using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>The policy simulator's operations.</summary>
public sealed class SimulationTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_action_has_its_most_restrictive_decision_and_each_resource_its_own()
    {
        const string policy = """
            {"Version":"2012-10-17","Statement":[
             {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::site/*"},
             {"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}]}
            """;
        var answer = await _server.Root.Iam(
            "SimulateCustomPolicy", "PolicyInputList.member.1", policy, "ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:DeleteObject",
            "ResourceArns.member.1", "arn:aws:s3:::site/a", "ResourceArns.member.2", "arn:aws:s3:::other/a");
        Assert.Equal(["implicitDeny", "explicitDeny"], answer.All("EvalDecision"));
        Assert.Equal(["allowed", "implicitDeny", "explicitDeny", "explicitDeny"], answer.All("EvalResourceDecision"));
        Assert.Equal("PolicyInputList.1", answer["SourcePolicyId"]);

        var first = await _server.Root.Iam(
            "SimulateCustomPolicy", "PolicyInputList.member.1", policy, "ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:DeleteObject", "MaxItems", "1");
        Assert.Equal(["s3:GetObject"], first.All("EvalActionName"));
        var second = await _server.Root.Iam(
            "SimulateCustomPolicy", "PolicyInputList.member.1", policy, "ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:DeleteObject",
            "Marker", first["Marker"]!);
        Assert.Equal(["s3:DeleteObject"], second.All("EvalActionName"));
    }

    /// <summary>As recorded: in a list from the bracket or comma before a statement, alone from its brace, always to just after its end.</summary>
    [Theory]
    [InlineData("""{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}""", 1, 41, 1, 113)]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}""", 1, 38, 1, 95)]
    [InlineData("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}", 3, 17, 8, 6)]
    public async Task A_matched_statement_has_the_positions_that_AWS_gives_it(string policy, int startLine, int startColumn, int endLine, int endColumn)
    {
        var answer = await _server.Root.Iam("SimulateCustomPolicy", "PolicyInputList.member.1", policy, "ActionNames.member.1", "s3:PutObject");
        Assert.Equal(
            [startLine.ToString(), startColumn.ToString(), endLine.ToString(), endColumn.ToString()],
            answer.All("Line").Zip(answer.All("Column")).SelectMany(pair => new[] { pair.First, pair.Second }));
    }

    [Fact]
    public async Task Details_are_there_for_resources_alone()
    {
        string[] question = ["PolicyInputList.member.1", """{"Version":"2012-10-17","Statement":[]}""".Replace("[]", """{"Effect":"Allow","Action":"*","Resource":"*"}"""), "ActionNames.member.1", "s3:GetObject"];
        Assert.DoesNotContain("EvalDecisionDetails", (await _server.Root.Iam("SimulateCustomPolicy", question)).Body);
        Assert.DoesNotContain("ResourceSpecificResults", (await _server.Root.Iam("SimulateCustomPolicy", [.. question, "ResourceArns.member.1", "*"])).Body);
        Assert.Contains("<EvalDecisionDetails/>", (await _server.Root.Iam("SimulateCustomPolicy", [.. question, "ResourceArns.member.1", "arn:aws:s3:::b/k"])).Body);
    }

    [Theory]
    [InlineData("'123456789012' is not a valid as a Resource Owner.", "ResourceOwner", "123456789012")]
    [InlineData("ResourceNames are not in a valid ARN format: key.", "ResourceArns.member.1", "key")]
    [InlineData("Invalid Entity Arn: arn:aws:sts::123456789012:assumed-role/r/s does not clearly define entity type and name.", "CallerArn", "arn:aws:sts::123456789012:assumed-role/r/s")]
    [InlineData("CallerArn is required if ResourcePolicy is used.", "ResourcePolicy", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}""")]
    [InlineData("1 validation error detected: Value at 'contextEntries.1.member.contextKeyType' failed to satisfy constraint: Member must satisfy enum value set", "ContextEntries.member.1.ContextKeyName", "aws:username", "ContextEntries.member.1.ContextKeyType", "text")]
    public async Task A_question_that_makes_no_sense_is_refused(string message, params string[] parameters)
    {
        await _server.Root.Iam("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""");
        Assert.Equal(message, (await _server.Root.Iam("SimulatePrincipalPolicy", ["PolicySourceArn", $"arn:aws:iam::{_server.Account}:role/r", "ActionNames.member.1", "s3:GetObject", .. parameters])).Message);
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
