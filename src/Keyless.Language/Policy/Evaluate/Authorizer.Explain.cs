using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate.NearMisses;

namespace Keyless.Language.Policy.Evaluate;

/// <content>The same decision with its reasons. What it says about a statement comes from the calls that decided.</content>
public static partial class Authorizer
{
    public static Decision Explain(AccessRequest request, PolicySet policies)
    {
        var view = new RequestView(request, policies);
        var judgement = Judge(view, policies);
        var parts = Parts(view, policies).ToImmutableArray();
        var (policy, statement, others) = DecisiveStatement(request, judgement, parts);
        var nearMisses = judgement.Verdict == Verdict.ImplicitDeny && statement is not null ? NearMissFinder.Of(request, statement) : [];
        return new Decision(judgement.Verdict, new Explanation(request, judgement.Verdict, judgement.DecidedBy, parts)
        {
            Cause = ExplanationSummary.Of(view, judgement, policy, statement, others, policies),
            Brief = ExplanationSummary.Of(view, judgement, policy, statement, others, policies, brief: true),
            Decisive = statement,
            DecisivePolicy = policy?.Name,
            NearMisses = nearMisses,
            Changes = Mending.Of(request, judgement.Verdict, statement),
        });
    }

    private static List<PolicyExplanation> Parts(in RequestView request, PolicySet policies)
    {
        var parts = new List<PolicyExplanation>();
        AddLevels(parts, PolicyKind.ServiceControl, policies.ServiceControl, request);
        AddLevels(parts, PolicyKind.ResourceControl, policies.ResourceControl, request);
        Add(parts, PolicyKind.Endpoint, policies.Endpoints, request);
        if (policies.Resource is { } resource)
        {
            Add(parts, resource.Document.Kind == PolicyKind.Trust ? PolicyKind.Trust : PolicyKind.Resource, [resource], request);
        }

        Add(parts, PolicyKind.Identity, policies.Identity, request);
        Add(parts, PolicyKind.Boundary, policies.Boundaries, request);
        Add(parts, PolicyKind.Session, policies.Session, request);
        return parts;
    }

    private static void AddLevels(List<PolicyExplanation> parts, PolicyKind kind, ImmutableArray<ImmutableArray<CompiledPolicy>> levels, in RequestView request)
    {
        for (var level = 0; level < levels.Length; level++)
        {
            Add(parts, kind, levels[level], request, level);
        }
    }

    private static void Add(List<PolicyExplanation> parts, PolicyKind kind, ImmutableArray<CompiledPolicy> policies, in RequestView request, int? level = null)
    {
        var consulted = request.IsAws || kind is PolicyKind.Resource or PolicyKind.Trust or PolicyKind.ResourceControl or PolicyKind.Endpoint;
        foreach (var policy in policies)
        {
            var statements = ImmutableArray.CreateBuilder<StatementExplanation>(policy.Statements.Length);
            foreach (var statement in policy.Statements)
            {
                statements.Add(StatementChecks.Of(statement, request));
            }

            parts.Add(new PolicyExplanation(kind, policy.Name ?? policy.Document.Source.Name, level, consulted, policy.Document.Source, statements.MoveToImmutable()));
        }
    }

    /// <summary>
    /// The Deny or Allow that decided; for an implicit deny, among the Allow statements of the deciding kind, the one with the fewest
    /// failed checks, preferring those about the action and the requester asked for, then the nearest miss; and how many others for
    /// this action and requester there are.
    /// </summary>
    private static (PolicyExplanation? Policy, StatementExplanation? Statement, int Others) DecisiveStatement(AccessRequest request, Judgement judgement, ImmutableArray<PolicyExplanation> parts)
    {
        var effect = judgement.Verdict == Verdict.ExplicitDeny ? Effect.Deny : Effect.Allow;
        var candidates = parts.Where(p => p.Kind == judgement.DecidedBy && p.Consulted)
            .SelectMany(p => p.Statements.Where(s => s.Statement.Effect.Value == effect).Select(s => (Policy: p, Statement: s)));
        if (judgement.Verdict != Verdict.ImplicitDeny)
        {
            var (decided, applies) = candidates.FirstOrDefault(c => c.Statement.Applies);
            return (decided, applies, 0);
        }

        // Of levels or boundaries that must each allow, one that does not has decided.
        var refusing = candidates.Where(c => !c.Statement.Applies && !c.Policy.Allows).ToList();
        var (policy, closest) = refusing
            .OrderByDescending(c => c.Statement.Action.Holds)
            .ThenBy(c => c.Statement.Failures)
            .ThenByDescending(c => c.Statement.Principal is not { Holds: false })
            .ThenBy(c => NearMissFinder.Distance(request, c.Statement))
            .FirstOrDefault();
        return (policy, closest, closest is not { Action.Holds: true } ? 0
            : refusing.Count(c => c.Statement != closest && c.Statement.Action.Holds && (c.Statement.Principal is not { Holds: false } || closest.Principal is { Holds: false })));
    }
}
