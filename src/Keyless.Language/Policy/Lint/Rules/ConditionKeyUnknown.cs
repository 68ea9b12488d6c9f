using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A condition key that does not exist.</summary>
internal sealed class ConditionKeyUnknown : Rule
{
    public override Check Check { get; } = new("condition-key-unknown", Severity.Warning, "a condition key that does not exist")
    {
        Why = "No request ever has it. A positive test of an absent key never holds; a negated test, `IfExists` and `ForAllValues` always hold and restrict nothing.",
        Bad = Example.Condition("""{ "IpAddress": { "aws:SourceIPs": "203.0.113.0/24" } }"""),
        Good = Example.Condition("""{ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }"""),
        Source = Pages.GlobalKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            var key = test.Key.Value;
            var colon = key.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || test.KnownKey is not null || test.Provider is not null || TagKeyMissing.IsMissing(key) || key.Any(char.IsWhiteSpace) || colon == key.Length - 1)
            {
                continue;
            }

            var prefix = key[..colon];
            if (ConditionKeys.IsComplete(prefix))
            {
                var near = Suggest.Nearest(key, ConditionKeys.Names.Where(n => n.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
                near = near is not null && near[^1] is '/' ? $"{near}NAME" : near;
                report.At(test.Key, $"there is no condition key `{key}`: {AbsentKey.Effect(statement, test)}", near is null ? "look it up in the list of condition keys" : $"did you mean `{near}`?",
                    near is null || near.EndsWith("/NAME", StringComparison.Ordinal) ? null : near);
            }
            else if (Services.Find(prefix) is null && !Other.Contains(prefix.ToLowerInvariant()))
            {
                var near = Suggest.Nearest(prefix, Services.Prefixes.Append("aws"));
                report.At(test.Key, $"no service has condition keys with the prefix `{prefix}`: {AbsentKey.Effect(statement, test)}", near is null ? "keys start with `aws:`, a service's prefix or a provider's host" : $"did you mean `{near}:{key[(colon + 1)..]}`?");
            }
        }
    }

    /// <summary>Prefixes that belong to no service of the table.</summary>
    private static readonly string[] Other = ["saml", "identitystore", "internetmonitor", "neptune-db", "codestar-notifications", "ad", "ldap", "aws-marketplace", "elasticfilesystem"];
}
