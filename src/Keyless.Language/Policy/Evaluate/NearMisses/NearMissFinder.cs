using System.Collections.Immutable;

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
        check.Got is null ? ValueNearMiss.OfOperator(check) ?? KeyNearMiss.Of(request, check) : ValueNearMiss.Of(check);
}
