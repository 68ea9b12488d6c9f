using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Tree;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy;

public sealed class IamVerdictTests
{
    [Fact]
    public void IAM_takes_and_refuses_the_managed_policies_of_the_corpus_with_its_own_words()
    {
        var wrong = new List<string>();
        foreach (var line in File.ReadLines(TestData.PathOf("policy/validate.jsonl")))
        {
            var @case = (MappingNode)JsonReader.Read(new SourceText("case", line)).Root!;
            var refusal = IamVerdict.Of(((ScalarNode)@case["document"]!).Text, PolicyKind.Identity, managed: true);
            // Recorded anew in 2026: the root user has a place among IAM's resources.
            var expected = (((MappingNode)@case["expect"]!)["awsError"] as ScalarNode)?.Text.Replace("either be \"*\" or start", "either be \"*\", root, or start");
            if (refusal?.Message != expected)
            {
                wrong.Add($"{((ScalarNode)@case["id"]!).Text}: {refusal?.Message ?? "accepted"}, expected {expected ?? "accepted"}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_refusal_says_what_AWS_does_not()
    {
        foreach (var line in File.ReadLines(TestData.PathOf("policy/validate.jsonl")))
        {
            var @case = (MappingNode)JsonReader.Read(new SourceText("case", line)).Root!;
            if (IamVerdict.Of(((ScalarNode)@case["document"]!).Text, PolicyKind.Identity, managed: true) is { } refusal)
            {
                Assert.NotEqual(refusal.Message, refusal.Cause);
                Assert.True(refusal.Cause.Length > 10 && !refusal.Cause.EndsWith(": ", StringComparison.Ordinal), refusal.Cause);
                Assert.True(refusal.Help is not null || refusal.Cause.Contains("expected", StringComparison.Ordinal), refusal.Cause);
            }
        }
    }

    [Theory]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Resource":"*"}}""", "Has prohibited field Resource")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}""", "Missing required field Principal")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"ana"},"Action":"sts:AssumeRole"}}""", "Invalid principal in policy: \"AWS\":\"ana\"")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ci-*"},"Action":"sts:AssumeRole"}}""", "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:role/ci-*\"")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}""", "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"https://gitlab.com"},"Action":"sts:AssumeRoleWithWebIdentity"}}""", "Federated principals must be valid domain names or SAML metadata ARNs")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject"}}""", "AssumeRole policy may only specify STS AssumeRole actions.")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"AssumeRole"}}""", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    [InlineData("""{"Version":"2012-10-17","Statement":[]}""", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2012-10-17",}""", "This policy contains invalid Json")]
    [InlineData("""{"Version":"2008-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}""", null)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity"}}""", null)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}}}""", null)]
    public void A_trust_policy_is_taken_or_refused_in_AWS_words(string document, string? expected) =>
        Assert.Equal(expected, IamVerdict.Of(document, PolicyKind.Trust)?.Message);

    [Theory]
    [InlineData("This is no policy", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":["arn:error:s3:::b","arn:error:s3::b"]}}""", "Partition \"error\" is not valid for resource \"arn:error:s3:::b\".")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3::b"}}""", "The policy failed legacy parsing")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"invalid"}}""", "Policy statement must contain resources.")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:root"}}""", null)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"DateGreaterThan":{"a":"01T"}}}}""", null)]
    public void A_permissions_policy_is_taken_or_refused_in_AWS_words(string document, string? expected) =>
        Assert.Equal(expected, IamVerdict.Of(document, PolicyKind.Identity, managed: true)?.Message);

    [Fact]
    public void White_space_does_not_count_towards_the_limit()
    {
        var policy = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Sid":"SID"}}""";
        Assert.Null(IamVerdict.Of(policy.Replace(",", ",\n" + new string(' ', 1000)), PolicyKind.Trust));
        Assert.Equal("Cannot exceed quota for ACLSizePerRole: 2048", IamVerdict.Of(policy.Replace("SID", new string('a', 2000)), PolicyKind.Trust)?.Message);
    }
}
