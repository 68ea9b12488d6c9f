using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>
/// Decides statements about trust policies exactly: every question is whether a set of tokens is empty, and the answer is a proof or
/// one of its tokens.
/// </summary>
public static class Prover
{
    public static Answer Decide(Question question, Budget budget)
    {
        Answer answer = new Answer.Proved();
        foreach (var provider in ProvidersOf(question))
        {
            answer = Decide(question, provider, budget);
            if (answer is not Answer.Proved)
            {
                return answer;
            }
        }

        return answer;
    }

    /// <summary>Whether a token passes a test, judged on its values.</summary>
    public static bool Satisfies(Counterexample token, ClaimTest test) => Problem.Satisfies(token, test);

    /// <summary>The providers whose tokens a question is about; one at least.</summary>
    internal static ImmutableArray<OidcProvider> ProvidersOf(Question question)
    {
        if (question.Provider is { } given)
        {
            return [given];
        }

        var named = OidcProvider.In(question.B is { } b ? [question.A, b] : [question.A]);
        return named.IsEmpty ? [OidcProvider.Default] : named;
    }

    private static Answer Decide(Question question, OidcProvider provider, Budget budget)
    {
        var (a, b) = (question.A, question.B);
        return question.Ask switch
        {
            Ask.Exists => Find(a, null, admittedByA: true),
            Ask.Covers => Find(null, a, admittedByA: false),
            Ask.Subset => Find(a, b, admittedByA: true),
            _ => Find(a, b, admittedByA: true) switch
            {
                Answer.Refuted more => more,
                var first => Find(b, a, admittedByA: false) is var second && second is not Answer.Proved ? second : first,
            },
        };

        Answer Find(PolicyDocument? admits, PolicyDocument? refuses, bool admittedByA) =>
            Problem.Of(question, provider, admits, refuses).Solve(budget, admittedByA);
    }
}

/// <summary>A set of tokens of one provider: admitted by one policy, refused by another, within a filter. Is it empty?</summary>
internal sealed class Problem(TokenDomain domain, OidcProvider provider)
{
    private static readonly ConditionOperator Equal = ConditionOperators.Find("StringEquals")!.Operator;
    private static readonly ConditionOperator Like = ConditionOperators.Find("StringLike")!.Operator;
    private static readonly ConditionOperator InNetwork = ConditionOperators.Find("IpAddress")!.Operator;

    public PolicyDocument? Admits { get; init; }

    public PolicyDocument? Refuses { get; init; }

    public ImmutableArray<ClaimTest> Where { get; init; } = [];

    public TokenSet? Within { get; init; }

    public TokenSet? Outside { get; init; }

    public static Problem Of(Question question, OidcProvider provider, PolicyDocument? admits, PolicyDocument? refuses) => new(question.Domain, provider)
    {
        Admits = admits,
        Refuses = refuses,
        Where = question.Where,
        Within = question.Within,
        Outside = question.Outside,
    };

    public Answer Solve(Budget budget, bool admittedByA)
    {
        var world = new TokenWorld(domain, provider);
        var prepared = Prepare(world);
        Counterexample? token = null;
        var found = World.Search(prepared, budget, (shape, model) =>
        {
            token = Counterexample.Of(shape, model, provider, prepared.Atoms);
            return Confirm(token);
        });
        return found.Model is not null ? new Answer.Refuted(token!, admittedByA)
            : found.Unsure is { } reason ? new Answer.Undecided(reason)
            : new Answer.Proved();
    }

    public World.Prepared Prepare(TokenWorld world) => world.Prepare(compiler =>
    {
        var parts = Where.Select(test => Compile(compiler, world.Keys, test)).ToList();
        if (Admits is { } admits)
        {
            parts.Add(compiler.Allows(admits, world.Reach(admits, compiler)));
        }

        if (Refuses is { } refuses)
        {
            parts.Add(compiler.Allows(refuses, world.Reach(refuses, compiler)).Negated());
        }

        if (Within is { } within)
        {
            parts.Add(Compile(compiler, world.Keys, within));
        }

        if (Outside is { } outside)
        {
            parts.Add(Compile(compiler, world.Keys, outside).Negated());
        }

        return Formula.And(parts);
    });

    private static Formula Compile(Compiler compiler, TokenKeys keys, TokenSet set) =>
        Formula.And(set.Rows.Select(row => Formula.Or(row.Select(test => Compile(compiler, keys, test)))));

    public static Formula Compile(Compiler compiler, TokenKeys keys, ClaimTest test)
    {
        var meaning = keys.OfClaim(test.Claim);
        return test.Operator switch
        {
            ClaimOperator.Present => compiler.Present(meaning),
            ClaimOperator.Absent => compiler.Present(meaning).Negated(),
            ClaimOperator.Is => Passes(Equal),
            ClaimOperator.Not => Passes(Equal).Negated(),
            ClaimOperator.Like => Passes(Like),
            ClaimOperator.NotLike => Passes(Like).Negated(),
            _ => Passes(InNetwork),
        };

        Formula Passes(ConditionOperator @operator) => compiler.Passes(meaning, @operator, test.Value, PolicyVersion.V20081017);
    }

    /// <summary>Null when the evaluator agrees that the token is one of the set; else what to say instead of a guess.</summary>
    private string? Confirm(Counterexample found)
    {
        var holds = (Admits is null || found.Replay(Admits, domain.Keys) == Verdict.Allow)
            && (Refuses is null || found.Replay(Refuses, domain.Keys) != Verdict.Allow)
            && Where.All(test => Satisfies(found, test))
            && Within?.Contains(found) != false && Outside?.Contains(found) != true;
        return holds ? null : $"the token found, `{found.Subject}`, was not confirmed by the evaluator; please report this question";
    }

    /// <summary>Whether a token passes a test, judged on its values.</summary>
    internal static bool Satisfies(Counterexample found, ClaimTest test)
    {
        var value = found[test.Claim];
        return test.Operator switch
        {
            ClaimOperator.Present => value is not null,
            ClaimOperator.Absent => value is null,
            ClaimOperator.Is => value == test.Value,
            ClaimOperator.Not => value != test.Value,
            ClaimOperator.Like => Matches(Like),
            ClaimOperator.NotLike => !Matches(Like),
            _ => Matches(InNetwork),
        };

        bool Matches(ConditionOperator @operator) =>
            value is not null && @operator.Read(test.Value, PolicyVersion.V20081017).Compare(value, new RequestContext()) == Comparison.Equal;
    }
}
