using Keyless.Language.Oidc;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Rules;

namespace Keyless.Language.Policy.Lint;

/// <summary>Keys that no request has, or every one, and what tests of them come to. IAM User Guide, "Condition operators", presence of keys.</summary>
internal static class AbsentKey
{
    /// <summary>Whether no request that a statement could concern has the key of a test.</summary>
    public static bool IsNeverThere(LintedStatement statement, Test test)
    {
        if (test.Provider is { } claim)
        {
            var providers = (statement.Principal?.Values ?? []).Where(v => v.Type == PrincipalType.Federated).Select(v => GitHubStatement.ProviderOf(v.Text)).ToList();
            var foreign = statement.Principal is { Negated: false } && providers.Count == statement.Principal.Values.Length && providers.Count > 0
                && !providers.Any(p => p is null || p.Equals(claim.Provider, StringComparison.OrdinalIgnoreCase));
            return foreign || (claim.IsGitHub && claim.Claim.ToLowerInvariant() is not ("amr" or "email" or "oaud") && ClaimCatalogue.Find(claim.Claim.ToLowerInvariant()) is not { AwsTestable: true });
        }

        var colon = test.Key.Value.IndexOf(':', StringComparison.Ordinal);
        return TagKeyMissing.IsMissing(test.Key.Value) || (colon > 0 && test.KnownKey is null && ConditionKeys.IsComplete(test.Key.Value[..colon]));
    }

    /// <summary>Whether every request that a statement could concern has the key of a test: a claim is there for callers of its provider alone.</summary>
    public static bool IsAlwaysThere(LintedStatement statement, Test test) =>
        test.KnownKey is { IsAlwaysPresent: true }
        && (test.Provider is not { } claim
            || (statement.Principal is { Negated: false } principal
                && principal.Values.All(v => v.Type == PrincipalType.Federated && GitHubStatement.ProviderOf(v.Text) is { } provider && provider.Equals(claim.Provider, StringComparison.OrdinalIgnoreCase))));

    /// <summary>What the statement comes to, in words.</summary>
    public static string Effect(LintedStatement statement, Test test) => test.Operator switch
    {
        null => "the condition never holds",
        { RequiresKey: true } when statement.IsAllow => "the condition never holds and the statement allows nothing",
        { RequiresKey: true } => "the condition never holds and the statement denies nothing",
        { Family: OperatorFamily.Null } => "the condition is the same for every request",
        _ when statement.IsAllow => $"under `{test.Condition.Operator.Value}` the condition always holds and keeps nobody out",
        _ => $"under `{test.Condition.Operator.Value}` the condition always holds and the statement denies everybody",
    };
}
