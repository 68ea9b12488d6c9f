using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>How a new trust policy stands to the old one.</summary>
public enum ChangeKind
{
    /// <summary>Both admit the same tokens.</summary>
    Equal,

    /// <summary>The new one admits less and nothing more.</summary>
    Stricter,

    /// <summary>The new one admits more and nothing less.</summary>
    Wider,

    /// <summary>Each admits tokens that the other refuses.</summary>
    Incomparable,
    Undecided,
}

/// <summary>The difference between two trust policies, each side shown by a token.</summary>
/// <param name="Gained">A token that only the new policy admits.</param>
/// <param name="Lost">A token that only the old policy admits.</param>
/// <param name="Unclear">Why a side could not be decided.</param>
/// <param name="NewOthers">Statements of the new policy that let others than GitHub's jobs in and that the old one does not have word for word.</param>
public sealed record PolicyChange(ChangeKind Kind, Counterexample? Gained, Counterexample? Lost, string? Unclear, ImmutableArray<Statement> NewOthers)
{
    /// <summary>Null stands for a role that does not exist.</summary>
    public static PolicyChange Between(PolicyDocument? before, PolicyDocument? after, TokenDomain domain, Func<Budget> budget)
    {
        domain = KnownNames.In(domain, new[] { before, after }.OfType<PolicyDocument>());
        var gained = Only(after, before, domain, budget);
        var lost = Only(before, after, domain, budget);
        var unclear = (gained as Answer.Undecided ?? lost as Answer.Undecided)?.Reason;
        var kind = (gained, lost) switch
        {
            (Answer.Refuted, Answer.Refuted) => ChangeKind.Incomparable,
            (Answer.Undecided, _) or (_, Answer.Undecided) => ChangeKind.Undecided,
            (Answer.Refuted, _) => ChangeKind.Wider,
            (_, Answer.Refuted) => ChangeKind.Stricter,
            _ => ChangeKind.Equal,
        };
        var old = before is null ? [] : OidcProvider.OthersIn(before).Select(statement => Text(before, statement)).ToHashSet(StringComparer.Ordinal);
        return new PolicyChange(
            kind,
            (gained as Answer.Refuted)?.Counterexample,
            (lost as Answer.Refuted)?.Counterexample,
            unclear,
            after is null ? [] : [.. OidcProvider.OthersIn(after).Where(statement => Compiler.IsAllow(statement) && !old.Contains(Text(after, statement)))]);
    }

    private static Answer Only(PolicyDocument? admits, PolicyDocument? refuses, TokenDomain domain, Func<Budget> budget) =>
        admits is null ? new Answer.Proved()
        : refuses is null ? Prover.Decide(new Question(Ask.Exists, admits, null, [], domain), budget())
        : Prover.Decide(new Question(Ask.Subset, admits, refuses, [], domain), budget());

    /// <summary>A statement without its white space, so that indentation is no change.</summary>
    private static string Text(PolicyDocument policy, Statement statement) =>
        string.Concat(policy.Source[statement.Span].Where(c => !char.IsWhiteSpace(c)));
}
