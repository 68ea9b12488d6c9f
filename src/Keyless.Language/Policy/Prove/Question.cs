using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

public enum Ask
{
    /// <summary>Is there a token in the set that the policy admits?</summary>
    Exists,

    /// <summary>Does the policy admit every token of the set?</summary>
    Covers,

    /// <summary>Within the set, does the other policy admit all that this one admits?</summary>
    Subset,

    /// <summary>Within the set, do both policies admit the same?</summary>
    Equal,
}

/// <summary>A statement about role trust policies, to be proved or refuted by a token.</summary>
/// <param name="B">The other policy of <see cref="Ask.Subset"/> and <see cref="Ask.Equal"/>.</param>
/// <param name="Where">The set of tokens in question: all tests hold. Empty means every token.</param>
public sealed record Question(Ask Ask, PolicyDocument A, PolicyDocument? B, ImmutableArray<ClaimTest> Where, TokenDomain Domain)
{
    /// <summary>A further set the tokens must lie in; null for none.</summary>
    public TokenSet? Within { get; init; }

    /// <summary>A set the tokens must not lie in; null for none.</summary>
    public TokenSet? Outside { get; init; }

    /// <summary>The provider whose tokens are meant; null means those the policies name.</summary>
    public OidcProvider? Provider { get; init; }
}

public enum ClaimOperator
{
    Is,
    Not,
    Like,
    NotLike,
    Present,
    Absent,
    InCidr,
}

/// <summary>One test that delimits a set of tokens. A claim that AWS fills no key for can be named too, and so can a condition key such as <c>aws:SourceIp</c>.</summary>
public sealed record ClaimTest(string Claim, ClaimOperator Operator, string Value)
{
    public override string ToString() => Operator switch
    {
        ClaimOperator.Is => $"{Claim}={Value}",
        ClaimOperator.Not => $"{Claim}!={Value}",
        ClaimOperator.Like => $"{Claim}~{Value}",
        ClaimOperator.NotLike => $"{Claim}!~{Value}",
        ClaimOperator.Present => $"{Claim} present",
        ClaimOperator.Absent => $"{Claim} absent",
        _ => $"{Claim} in {Value}",
    };

    /// <summary>The complement.</summary>
    public ClaimTest? Negated() => Operator switch
    {
        ClaimOperator.Is => this with { Operator = ClaimOperator.Not },
        ClaimOperator.Not => this with { Operator = ClaimOperator.Is },
        ClaimOperator.Like => this with { Operator = ClaimOperator.NotLike },
        ClaimOperator.NotLike => this with { Operator = ClaimOperator.Like },
        ClaimOperator.Present => this with { Operator = ClaimOperator.Absent },
        ClaimOperator.Absent => this with { Operator = ClaimOperator.Present },
        _ => null,
    };
}

/// <summary>A set of tokens: of each row of alternatives at least one test holds.</summary>
public sealed record TokenSet(ImmutableArray<ImmutableArray<ClaimTest>> Rows)
{
    public bool Contains(Counterexample token) => Rows.All(row => row.Any(test => Prover.Satisfies(token, test)));

    public override string ToString() => string.Join(" and ", Rows.Select(row => string.Join(" or ", row)));
}

/// <summary>The answer to a <see cref="Question"/>; never a guess.</summary>
public abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>No token refutes it, under the domain's assumptions.</summary>
    public sealed record Proved : Answer;

    /// <summary>A token that refutes it, confirmed by the evaluator.</summary>
    /// <param name="AdmittedByA">Which of two policies admits it; meaningful where two are compared.</param>
    public sealed record Refuted(Counterexample Counterexample, bool AdmittedByA) : Answer;

    /// <param name="Reason">A sentence.</param>
    public sealed record Undecided(string Reason) : Answer;
}
