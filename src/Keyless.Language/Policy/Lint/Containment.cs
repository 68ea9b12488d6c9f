using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint;

/// <summary>
/// Relations between two statements, decided element by element: an answer of yes is always right, and statements that only
/// together contain a third are left to the prover.
/// </summary>
internal static class Containment
{
    /// <summary>Whether every request that <paramref name="narrow"/> applies to is one that <paramref name="wide"/> applies to.</summary>
    public static bool Contains(LintedStatement wide, LintedStatement narrow, bool acrossEffects = false) =>
        (acrossEffects || wide.IsAllow == narrow.IsAllow)
        && ContainsPrincipal(wide.Principal, narrow.Principal)
        && ContainsActions(wide.Action, narrow.Action)
        && ContainsResources(wide.Resource, narrow.Resource)
        && wide.Tests.All(w => narrow.Tests.Any(n => Implies(n, w)));

    /// <summary>Whether no request meets both: they speak of different principals, or of values of one key that never meet.</summary>
    public static bool AreApart(LintedStatement a, LintedStatement b) =>
        DifferentPrincipals(a.Principal, b.Principal)
        || a.Tests.Any(t => b.Tests.Any(u => Exclude(t, u)))
        || a.Contradiction is not null || b.Contradiction is not null;

    private static bool ContainsPrincipal(PrincipalElement? wide, PrincipalElement? narrow) => (wide, narrow) switch
    {
        (null, null) => true,
        ({ Negated: false }, { Negated: false }) => narrow.Values.All(n => wide.Values.Any(w => w.Type == n.Type && w.Text == n.Text)),
        _ => false,
    };

    private static bool ContainsActions(ActionElement wide, ActionElement narrow) => (wide.Negated, narrow.Negated) switch
    {
        (false, false) => narrow.Patterns.All(n => wide.Patterns.Any(w => Glob.Covers(w.Value, n.Value, ignoreCase: true))),
        (false, true) => wide.Patterns.Any(w => w.Value == "*"),
        (true, true) => wide.Patterns.All(w => narrow.Patterns.Any(n => Glob.Covers(n.Value, w.Value, ignoreCase: true))),
        (true, false) => false,
    };

    private static bool ContainsResources(ResourceElement? wide, ResourceElement? narrow) => (wide, narrow) switch
    {
        (null, null) => true,
        ({ Negated: false }, { Negated: false }) => narrow.Patterns.All(n => wide.Patterns.Any(w => Redundancy.CoversResource(w.Value, n.Value))),
        ({ Negated: false }, { Negated: true }) => wide.Patterns.Any(w => w.Value == "*"),
        _ => false,
    };

    /// <summary>Whether a request that meets <paramref name="narrow"/> always meets <paramref name="wide"/>.</summary>
    private static bool Implies(Test narrow, Test wide)
    {
        if (narrow.Operator is not { } n || wide.Operator is not { } w || !narrow.Names(wide.Key.Value))
        {
            return false;
        }

        // The same test with fewer alternatives; negated tests get narrower with more of them.
        if (n.Text == w.Text)
        {
            return n.Negated
                ? wide.Values.All(v => narrow.Values.Any(u => Covers(n, u.Value, v.Value)))
                : !narrow.Values.IsEmpty && narrow.Values.All(u => wide.Values.Any(v => Covers(w, v.Value, u.Value)));
        }

        return n is { IsStringEquals: true, Negated: false, Set: SetOperator.None, IfExists: false, Base: "StringEquals" } && w is { Base: "StringLike", Set: SetOperator.None }
            && !narrow.Values.IsEmpty
            && narrow.Values.All(u => !u.Value.Contains("${", StringComparison.Ordinal) && wide.Values.Any(v => !v.Value.Contains("${", StringComparison.Ordinal) && Glob.IsMatch(v.Value, u.Value)));
    }

    private static bool Covers(OperatorName op, string wide, string narrow) =>
        wide == narrow || (op.Base is "StringLike" or "StringNotLike" && !wide.Contains("${", StringComparison.Ordinal) && !narrow.Contains("${", StringComparison.Ordinal) && Glob.Covers(wide, narrow));

    private static bool DifferentPrincipals(PrincipalElement? a, PrincipalElement? b) =>
        a is { Negated: false } && b is { Negated: false } && a.Values.Concat(b.Values).All(v => v.Type == PrincipalType.Federated)
        && !a.Values.Any(v => b.Values.Any(u => u.Text == v.Text));

    private static bool Exclude(Test a, Test b) =>
        a.Names(b.Key.Value) && a.KnownKey is { IsMultivalued: false }
        && a.Operator is { Family: OperatorFamily.String, RequiresKey: true } x && b.Operator is { Family: OperatorFamily.String, RequiresKey: true } y
        && !x.Base.EndsWith("IgnoreCase", StringComparison.Ordinal) && !y.Base.EndsWith("IgnoreCase", StringComparison.Ordinal)
        && a.Values.Concat(b.Values).All(v => !v.Value.Contains("${", StringComparison.Ordinal))
        && !a.Values.Any(v => b.Values.Any(u => TextShape.OfPattern(v.Value, x.HasWildcards).Meets(TextShape.OfPattern(u.Value, y.HasWildcards))));
}
