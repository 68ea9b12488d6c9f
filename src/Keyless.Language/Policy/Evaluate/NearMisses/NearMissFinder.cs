using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>Looks at each failed check of a statement for something close to a match.</summary>
internal static class NearMissFinder
{
    public static ImmutableArray<NearMiss> Of(AccessRequest request, StatementExplanation statement) =>
    [
        .. statement.Elements.Where(e => !e.Holds).Select(e => ElementNearMiss.Of(request, statement.Statement, e)).OfType<NearMiss>(),
        .. statement.Conditions.Where(c => !c.Holds).Select(c => Of(request, c)).OfType<NearMiss>(),
    ];

    public static NearMiss? Of(AccessRequest request, ConditionCheck check) =>
        check.Got is null ? ValueNearMiss.OfOperator(check) ?? KeyNearMiss.Of(request, check) : ValueNearMiss.Of(request, check);

    /// <summary>How far the request is from the statement, for statements with as many failed checks: the rank of the nearest miss, then the edits.</summary>
    public static (int Rank, int Edits) Distance(AccessRequest request, StatementExplanation statement) =>
    (
        Of(request, statement).Select(Rank).DefaultIfEmpty(int.MaxValue).Min(),
        statement.FailedConditions(request).Where(c => c.Got is [_, ..]).SelectMany(c => c.Wanted.Select(wanted => Suggest.Edits(wanted, c.Got!.Value[0]))).DefaultIfEmpty(0).Min());

    /// <summary>The nearest reason first: among many values one that differs in case says more than one for another branch.</summary>
    public static int Rank(NearMiss miss) => miss.Id switch
    {
        "surrounding-space" or "differs-in-case" or "wildcard-in-equals" or "audience-slip" or "surrounding-quotes" or "hidden-character" or "list-in-one-value" or "other-pattern-language" => 0,
        "immutable-subject" or "classic-subject" or "immutable-subject-separator" or "subject-other-ids" or "ref-not-full" or "subject-colon" or "misspelt" or "address-instead-of-name" or "subject-context-unknown" or "ref-malformed" => 1,
        "environment-instead-of-branch" or "pull-request-instead-of-branch" or "branch-instead-of-environment" => 2,
        "subject-other-repository" => 4,
        "subject-other-owner" => 5,
        "subject-customised" or "subject-not-customised" or "subject-of-other-claims" => 6,
        _ => 3,
    };
}
