using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>An explanation for programs; the audit record and <c>--json</c> carry this form.</summary>
public static class ExplanationJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render(Explanation explanation)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            Write(explanation, json);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    public static void Write(Explanation explanation, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("decision", explanation.Verdict.ToString());
        json.WriteString("summary", explanation.Summary);
        if (explanation.DecidedBy is { } kind)
        {
            json.WriteString("decidedBy", kind.ToString());
        }

        json.WriteString("action", explanation.Request.Action);
        json.WriteString("resource", explanation.Request.Resource);
        if (explanation.Decisive is { } decisive)
        {
            json.WriteStartObject("decisive");
            json.WriteString("policy", explanation.DecisivePolicy);
            json.WriteString("statement", decisive.Label);
            json.WriteEndObject();
        }

        json.WriteStartArray("nearMisses");
        var source = explanation.Policies.FirstOrDefault(p => explanation.Decisive is { } d && p.Statements.Contains(d))?.Source;
        foreach (var miss in explanation.NearMisses)
        {
            json.WriteStartObject();
            json.WriteString("id", miss.Id);
            json.WriteString("message", miss.Message);
            json.WriteString("change", miss.Change);
            WritePlace(json, source, miss.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("policies");
        foreach (var policy in explanation.Policies)
        {
            Write(policy, json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(PolicyExplanation policy, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", policy.Kind.ToString());
        json.WriteString("name", policy.Name);
        if (policy.Level is { } level)
        {
            json.WriteNumber("level", level);
        }

        json.WriteString("says", !policy.Consulted ? "not asked" : policy.Denies ? "deny" : policy.Allows ? "allow" : "nothing");
        json.WriteStartArray("statements");
        foreach (var statement in policy.Statements)
        {
            json.WriteStartObject();
            json.WriteString("label", statement.Label);
            json.WriteString("effect", statement.Statement.Effect.Value.ToString());
            json.WriteBoolean("applies", statement.Applies);
            WritePlace(json, policy.Source, statement.Statement.Span);
            json.WriteStartArray("checks");
            foreach (var element in statement.Elements)
            {
                json.WriteStartObject();
                json.WriteString("element", element.Element);
                json.WriteBoolean("holds", element.Holds);
                WriteValues(json, "wanted", element.Wanted);
                json.WriteString("got", element.Got);
                json.WriteString("reason", element.Reason);
                json.WriteEndObject();
            }

            foreach (var condition in statement.Conditions)
            {
                json.WriteStartObject();
                json.WriteString("element", "Condition");
                json.WriteString("operator", condition.Operator);
                json.WriteString("key", condition.Key);
                json.WriteBoolean("holds", condition.Holds);
                WriteValues(json, "wanted", condition.Wanted);
                if (condition.Got is { } got)
                {
                    WriteValues(json, "got", got);
                }
                else
                {
                    json.WriteNull("got");
                }

                json.WriteString("reason", condition.Reason);
                WritePlace(json, policy.Source, condition.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, SourceText? source, SourceSpan span)
    {
        if (source is { Text.Length: > 0 })
        {
            var start = source.PositionOf(span.Start);
            json.WriteString("file", source.Name);
            json.WriteNumber("line", start.Line);
            json.WriteNumber("column", start.Column);
        }
    }

    private static void WriteValues(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
