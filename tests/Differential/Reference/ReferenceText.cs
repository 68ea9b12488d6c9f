using System.Text;
using System.Text.Json.Nodes;

namespace Differential.Reference;

/// <summary>Patterns and variables, spelled out.</summary>
internal static class ReferenceText
{
    /// <summary>Stands before a character that a variable brought: it is itself, never a wildcard.</summary>
    private const char Quote = '\uE000';

    /// <summary>The table of "does the rest of the pattern match the rest of the text", filled from the end.</summary>
    public static bool Glob(string pattern, string text)
    {
        var p = Tokens(pattern);
        var ends = new bool[p.Count + 1, text.Length + 1];
        ends[p.Count, text.Length] = true;
        for (var i = p.Count - 1; i >= 0; i--)
        {
            for (var j = text.Length; j >= 0; j--)
            {
                ends[i, j] = p[i] switch
                {
                    ('*', true) => ends[i + 1, j] || (j < text.Length && ends[i, j + 1]),
                    ('?', true) => j < text.Length && ends[i + 1, j + 1],
                    var (c, _) => j < text.Length && text[j] == c && ends[i + 1, j + 1],
                };
            }
        }

        return ends[0, 0];
    }

    /// <summary>The text with all wildcards made literal.</summary>
    public static string Literal(string pattern) => string.Concat(Tokens(pattern).Select(t => t.Character));

    public static string[]? ArnFields(string text) => text.Split(':', 6) is { Length: 6 } fields && fields[0] == "arn" ? fields : null;

    /// <summary>The six fields of a pattern, split at colons wherever they come from.</summary>
    public static string[]? ArnPatternFields(string pattern) => pattern.Replace(Quote + ":", ":", StringComparison.Ordinal) is var p && p.Split(':', 6) is { Length: 6 } fields && Literal(fields[0]) == "arn" ? fields : null;

    public static string? Fill(string text, Dictionary<string, JsonNode> context, bool wildcards)
    {
        var filled = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || Variable(text, i) is not var (key, standard, end))
            {
                filled.Append(text[i]);
                continue;
            }

            var value = key is "*" or "?" or "$" ? key
                : context.TryGetValue(key, out var found) && found is not JsonArray ? (string)found! : standard;
            if (value is null)
            {
                return null;
            }

            foreach (var c in value)
            {
                filled.Append(wildcards ? $"{Quote}{c}" : c.ToString());
            }

            i = end;
        }

        return filled.ToString();
    }

    private static (string Key, string? Default, int End)? Variable(string text, int at)
    {
        var match = System.Text.RegularExpressions.Regex.Match(text[at..], @"^\$\{([^,}\s{$'""*?]+|\*|\?|\$)(, '([^']*)')?\}");
        return match.Success && (!match.Groups[2].Success || match.Groups[1].Value is not ("*" or "?" or "$"))
            ? (match.Groups[1].Value, match.Groups[2].Success ? match.Groups[3].Value : null, at + match.Length - 1)
            : null;
    }

    private static List<(char Character, bool Special)> Tokens(string pattern)
    {
        var tokens = new List<(char, bool)>();
        for (var i = 0; i < pattern.Length; i++)
        {
            tokens.Add(pattern[i] == Quote && i + 1 < pattern.Length ? (pattern[++i], false) : (pattern[i], true));
        }

        return tokens;
    }
}
