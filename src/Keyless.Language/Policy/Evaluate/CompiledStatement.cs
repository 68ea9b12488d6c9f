using System.Collections.Immutable;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>A statement with its patterns read.</summary>
internal sealed class CompiledStatement
{
    private readonly PolicyKind _kind;

    public CompiledStatement(Statement source, PolicyVersion version, PolicyKind kind)
    {
        Source = source;
        _kind = kind;
        Actions = [.. source.Action.Patterns.Select(p => new CompiledAction(p.Value))];
        Resources = [.. (source.Resource?.Patterns ?? []).Select(p => new CompiledResource(p.Value, version, kind))];
        Principals = [.. (source.Principal?.Values ?? []).Select(v => new CompiledPrincipal(v))];
        Conditions = [.. source.Conditions.Select(c => new CompiledCondition(c, version))];
    }

    public Statement Source { get; }

    public ImmutableArray<CompiledAction> Actions { get; }

    public ImmutableArray<CompiledResource> Resources { get; }

    public ImmutableArray<CompiledPrincipal> Principals { get; }

    public ImmutableArray<CompiledCondition> Conditions { get; }

    /// <summary>How the statement reaches the requester, <see cref="PrincipalMatch.None"/> when it does not apply.</summary>
    public PrincipalMatch Applies(in RequestView request)
    {
        if (!CoversAction(request) || !CoversResource(request))
        {
            return PrincipalMatch.None;
        }

        var principal = MatchPrincipal(request);
        return principal != PrincipalMatch.None && ConditionsHold(request.Context) ? principal : PrincipalMatch.None;
    }

    public bool CoversAction(in RequestView request)
    {
        foreach (var action in Actions)
        {
            if (action.Matches(request))
            {
                return !Source.Action.Negated;
            }
        }

        return Source.Action.Negated;
    }

    public bool CoversResource(in RequestView request)
    {
        if (Source.Resource is null)
        {
            // A resource policy without the element speaks about the resource it hangs on; elsewhere it speaks about nothing.
            return _kind is PolicyKind.Trust or PolicyKind.Resource;
        }

        foreach (var resource in Resources)
        {
            if (resource.Match(request) == PatternMatch.Yes)
            {
                return !Source.Resource.Negated;
            }
        }

        return Source.Resource.Negated;
    }

    public PrincipalMatch MatchPrincipal(in RequestView request)
    {
        if (_kind is PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session or PolicyKind.ServiceControl)
        {
            return PrincipalMatch.Direct;
        }

        if (Source.Principal is null)
        {
            // Fail closed both ways: a grant without a principal grants nobody, a limit without one limits everybody.
            return _kind is PolicyKind.Endpoint or PolicyKind.ResourceControl ? PrincipalMatch.Direct : PrincipalMatch.None;
        }

        var strongest = PrincipalMatch.None;
        foreach (var principal in Principals)
        {
            var match = principal.Match(request);
            strongest = match > strongest ? match : strongest;
        }

        if (!Source.Principal.Negated)
        {
            return strongest;
        }

        // Documented by AWS: with a permissions boundary, Deny with NotPrincipal denies always.
        var excepted = strongest != PrincipalMatch.None && !(Source.Effect.Value == Effect.Deny && request.HasBoundary);
        return excepted ? PrincipalMatch.None : PrincipalMatch.Direct;
    }

    public bool ConditionsHold(RequestContext context)
    {
        var all = Truth.True;
        foreach (var condition in Conditions)
        {
            all = CompiledCondition.And(all, condition.Holds(context));
            if (all == Truth.False)
            {
                return false;
            }
        }

        return all == Truth.True || Source.Effect.Value == Effect.Deny;
    }
}
