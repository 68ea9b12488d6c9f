using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keyless.Language.Diagnostics;

/// <summary>What a tool's list of rules says about one id.</summary>
/// <param name="Page">Where to read more; left out when it is no URL.</param>
public sealed record SarifRule(string Id, Severity Severity, string Summary, string Description, string Page);

/// <summary>Writes findings as SARIF 2.1.0 (OASIS), which code scanning on GitHub and editors read.</summary>
public static class SarifRenderer
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render(string version, IReadOnlyCollection<SarifRule> rules, IEnumerable<Diagnostic> diagnostics)
    {
        var findings = diagnostics.ToList();
        var used = rules.Where(r => findings.Exists(d => d.Id == r.Id)).ToList();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            json.WriteStartObject("tool");
            json.WriteStartObject("driver");
            json.WriteString("name", "keyless");
            json.WriteString("version", version);
            json.WriteStartArray("rules");
            used.ForEach(rule => Write(rule, json));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteStartArray("results");
            findings.ForEach(finding => Write(finding, used.FindIndex(r => r.Id == finding.Id), json));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(SarifRule rule, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        WriteText(json, "shortDescription", rule.Summary);
        WriteText(json, "fullDescription", rule.Description);
        if (rule.Page.StartsWith("https://", StringComparison.Ordinal))
        {
            json.WriteString("helpUri", rule.Page);
        }

        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", Level(rule.Severity));
        json.WriteEndObject();
        if (Score(rule.Severity) is { } score)
        {
            json.WriteStartObject("properties");
            json.WriteString("security-severity", score);
            json.WriteStartArray("tags");
            json.WriteStringValue("security");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Diagnostic finding, int rule, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Id);
        if (rule >= 0)
        {
            json.WriteNumber("ruleIndex", rule);
        }

        json.WriteString("level", Level(finding.Severity));
        WriteText(json, "message", finding.Help is null ? finding.Message : $"{finding.Message}\n{finding.Help}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        WriteArtifact(finding, json);
        WriteRegion(finding, "region", json);
        json.WriteEndObject();
        if (finding.Path is { } path)
        {
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("fullyQualifiedName", path);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();
        if (finding.Fix is { } fix)
        {
            json.WriteStartArray("fixes");
            json.WriteStartObject();
            json.WriteStartArray("artifactChanges");
            json.WriteStartObject();
            WriteArtifact(finding, json);
            json.WriteStartArray("replacements");
            json.WriteStartObject();
            WriteRegion(finding, "deletedRegion", json);
            WriteText(json, "insertedContent", fix);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteArtifact(Diagnostic finding, Utf8JsonWriter json)
    {
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", string.Join('/', finding.Source.Name.Split('/', '\\').Select(Uri.EscapeDataString)));
        json.WriteEndObject();
    }

    private static void WriteRegion(Diagnostic finding, string name, Utf8JsonWriter json)
    {
        var (start, end) = (finding.Start, finding.End);
        json.WriteStartObject(name);
        json.WriteNumber("startLine", start.Line);
        json.WriteNumber("startColumn", start.Column);
        json.WriteNumber("endLine", end.Line);
        json.WriteNumber("endColumn", end.Column);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Level(Severity severity) => severity switch
    {
        Severity.Error or Severity.Critical or Severity.High => "error",
        Severity.Warning or Severity.Medium => "warning",
        _ => "note",
    };

    /// <summary>The score by which GitHub sorts security findings; null for findings that are none.</summary>
    private static string? Score(Severity severity) => severity switch
    {
        Severity.Critical => "9.5",
        Severity.High => "8.0",
        Severity.Medium => "5.5",
        Severity.Low => "3.0",
        _ => null,
    };
}
