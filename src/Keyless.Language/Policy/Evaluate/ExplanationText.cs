using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>An explanation for people: the cause first, then the place, the change that mends it, and every check.</summary>
public static class ExplanationText
{
    private const int WidestList = 4;

    /// <summary>The cause alone, on one line.</summary>
    public static string OneLine(Explanation explanation) => explanation.Summary;

    /// <param name="all">Whether to print every statement of every policy, or only the deciding kind's.</param>
    public static string Render(Explanation explanation, bool all = false)
    {
        var text = new StringBuilder();
        text.Append(explanation.Summary).Append('\n');
        if (explanation.Summary != explanation.Sentence)
        {
            text.Append("  = in full: ").Append(explanation.Sentence).Append('\n');
        }

        AppendPlace(explanation, text);
        AppendChanges(explanation, text);
        var shown = explanation.Policies.Where(p => all || (p.Consulted && p.Kind == explanation.DecidedBy)).ToList();
        foreach (var policy in shown)
        {
            Append(policy, text);
        }

        var hidden = explanation.Policies.Length - shown.Count;
        if (hidden > 0)
        {
            text.Append('\n').Append(hidden == 1 ? "One more policy was asked" : $"{hidden} more policies were asked").Append("; `--all` shows them.\n");
        }

        return text.ToString();
    }

    private static void AppendPlace(Explanation explanation, StringBuilder text)
    {
        if (explanation.Decisive is not { } statement || SourceOf(explanation, statement) is not { Text.Length: > 0 } source)
        {
            return;
        }

        var span = explanation.NearMisses is [var miss, ..] ? miss.Span
            : statement.Elements.FirstOrDefault(e => !e.Holds)?.Span
            ?? statement.Conditions.FirstOrDefault(c => !c.Holds)?.Span
            ?? (explanation.Verdict == Verdict.ExplicitDeny ? statement.Conditions.FirstOrDefault()?.Span : null)
            ?? statement.Statement.Effect.Span;
        text.Append("  --> ").Append(source.Name).Append(':').Append(source.PositionOf(span.Start)).Append('\n');
        TextRenderer.AppendExcerpt(source, span, text);
    }

    private static void AppendChanges(Explanation explanation, StringBuilder text)
    {
        foreach (var miss in explanation.NearMisses.Where(miss => !explanation.Sentence.Contains(miss.Message, StringComparison.Ordinal)))
        {
            text.Append("  = also: ").Append(miss.Message).Append('\n');
        }

        foreach (var change in explanation.Changes)
        {
            text.Append("  = help: ").Append(change).Append('\n');
        }
    }

    private static void Append(PolicyExplanation policy, StringBuilder text)
    {
        text.Append('\n').Append(PolicyKinds.Name(policy.Kind)).Append(' ').Append(policy.Name);
        if (policy.Level is { } level)
        {
            text.Append(" (level ").Append(level).Append(')');
        }

        text.Append(": ").Append(!policy.Consulted ? "not asked" : policy.Denies ? "denies" : policy.Allows ? "allows" : "says nothing").Append('\n');
        foreach (var statement in policy.Statements)
        {
            text.Append("  statement ").Append(statement.Label).Append(", ").Append(statement.Statement.Effect.Value).Append(": ")
                .Append(statement.Applies ? "applies" : "does not apply").Append('\n');
            foreach (var element in statement.Elements)
            {
                AppendElement(element, text);
            }

            foreach (var condition in statement.Conditions)
            {
                AppendCondition(condition, text);
            }
        }
    }

    private static void AppendElement(ElementCheck element, StringBuilder text)
    {
        text.Append("    ").Append(Mark(element.Holds)).Append(' ').Append(element.Element).Append(": ").Append(element.Reason).Append('\n');
        if (!element.Holds)
        {
            AppendWanted(element.Wanted, text);
            text.Append("        got    ").Append(element.Got).Append('\n');
        }
    }

    private static void AppendCondition(ConditionCheck condition, StringBuilder text)
    {
        text.Append("    ").Append(Mark(condition.Holds)).Append(' ').Append(condition.Operator).Append(' ').Append(condition.Key).Append(": ").Append(condition.Reason).Append('\n');
        if (!condition.Holds)
        {
            AppendWanted(condition.Wanted, text);
            text.Append("        got    ").Append(condition.Got is { } got ? got.IsEmpty ? "(no values)" : Listed(got) : "(absent)").Append('\n');
        }
    }

    private static void AppendWanted(IReadOnlyList<string> wanted, StringBuilder text) =>
        text.Append("        wanted ").Append(wanted.Count == 0 ? "(nothing listed)" : Listed(wanted)).Append('\n');

    private static string Listed(IReadOnlyList<string> values) =>
        string.Join(", ", values.Take(WidestList)) + (values.Count > WidestList ? $" and {values.Count - WidestList} more" : "");

    private static string Mark(bool holds) => holds ? "yes" : "no ";

    private static SourceText? SourceOf(Explanation explanation, StatementExplanation statement) =>
        explanation.Policies.FirstOrDefault(p => p.Statements.Contains(statement))?.Source;
}
