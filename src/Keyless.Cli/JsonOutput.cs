using System.Text.Json;
using Keyless.Language.Diagnostics;

namespace Keyless.Cli;

/// <summary>What several commands write in their <c>--json</c> output, in one shape.</summary>
internal static class JsonOutput
{
    /// <summary>A finding: <c>{"id","severity","file","line","column","endLine","endColumn","message","help","path"}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, Diagnostic diagnostic)
    {
        var (start, end) = (diagnostic.Start, diagnostic.End);
        writer.WriteStartObject();
        writer.WriteString("id", diagnostic.Id);
        writer.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
        writer.WriteString("file", diagnostic.Source.Name);
        writer.WriteNumber("line", start.Line);
        writer.WriteNumber("column", start.Column);
        writer.WriteNumber("endLine", end.Line);
        writer.WriteNumber("endColumn", end.Column);
        writer.WriteString("message", diagnostic.Message);
        WriteOptional(writer, "help", diagnostic.Help);
        WriteOptional(writer, "path", diagnostic.Path);
        WriteOptional(writer, "fix", diagnostic.Fix);
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
