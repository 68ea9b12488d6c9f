using System.Text;

namespace Keyless.Language.Workflow;

/// <summary>Ids of jobs and steps: those authors write, and those made for what has none.</summary>
public static class Identifier
{
    public const int MaxLength = 99;

    /// <summary>A letter or <c>_</c>, then letters, digits, <c>-</c> and <c>_</c>; fewer than 100.</summary>
    public static bool IsLegal(string id)
    {
        if (id.Length is 0 or > MaxLength || !(char.IsAsciiLetter(id[0]) || id[0] == '_'))
        {
            return false;
        }

        return id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
    }

    /// <summary>Whether an id is kept for those that are made.</summary>
    public static bool IsReserved(string id) => id.StartsWith("__", StringComparison.Ordinal);

    /// <summary>An id out of any texts: joined by <c>_</c>, other characters replaced, a number added where it is taken.</summary>
    public static string Make(IEnumerable<string> segments, ISet<string> taken, string prefix = "", int maxLength = MaxLength + 1)
    {
        var name = new StringBuilder(prefix);
        var first = true;
        foreach (var segment in segments.Where(s => s.Length > 0))
        {
            if (!first)
            {
                name.Append('_');
            }
            else if (prefix.Length == 0 && !char.IsAsciiLetter(segment[0]) && segment[0] != '_')
            {
                name.Append('_');
            }

            first = false;
            foreach (var c in segment)
            {
                name.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_');
            }
        }

        var original = first ? prefix + "job" : name.ToString();
        for (var attempt = 1; ; attempt++)
        {
            var suffix = attempt == 1 ? "" : $"_{attempt}";
            var candidate = original[..Math.Min(original.Length, maxLength - suffix.Length)] + suffix;
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }
    }
}
