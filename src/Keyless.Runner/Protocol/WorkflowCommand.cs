namespace Keyless.Runner.Protocol;

/// <summary>
/// One workflow command in a line of a step's output, <c>::name key=value::data</c> or the older <c>##[name key=value]data</c>.
/// GitHub Docs, "Workflow commands for GitHub Actions".
/// </summary>
/// <param name="Name">In lower case.</param>
/// <param name="Properties">Names compare without case, the last of equal names wins.</param>
public sealed record WorkflowCommand(string Name, IReadOnlyDictionary<string, string> Properties, string Data)
{
    private const string Prefix = "::";
    private const string OldPrefix = "##[";

    /// <summary>Every command a step may give; a line with another name is plain output.</summary>
    public static readonly IReadOnlySet<string> Known = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
        "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
    };

    /// <summary>The property's text, or null when the command does not carry it.</summary>
    public string? this[string property] => Properties.GetValueOrDefault(property);

    /// <summary>The command of a line; null for plain output.</summary>
    public static WorkflowCommand? Parse(string line) => ParseColons(line, Known.Contains) ?? ParseBrackets(line);

    /// <summary>Whether the line is <c>::TOKEN::</c>, the end of a stop.</summary>
    public static bool Resumes(string line, string token) => ParseColons(line, name => name.Equals(token, StringComparison.OrdinalIgnoreCase)) is not null;

    private static WorkflowCommand? ParseColons(string line, Func<string, bool> known)
    {
        var text = line.AsSpan().TrimStart();
        if (!text.StartsWith(Prefix))
        {
            return null;
        }

        text = text[Prefix.Length..];
        var end = text.IndexOf(Prefix);
        if (end < 0)
        {
            return null;
        }

        var (name, properties) = SplitHead(text[..end].ToString());
        return known(name)
            ? new WorkflowCommand(name.ToLowerInvariant(), ReadProperties(properties.Trim(), ',', UnescapeProperty), UnescapeData(text[(end + Prefix.Length)..].ToString()))
            : null;
    }

    private static WorkflowCommand? ParseBrackets(string line)
    {
        var start = line.IndexOf(OldPrefix, StringComparison.Ordinal);
        var end = start < 0 ? -1 : line.IndexOf(']', start);
        if (end < 0)
        {
            return null;
        }

        var (name, properties) = SplitHead(line[(start + OldPrefix.Length)..end]);
        return Known.Contains(name)
            ? new WorkflowCommand(name.ToLowerInvariant(), ReadProperties(properties, ';', UnescapeOld), UnescapeOld(line[(end + 1)..]))
            : null;
    }

    private static (string Name, string Properties) SplitHead(string head)
    {
        var blank = head.IndexOf(' ');
        return blank < 0 ? (head, "") : (head[..blank], head[(blank + 1)..]);
    }

    private static Dictionary<string, string> ReadProperties(string text, char separator, Func<string, string> unescape)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in text.Split(separator, StringSplitOptions.RemoveEmptyEntries))
        {
            // A property without a value is dropped, as GitHub's agent does.
            if (pair.Split('=', 2, StringSplitOptions.RemoveEmptyEntries) is [var name, var value])
            {
                properties[name] = unescape(value);
            }
        }

        return properties;
    }

    // The percent sign comes last, so that an escaped escape stays one.
    private static string UnescapeData(string text) => text.Contains('%')
        ? text.Replace("%0D", "\r").Replace("%0A", "\n").Replace("%25", "%")
        : text;

    private static string UnescapeProperty(string text) => text.Contains('%')
        ? text.Replace("%0D", "\r").Replace("%0A", "\n").Replace("%3A", ":").Replace("%2C", ",").Replace("%25", "%")
        : text;

    private static string UnescapeOld(string text) => text.Contains('%')
        ? text.Replace("%3B", ";").Replace("%0D", "\r").Replace("%0A", "\n").Replace("%5D", "]").Replace("%25", "%")
        : text;
}
