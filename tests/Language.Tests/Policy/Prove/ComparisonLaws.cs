using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;
using Xunit;

namespace Language.Tests.Policy.Prove;

public sealed class ComparisonLaws
{
    private static readonly Func<Budget> Enough = () => new Budget(cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void A_policy_equals_itself_in_any_order_of_its_statements()
    {
        var random = new RandomQuestions(31);
        for (var i = 0; i < 60; i++)
        {
            var policy = random.Next().A;
            var turned = policy with { Statements = [.. policy.Statements.Reverse()] };
            Assert.Equal(ChangeKind.Equal, PolicyChange.Between(policy, turned, TokenDomain.Default, Enough).Kind);
        }
    }

    [Fact]
    public void Adding_an_Allow_never_makes_it_stricter_and_adding_a_Deny_never_wider()
    {
        var random = new RandomQuestions(37);
        for (var i = 0; i < 80; i++)
        {
            var (policy, other) = (random.Next().A, random.Next().A);
            foreach (var statement in other.Statements)
            {
                var more = policy with { Statements = [.. policy.Statements, statement with { Index = policy.Statements.Length }] };
                var kind = PolicyChange.Between(policy, more, TokenDomain.Default, Enough).Kind;
                Assert.True(statement.Effect.Value == Effect.Allow ? kind is ChangeKind.Equal or ChangeKind.Wider : kind is ChangeKind.Equal or ChangeKind.Stricter, $"{statement.Effect.Value}: {kind}\n{policy.Source.Text}\n{other.Source.Text}");
            }
        }
    }

    [Fact]
    public void The_tokens_of_a_comparison_are_admitted_by_one_side_only()
    {
        var random = new RandomQuestions(41);
        for (var i = 0; i < 80; i++)
        {
            var (before, after) = (random.Next().A, random.Next().A);
            var change = PolicyChange.Between(before, after, TokenDomain.Default, Enough);
            if (change.Gained is { } gained)
            {
                Assert.Equal(Verdict.Allow, gained.Replay(after));
                Assert.NotEqual(Verdict.Allow, gained.Replay(before));
            }

            if (change.Lost is { } lost)
            {
                Assert.Equal(Verdict.Allow, lost.Replay(before));
                Assert.NotEqual(Verdict.Allow, lost.Replay(after));
            }
        }
    }

    [Fact]
    public void Who_can_is_empty_exactly_when_no_token_gets_in_and_its_examples_get_in()
    {
        var random = new RandomQuestions(43);
        var empty = 0;
        for (var i = 0; i < 15; i++)
        {
            var policy = random.Next().A;
            var admissions = WhoCan.Assume(policy, RandomQuestions.Domain, Enough());
            Assert.Null(admissions.Undecided);
            var some = Prover.Decide(new Question(Ask.Exists, policy, null, [], RandomQuestions.Domain), Enough()) is Answer.Refuted;
            Assert.Equal(some, !admissions.Admitted.IsEmpty);
            Assert.All(admissions.Admitted, admission => Assert.Equal(Verdict.Allow, admission.Example.Replay(policy)));
            empty += some ? 0 : 1;
        }

        Assert.InRange(empty, 1, 14);
    }

    [Fact]
    public void A_repository_that_is_not_listed_cannot_get_in()
    {
        var random = new RandomQuestions(47);
        for (var i = 0; i < 15; i++)
        {
            var policy = random.Next().A;
            var admissions = WhoCan.Assume(policy, RandomQuestions.Domain, Enough());
            foreach (var (owner, repository) in new[] { ("octo-org", "octo-repo"), ("octo-org", "platform") })
            {
                var name = $"{owner}/{repository}";
                var listed = admissions.Admitted.Any(admission => admission.Who.Split(", ").Contains(name) || admission.Who == $"every repository of {owner}");
                var question = new Question(Ask.Exists, policy, null, [new ClaimTest("repository", ClaimOperator.Is, name)], RandomQuestions.Domain);
                Assert.True(listed == Prover.Decide(question, Enough()) is Answer.Refuted, $"{name} is {(listed ? "" : "not ")}listed\n{policy.Source.Text}");
            }
        }
    }

    [Fact]
    public void Statements_that_do_nothing_are_found_by_proof()
    {
        const string head = """
            "Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":
            """;
        var policy = RandomQuestions.Parse($$"""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow",{{head}}"repo:octo-org/site:*"} } },
              {"Effect":"Allow",{{head}}"repo:octo-org/site:pull_request"} } },
              {"Effect":"Deny",{{head}}"repo:other/*"} } },
              {"Effect":"Allow",{{head}}"repo:octo-org/site:ref:main"} } }] }
            """);
        var proofs = new PolicyProofs(policy);
        Assert.False(proofs.GrantsNothing());
        Assert.Equal([false, false, true, true], policy.Statements.Select(proofs.IsDead));
        Assert.Empty(proofs.MadeRedundantBy(policy.Statements[0]));
        Assert.Equal([0], proofs.MadeRedundantBy(policy.Statements[1]).Select(statement => statement.Index));
        Assert.True(proofs.IsUnrealisableSubject("StringLike", "repo:octo-org/site:ref:main"));
        Assert.False(proofs.IsUnrealisableSubject("StringLike", "repo:octo-org/site:ref:*"));
        Assert.True(new PolicyProofs(policy with { Statements = [policy.Statements[3]] }).GrantsNothing());
    }
}
