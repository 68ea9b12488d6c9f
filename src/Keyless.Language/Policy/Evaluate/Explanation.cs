using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate.NearMisses;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>A verdict with everything that led to it.</summary>
public sealed record Decision(Verdict Verdict, Explanation Explanation);

/// <summary>
/// Why a request was decided as it was, as data: every policy, statement, element and condition with its own verdict, what it wanted
/// and what it got. <see cref="ExplanationText"/> and <see cref="ExplanationJson"/> print it.
/// </summary>
/// <param name="DecidedBy">The kind of policy that decided; null when no policy had to.</param>
public sealed record Explanation(AccessRequest Request, Verdict Verdict, PolicyKind? DecidedBy, ImmutableArray<PolicyExplanation> Policies)
{
    /// <summary>What decided, in one sentence of any length: for a request that nothing allows the reason alone.</summary>
    public required string Cause { get; init; }

    /// <summary>The verdict and its cause.</summary>
    public string Sentence => Verdict == Verdict.ImplicitDeny ? $"not allowed: {Cause}" : Cause;

    /// <summary>The same as a first line, no longer than those are.</summary>
    public string Summary => FirstLine.Of(Sentence);

    /// <summary>What stands in the way, for a sentence that has said who asks for what already.</summary>
    public required string Brief { get; init; }

    /// <summary>The statement that decided; for an implicit deny the one of the deciding kind that came closest. Null when there is none.</summary>
    public StatementExplanation? Decisive { get; init; }

    /// <summary>What the closest statement almost says, with the change that mends it; the most telling first.</summary>
    public ImmutableArray<NearMiss> NearMisses { get; init; } = [];

    /// <summary>What to change, all of it, so that the request is allowed; empty when it is, or nothing comes close.</summary>
    public ImmutableArray<string> Changes { get; init; } = [];

    /// <summary>The same in one sentence; null when there is nothing to say.</summary>
    public string? Change => Changes.IsEmpty ? null : string.Join("; and ", Changes);

    /// <summary>The name of the policy with the deciding statement; null when it has none.</summary>
    public string? DecisivePolicy { get; init; }
}

/// <summary>One policy's part.</summary>
/// <param name="Name">How messages call it.</param>
/// <param name="Level">For control policies the level of the organisation, 0 at the root.</param>
/// <param name="Consulted">False when this kind of policy does not concern the requester.</param>
public sealed record PolicyExplanation(PolicyKind Kind, string Name, int? Level, bool Consulted, SourceText Source, ImmutableArray<StatementExplanation> Statements)
{
    public bool Denies => Consulted && Statements.Any(s => s.Applies && s.Statement.Effect.Value == Effect.Deny);

    public bool Allows => Consulted && Statements.Any(s => s.Applies && s.Statement.Effect.Value == Effect.Allow);
}

/// <summary>One statement's part: it applies when each of its elements holds.</summary>
/// <param name="Label">Its Sid, or its number counted from 1.</param>
/// <param name="Principal">Null in policies whose principal is whoever they are attached to.</param>
/// <param name="Resource">Null in policies whose resource is what they are attached to.</param>
public sealed record StatementExplanation(
    Statement Statement,
    string Label,
    bool Applies,
    ElementCheck Action,
    ElementCheck? Resource,
    ElementCheck? Principal,
    ImmutableArray<ConditionCheck> Conditions)
{
    /// <summary>The principal's, action's and resource's checks that there are.</summary>
    public IEnumerable<ElementCheck> Elements => new[] { Principal, Action, Resource }.OfType<ElementCheck>();

    public IEnumerable<ElementCheck> FailedElements => Elements.Where(e => !e.Holds);

    /// <summary>The conditions that fail for this caller: those of a statement about others are for others.</summary>
    internal IEnumerable<ConditionCheck> FailedConditions(AccessRequest request) =>
        Conditions.Where(c => !c.Holds && (Principal is not { Holds: false } principal || ElementNearMiss.Of(request, Statement, principal) is not null));

    /// <summary>How many of its checks fail: 0 when it applies.</summary>
    public int Failures => Elements.Count(e => !e.Holds) + Conditions.Count(c => !c.Holds);
}

/// <summary>The check of <c>Principal</c>, <c>Action</c>, <c>Resource</c> or their Not-forms.</summary>
/// <param name="Element">As written.</param>
/// <param name="Wanted">The patterns of the policy.</param>
/// <param name="Got">What the request has.</param>
/// <param name="Reason">Why it holds or not, a part of a sentence.</param>
public sealed record ElementCheck(string Element, bool Holds, ImmutableArray<string> Wanted, string Got, string Reason, SourceSpan Span);

/// <summary>The check of one key under one operator.</summary>
/// <param name="Operator">As written.</param>
/// <param name="Key">As written.</param>
/// <param name="Wanted">The policy's values, variables filled in where that changes them.</param>
/// <param name="Got">The request's values; null when it has no such key.</param>
/// <param name="Reason">Why it holds or not, a part of a sentence.</param>
public sealed record ConditionCheck(
    Condition Condition,
    string Operator,
    string Key,
    bool Holds,
    ImmutableArray<string> Wanted,
    ImmutableArray<string>? Got,
    string Reason,
    SourceSpan Span)
{
    /// <summary>Whether it is of a provider, whose keys are the token's claims.</summary>
    public bool IsClaim => Key.AsSpan(0, Math.Max(Key.LastIndexOf(':'), 0)).Contains('.');

    /// <summary>The key without the provider in front.</summary>
    public string Name => IsClaim ? Key[(Key.LastIndexOf(':') + 1)..] : Key;

    /// <summary>What sentences call it: claims have shorter names, and better known ones, than keys.</summary>
    public string Named => IsClaim ? $"the token's `{Name}`" : $"`{Key}`";
}

/// <summary>Something close to a match that is none.</summary>
/// <param name="Id">Stable, kebab-case.</param>
/// <param name="Message">What is nearly right, one sentence.</param>
/// <param name="Change">What to change, one sentence.</param>
/// <param name="Span">The place in the policy.</param>
public sealed record NearMiss(string Id, string Message, string Change, SourceSpan Span);
