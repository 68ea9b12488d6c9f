using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint;

/// <summary>Finds patterns of a list that others of it cover.</summary>
internal static class Redundancy
{
    public static void Report(ImmutableArray<Located<string>> patterns, Func<string, string, bool> covers, Report report)
    {
        for (var i = 0; i < patterns.Length; i++)
        {
            for (var j = 0; j < patterns.Length; j++)
            {
                var (value, other) = (patterns[i], patterns[j]);

                // Of two that say the same the later one goes.
                if (i != j && covers(other.Value, value.Value) && (j < i || !covers(value.Value, other.Value)))
                {
                    report.At(value, value.Value == other.Value ? $"`{value.Value}` is listed twice" : $"`{other.Value}` covers `{value.Value}`", "leave it out");
                    break;
                }
            }
        }
    }

    /// <summary>Field by field, as resources are compared: a wildcard stays within its field.</summary>
    public static bool CoversResource(string wide, string narrow)
    {
        if (wide == narrow || wide == "*")
        {
            return true;
        }

        return !wide.Contains("${", StringComparison.Ordinal) && ArnText.TryParse(wide, out var w) && ArnText.TryParse(narrow, out var n)
            && Glob.Covers(w.Partition, n.Partition, ignoreCase: true) && Glob.Covers(w.Service, n.Service, ignoreCase: true)
            && Glob.Covers(w.Region, n.Region, ignoreCase: true) && Glob.Covers(w.Account, n.Account, ignoreCase: true) && Glob.Covers(w.Resource, n.Resource);
    }
}
