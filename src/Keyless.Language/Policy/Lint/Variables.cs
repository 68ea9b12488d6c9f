using System.Text;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint;

/// <summary>What is wrong with the shape of a variable.</summary>
internal enum VariableFault
{
    None,
    Unclosed,
    Empty,
    Space,
    DefaultQuotes,
}

/// <summary>One <c>${...}</c> in a resource or a condition value.</summary>
/// <param name="Value">The whole string that holds it.</param>
/// <param name="Text">What stands between the braces.</param>
/// <param name="Key">The condition key it names; null for <c>${*}</c>, <c>${?}</c>, <c>${$}</c> and where its shape is wrong.</param>
/// <param name="Test">The test whose value it is; null in a resource.</param>
internal sealed record VariableUse(LintedStatement Statement, Test? Test, Located<string> Value, string Text, string? Key, bool HasDefault, VariableFault Fault);

/// <summary>Finds policy variables. IAM User Guide, "IAM policy elements: Variables and tags".</summary>
internal static class Variables
{
    public static IEnumerable<VariableUse> In(LintedPolicy policy) =>
        from statement in policy.Statements
        from place in (statement.Resource?.Patterns ?? []).Select(v => (Test: (Test?)null, Value: v))
            .Concat(statement.Tests.SelectMany(t => t.Values.Select(v => (Test: (Test?)t, Value: v))))
        where place.Value.Value.Contains("${", StringComparison.Ordinal)
        from use in Of(statement, place.Test, place.Value)
        select use;

    /// <summary>The text without its variables; what <c>${*}</c> stands for is literal.</summary>
    public static string Removed(string text)
    {
        var rest = new StringBuilder();
        var at = 0;
        while (text.IndexOf("${", at, StringComparison.Ordinal) is var start and >= 0 && text.IndexOf('}', start) is var end and >= 0)
        {
            rest.Append(text, at, start - at);
            at = end + 1;
        }

        return rest.Append(text, at, text.Length - at).ToString();
    }

    private static IEnumerable<VariableUse> Of(LintedStatement statement, Test? test, Located<string> value)
    {
        var text = value.Value;
        for (var start = text.IndexOf("${", StringComparison.Ordinal); start >= 0;)
        {
            var end = text.IndexOf('}', start);
            if (end < 0)
            {
                yield return new VariableUse(statement, test, value, text[(start + 2)..], null, HasDefault: false, VariableFault.Unclosed);
                yield break;
            }

            yield return Read(statement, test, value, text[(start + 2)..end]);
            start = text.IndexOf("${", end, StringComparison.Ordinal);
        }
    }

    private static VariableUse Read(LintedStatement statement, Test? test, Located<string> value, string text)
    {
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var name = comma < 0 ? text : text[..comma];
        var fault = text.Length == 0 ? VariableFault.Empty
            : name.Any(char.IsWhiteSpace) ? VariableFault.Space
            : comma >= 0 && !(text.AsSpan(comma).StartsWith(", '") && text.EndsWith('\'') && text.Length > comma + 3) ? VariableFault.DefaultQuotes
            : VariableFault.None;
        return new VariableUse(statement, test, value, text, fault == VariableFault.None && name is not ("*" or "?" or "$") ? name : null, comma >= 0, fault);
    }
}
