using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;
using Xunit;

namespace Language.Tests.Policy;

public sealed class AuthorizerTests
{
    private const string Host = "token.actions.githubusercontent.com";
    private const string Provider = "arn:aws:iam::111122223333:oidc-provider/" + Host;

    private const string Trust = """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
           "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": ["repo:acme/shop:*", "repo:acme/site:*"]}}}]}
        """;

    [Fact]
    public void Deciding_a_trust_policy_allocates_nothing()
    {
        var request = Request("repo:acme/site:ref:refs/heads/main");
        var policies = new PolicySet { Resource = Compiled(Trust), ResourcePolicyDelegates = true };
        Assert.Equal(Verdict.Allow, Authorizer.Decide(request, policies));
        for (var i = 0; i < 1_000; i++)
        {
            _ = Authorizer.Decide(request, policies);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _ = Authorizer.Decide(request, policies);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_policy_with_an_error_is_not_half_a_policy()
    {
        var parsed = PolicyParser.ParseJson(new SourceText("t", """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "deny", "Action": "*", "Resource": "*"}]}"""), PolicyKind.Identity);
        Assert.Null(parsed.Policy);
        Assert.NotEmpty(parsed.Partial!.Statements);
    }

    [Fact]
    public void What_cannot_be_read_allows_nothing()
    {
        var request = Request("repo:acme/site:ref:refs/heads/main");
        Assert.Equal(Verdict.ImplicitDeny, Authorizer.Decide(request, new PolicySet { Resource = CompiledPolicy.Nothing }));
        Assert.Equal(Verdict.ImplicitDeny, Authorizer.Decide(request, new PolicySet()));
    }

    [Fact]
    public void One_set_of_policies_answers_many_threads()
    {
        var policies = new PolicySet { Resource = Compiled(Trust), ResourcePolicyDelegates = true };
        Parallel.For(0, 2_000, i => Assert.Equal(
            i % 2 == 0 ? Verdict.Allow : Verdict.ImplicitDeny,
            Authorizer.Decide(Request(i % 2 == 0 ? "repo:acme/site:pull_request" : "repo:other/site:pull_request"), policies)));
    }

    private static AccessRequest Request(string subject) => new("sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/deploy", new Requester.Federated(Provider), new RequestContext().With(Host + ":aud", "sts.amazonaws.com").With(Host + ":sub", subject))
    {
        ResourceAccount = "111122223333",
    };

    private static CompiledPolicy Compiled(string text) => CompiledPolicy.Compile(PolicyParser.ParseJson(new SourceText("trust.json", text), PolicyKind.Trust).Policy!);
}
