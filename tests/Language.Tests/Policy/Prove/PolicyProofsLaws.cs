using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Policy.Prove;
using Xunit;

namespace Language.Tests.Policy.Prove;

public sealed class PolicyProofsLaws
{
    private readonly Random _random = new(53);

    [Fact]
    public void Removing_a_statement_proved_dead_or_redundant_changes_no_decision()
    {
        var removed = 0;
        for (var i = 0; i < 250; i++)
        {
            var policy = Identity();
            var proofs = new PolicyProofs(policy);
            var nothing = proofs.GrantsNothing();
            foreach (var statement in policy.Statements)
            {
                var redundant = proofs.IsDead(statement) || !proofs.MadeRedundantBy(statement).IsEmpty;
                removed += redundant ? 1 : 0;
                var without = policy with { Statements = policy.Statements.Remove(statement) };
                for (var j = 0; j < 30 && (redundant || nothing); j++)
                {
                    var request = Request();
                    var verdict = Decide(request, policy);
                    Assert.True(!redundant || Allows(verdict) == Allows(Decide(request, without)), $"statement {statement.Index} is not redundant\n{policy.Source.Text}\n{request.Action} {request.Resource}");
                    Assert.True(!nothing || !Allows(verdict), $"something is granted\n{policy.Source.Text}\n{request.Action} {request.Resource}");
                }
            }
        }

        Assert.True(removed > 20, $"only {removed} statements were redundant: the law was hardly tried");
    }

    [Fact]
    public void Every_request_satisfies_a_condition_proved_a_tautology_and_none_an_unsatisfiable_one()
    {
        var (always, never) = (0, 0);
        for (var i = 0; i < 250; i++)
        {
            var policy = Identity();
            var proofs = new PolicyProofs(policy);
            foreach (var statement in policy.Statements.Where(statement => statement.Conditions.Length > 0))
            {
                var alone = policy with { Statements = [statement with { Effect = new Located<Effect>(Effect.Allow, statement.Effect.Span) }] };
                var unconditional = alone with { Statements = [alone.Statements[0] with { Conditions = [] }] };
                var isNever = statement.Effect.Value == Effect.Allow && proofs.IsUnsatisfiable(statement);
                var isAlways = statement.Effect.Value == Effect.Allow && statement.Conditions.All(condition => proofs.IsTautology(statement, condition));
                always += isAlways ? 1 : 0;
                never += isNever ? 1 : 0;
                for (var j = 0; j < 30 && (isNever || isAlways); j++)
                {
                    var request = Request();
                    var allowed = Allows(Decide(request, alone));
                    Assert.True(!isNever || !allowed, policy.Source.Text);
                    Assert.True(!isAlways || allowed == Allows(Decide(request, unconditional)), policy.Source.Text);
                }
            }
        }

        Assert.True(always > 5 && never > 2, $"{always} tautologies, {never} unsatisfiable: the law was hardly tried");
    }

    private static bool Allows(Verdict verdict) => verdict == Verdict.Allow;

    private static Verdict Decide(AccessRequest request, PolicyDocument policy) => Authorizer.Decide(request, new PolicySet { Identity = [CompiledPolicy.Compile(policy)] });

    private AccessRequest Request()
    {
        var context = new RequestContext();
        if (_random.Next(3) > 0)
        {
            context.With("aws:SourceIp", Pick("203.0.113.7", "198.51.100.1", "2001:db8::1"));
        }

        if (_random.Next(3) > 0)
        {
            context.With("s3:prefix", Pick("", "home/a", "tmp", "home/"));
        }

        if (_random.Next(3) > 0)
        {
            context.With("s3:max-keys", Pick("1", "10", "11", "100"));
        }

        context.With("aws:CurrentTime", Pick("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2027-05-05T00:00:00Z"));
        return new AccessRequest(
            Pick("s3:GetObject", "s3:PutObject", "s3:ListBucket", "iam:PassRole"),
            Pick("arn:aws:s3:::a/b", "arn:aws:s3:::a", "arn:aws:s3:::ab/x/y", "arn:aws:iam::111122223333:role/x", "*"),
            new Requester.Aws("arn:aws:iam::111122223333:user/u"),
            context)
        {
            ResourceAccount = "111122223333",
        };
    }

    private PolicyDocument Identity()
    {
        var statements = Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => Statement());
        var text = $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}] }""";
        var parsed = PolicyParser.ParseJson(new SourceText("policy.json", text), PolicyKind.Identity);
        return parsed.Policy ?? throw new InvalidOperationException(TextRenderer.Render(parsed.Diagnostics));
    }

    private string Statement()
    {
        var action = $"\"{Pick("Action", "Action", "NotAction")}\":\"{Pick("s3:*", "s3:Get*", "s3:GetObject", "*", "s3:?utObject", "iam:PassRole")}\"";
        var resource = $"\"{Pick("Resource", "Resource", "Resource", "NotResource")}\":\"{Pick("*", "arn:aws:s3:::a*", "arn:aws:s3:::a/*", "arn:aws:s3:::a", "arn:aws:s3:::*/b")}\"";
        var condition = _random.Next(3) switch
        {
            0 => "",
            _ => ",\"Condition\":{" + Pick(
                "\"IpAddress\":{\"aws:SourceIp\":\"203.0.113.0/24\"}", "\"IpAddressIfExists\":{\"aws:SourceIp\":[\"0.0.0.0/0\",\"::/0\"]}",
                "\"StringLike\":{\"s3:prefix\":\"home/*\"}", "\"StringLikeIfExists\":{\"s3:prefix\":\"*\"}", "\"StringEquals\":{\"s3:prefix\":\"home/a\"},\"StringLike\":{\"s3:prefix\":\"tmp*\"}",
                "\"NumericLessThan\":{\"s3:max-keys\":\"11\"}", "\"NumericLessThan\":{\"s3:max-keys\":\"5\"},\"NumericGreaterThan\":{\"s3:max-keys\":\"5\"}",
                "\"DateLessThan\":{\"aws:CurrentTime\":\"2026-01-01T00:00:00Z\"}", "\"Null\":{\"s3:prefix\":\"true\"}", "\"StringNotEquals\":{\"s3:prefix\":\"tmp\"}") + "}",
        };
        return $$"""{"Effect":"{{Pick("Allow", "Allow", "Deny")}}",{{action}},{{resource}}{{condition}} }""";
    }

    private string Pick(params string[] words) => words[_random.Next(words.Length)];
}
