using System.Collections.Immutable;
using System.Text;

namespace Keyless.Language.Workflow;

/// <summary>
/// A pattern of <c>branches</c>, <c>tags</c> or <c>paths</c>; docs.github.com, "Workflow syntax for GitHub Actions", section "Filter pattern cheat
/// sheet". Matching takes time in proportion to pattern times text, whatever the pattern.
/// </summary>
public sealed class FilterPattern
{
    private readonly ImmutableArray<Part> _parts;

    public FilterPattern(string text)
    {
        Text = text;
        IsNegated = text.StartsWith('!');
        _parts = Compile(IsNegated ? text[1..] : text);
    }

    private enum PartKind
    {
        One,
        Optional,
        OneOrMore,

        /// <summary><c>*</c>: any run without a slash.</summary>
        Star,

        /// <summary><c>**</c>: any run.</summary>
        DoubleStar,

        /// <summary><c>**/</c> at the start of a folder: zero or more folders.</summary>
        Folders,
    }

    public string Text { get; }

    public bool IsNegated { get; }

    /// <param name="Set">Ranges of characters as pairs; a single character is a range of itself.</param>
    private readonly record struct Part(PartKind Kind, string Set)
    {
        public bool Has(char c)
        {
            for (var i = 0; i < Set.Length; i += 2)
            {
                if (c >= Set[i] && c <= Set[i + 1])
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether the whole text matches, leaving the negation aside.</summary>
    public bool Matches(string text)
    {
        // Row i, column j: whether the parts from i on match the text from j on; only two rows are ever needed.
        var next = new bool[text.Length + 1];
        var row = new bool[text.Length + 1];
        next[text.Length] = true;
        for (var i = _parts.Length - 1; i >= 0; i--)
        {
            var part = _parts[i];
            var folder = false;
            for (var j = text.Length; j >= 0; j--)
            {
                var more = j < text.Length;
                var has = more && part.Has(text[j]);
                folder |= more && text[j] == '/' && next[j + 1];
                row[j] = part.Kind switch
                {
                    PartKind.One => has && next[j + 1],
                    PartKind.Optional => next[j] || (has && next[j + 1]),
                    PartKind.OneOrMore => has && (next[j + 1] || row[j + 1]),
                    PartKind.Star => next[j] || (more && text[j] != '/' && row[j + 1]),
                    PartKind.DoubleStar => next[j] || (more && row[j + 1]),
                    _ => next[j] || folder,
                };
            }

            (row, next) = (next, row);
        }

        return next[0];
    }

    private static ImmutableArray<Part> Compile(string text)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' when text.AsSpan(i).StartsWith("**/") && (i == 0 || text[i - 1] == '/'):
                    parts.Add(new Part(PartKind.Folders, ""));
                    i += 2;
                    break;
                case '*' when text.AsSpan(i).StartsWith("**"):
                    parts.Add(new Part(PartKind.DoubleStar, ""));
                    i++;
                    break;
                case '*':
                    parts.Add(new Part(PartKind.Star, ""));
                    break;
                case '?' or '+' when parts.Count > 0 && parts[^1].Kind == PartKind.One:
                    parts[^1] = parts[^1] with { Kind = text[i] == '?' ? PartKind.Optional : PartKind.OneOrMore };
                    break;
                case '[' when text.IndexOf(']', i + 1) is > 0 and var close && close > i + 1:
                    parts.Add(new Part(PartKind.One, Ranges(text[(i + 1)..close])));
                    i = close;
                    break;
                case '\\' when i + 1 < text.Length:
                    i++;
                    parts.Add(Literal(text[i]));
                    break;
                default:
                    parts.Add(Literal(text[i]));
                    break;
            }
        }

        return parts.ToImmutable();
    }

    private static Part Literal(char c) => new(PartKind.One, new string(c, 2));

    private static string Ranges(string set)
    {
        var ranges = new StringBuilder();
        for (var i = 0; i < set.Length; i++)
        {
            var isRange = i + 2 < set.Length && set[i + 1] == '-';
            ranges.Append(set[i]).Append(isRange ? set[i + 2] : set[i]);
            i += isRange ? 2 : 0;
        }

        return ranges.ToString();
    }
}

/// <summary>The patterns of one filter key: of <c>branches</c>, or of <c>branches-ignore</c> when they say what to leave out.</summary>
public sealed record PatternFilter(ImmutableArray<FilterPattern> Patterns, bool Ignores)
{
    /// <summary>Whether one name or path is selected: patterns count in order, the last match decides, <c>!</c> takes away.</summary>
    public bool Selects(string value)
    {
        var matched = false;
        foreach (var pattern in Patterns)
        {
            if (pattern.Matches(value))
            {
                matched = !pattern.IsNegated;
            }
        }

        return matched;
    }

    /// <summary>Whether the filter lets a run start: some value is selected, or for an ignoring filter not all of them are.</summary>
    public bool Passes(IReadOnlyCollection<string> values) => Ignores ? values.Count == 0 || !values.All(Selects) : values.Any(Selects);
}
