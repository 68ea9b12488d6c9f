using System.Text;
using System.Text.Json;

namespace Keyless.Server.Audit;

/// <summary>A recorded decision for people: the cause on the first line, then help, the facts, every check, the policy evaluation.</summary>
public static class DecisionText
{
    private const string Refused = "refused: ";

    /// <summary>A refusal's cause so that the first line keeps its bound.</summary>
    public static string FirstLine(string cause) => Language.Diagnostics.FirstLine.Of(cause, Refused);

    public static string Render(StoredDecision stored)
    {
        using var document = JsonDocument.Parse(stored.Json);
        var record = document.RootElement;
        var decision = record.GetProperty("decision");
        var text = new StringBuilder();
        text.Append(decision.GetProperty("allowed").GetBoolean() ? "allowed: " : Refused).Append(decision.GetProperty("summary").GetString()).Append('\n');
        if (Text(decision, "help") is { } help)
        {
            text.Append("  = help: ").Append(help).Append('\n');
        }

        if (Text(decision, "whole") is { } whole)
        {
            text.Append("  = in full: ").Append(whole).Append('\n');
        }

        text.Append("  = decision: ").Append(stored.Id).Append(", ").Append(Text(record, "eventTime")).Append(", ").Append(Text(record, "eventName"));
        if (Text(record, "errorCode") is { } code)
        {
            text.Append("\n  = answered: ").Append(code).Append(": ").Append(Text(record, "errorMessage"));
        }

        text.Append('\n');
        AppendInputs(decision, text);
        AppendChecks(decision, text);
        if (Text(decision, "explanation") is { } explanation)
        {
            text.Append("\npolicy\n  ").Append(explanation.TrimEnd().ReplaceLineEndings("\n  ").Replace("\n  \n", "\n\n", StringComparison.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>One decision, one line.</summary>
    public static string Line(StoredDecision stored)
    {
        using var document = JsonDocument.Parse(stored.Json);
        var record = document.RootElement;
        var decision = record.GetProperty("decision");
        return $"{Text(record, "eventTime")} {stored.Id} {Text(record, "eventName")} {(decision.GetProperty("allowed").GetBoolean() ? "allowed" : Text(record, "errorCode") ?? "refused")}: {Text(decision, "summary")}";
    }

    private static void AppendInputs(JsonElement decision, StringBuilder text)
    {
        if (!decision.TryGetProperty("inputs", out var inputs))
        {
            return;
        }

        text.Append("\ninputs\n");
        var width = inputs.EnumerateObject().Max(input => input.Name.Length);
        foreach (var input in inputs.EnumerateObject())
        {
            text.Append("  ").Append(input.Name.PadRight(width)).Append("  ").Append(input.Value.GetString()).Append('\n');
        }
    }

    private static void AppendChecks(JsonElement decision, StringBuilder text)
    {
        if (!decision.TryGetProperty("checks", out var checks))
        {
            return;
        }

        text.Append("\nchecks, in their order\n");
        var width = checks.EnumerateArray().Max(check => check.GetProperty("name").GetString()!.Length);
        foreach (var check in checks.EnumerateArray())
        {
            text.Append(check.GetProperty("passed").GetBoolean() ? "  ok  " : "  NO  ").Append(check.GetProperty("name").GetString()!.PadRight(width)).Append("  ").Append(Text(check, "message")).Append('\n');
            foreach (var part in (string[])["wanted", "got", "place", "mend"])
            {
                if (Text(check, part) is { } value)
                {
                    text.Append(' ', width + 8).Append(part.PadRight(6)).Append("  ").Append(value).Append('\n');
                }
            }
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
