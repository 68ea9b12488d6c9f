using System.Text;

namespace Keyless.Language.Diagnostics;

/// <summary>Writes findings as workflow commands, which GitHub shows beside the lines. GitHub Docs, "Workflow commands for GitHub Actions".</summary>
public static class AnnotationRenderer
{
    public static string Render(IEnumerable<Diagnostic> diagnostics)
    {
        var text = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            var (start, end) = (diagnostic.Start, diagnostic.End);
            text.Append("::").Append(Command(diagnostic.Severity))
                .Append(" file=").Append(Property(diagnostic.Source.Name))
                .Append(",line=").Append(start.Line).Append(",endLine=").Append(end.Line);

            // GitHub takes columns only within one line.
            if (start.Line == end.Line)
            {
                text.Append(",col=").Append(start.Column).Append(",endColumn=").Append(end.Column);
            }

            text.Append(",title=").Append(Property($"{diagnostic.Severity.ToString().ToLowerInvariant()}[{diagnostic.Id}]"))
                .Append("::").Append(Data(diagnostic.Help is null ? diagnostic.Message : $"{diagnostic.Message}\nhelp: {diagnostic.Help}")).Append('\n');
        }

        return text.ToString();
    }

    private static string Command(Severity severity) => severity switch
    {
        Severity.Error or Severity.Critical or Severity.High => "error",
        Severity.Warning or Severity.Medium => "warning",
        _ => "notice",
    };

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
