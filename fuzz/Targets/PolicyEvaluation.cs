using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;

namespace Fuzz.Targets;

/// <summary>The evaluator on whatever can be read: an explanation decides as the decision does, and can be printed.</summary>
internal sealed class PolicyEvaluation : Target
{
    private static readonly AccessRequest[] Requests =
    [
        new("sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/deploy", new Requester.Federated("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"), Context()),
        new("s3:GetObject", "arn:aws:s3:::b/ana/k", new Requester.Aws("arn:aws:sts::111122223333:assumed-role/deploy/ci"), Context()),
        new("s3:ListBucket", "*", new Requester.Anonymous(), Context()),
    ];

    public override IEnumerable<string> Seeds => PolicySeeds.Documents;

    public override IEnumerable<string> Words => PolicySeeds.Words;

    public override void Run(string input)
    {
        if (PolicyParser.ParseJson(new SourceText("fuzz", input), Keyless.Language.Policy.Document.PolicyKind.Resource).Partial is not { } document)
        {
            return;
        }

        var policy = CompiledPolicy.Compile(document);
        foreach (var request in Requests)
        {
            PolicySet set = new() { Resource = policy, Identity = [policy], Session = [policy] };
            var decision = Authorizer.Explain(request, set);
            Promise(decision.Verdict == Authorizer.Decide(request, set), "explaining decides as deciding does");
            Promise(decision.Verdict != Verdict.Allow || decision.Explanation.Decisive is { Applies: true }, "an allowance names the statement");
            _ = ExplanationText.Render(decision.Explanation, all: true);
            _ = ExplanationJson.Render(decision.Explanation);
        }
    }

    private static RequestContext Context() => new RequestContext()
        .With("token.actions.githubusercontent.com:aud", "sts.amazonaws.com")
        .With("token.actions.githubusercontent.com:sub", "repo:acme/site:ref:refs/heads/main")
        .With("aws:username", "ana*")
        .With("aws:SourceIp", "2001:db8::1")
        .With("aws:CurrentTime", "2026-01-01T00:00:00Z")
        .With("aws:SourceArn", "arn:aws:sns:eu-west-1:1:t")
        .With("s3:max-keys", "10")
        .With("k:b", "YWJj")
        .With("aws:TagKeys", ["a", "bc"]);
}
