using System.Globalization;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>
/// What people write around a value, inside it, or in another language of patterns. IAM User Guide, "Condition operators": a value is
/// compared character by character, and <c>*</c> and <c>?</c> are all that a pattern has.
/// </summary>
internal static class ValueSlip
{
    /// <summary>A value with more alternatives than these is no slip.</summary>
    private const int MostAlternatives = 32;

    private static readonly char[] Quotes = ['"', '\'', '`'];

    /// <summary>Null when the value is not meant for what the request has.</summary>
    /// <param name="matches">Whether a text, compared as the operator does, matches what the request has.</param>
    /// <param name="matchesPattern">The same with wildcards, whatever the operator.</param>
    public static NearMiss? Of(string wanted, Func<string, bool> matches, Func<string, bool> matchesPattern, SourceSpan span)
    {
        NearMiss? Miss(string id, string message, string meant) => new(id, message, $"write `{meant}`{(meant.Contains('*', StringComparison.Ordinal) ? " under `StringLike`" : "")}", span);
        var bare = wanted.Trim();
        if (bare != wanted && matches(bare))
        {
            return Miss("surrounding-space", $"the policy's value `{wanted}` has white space around it", bare);
        }

        bare = wanted.Trim(Quotes);
        if (bare != wanted && matches(bare))
        {
            return Miss("surrounding-quotes", $"the policy's value `{wanted}` has quotes inside it, which count as characters", bare);
        }

        var hidden = wanted.Where(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format).ToList();
        bare = string.Concat(wanted.Where(c => !hidden.Contains(c)));
        if (hidden.Count > 0 && matches(bare))
        {
            var unseen = hidden.FirstOrDefault(c => c is not ' ');
            return Miss("hidden-character", unseen == default ? $"the policy's value `{wanted}` has white space in it" : $"the policy's value has a character in it that does not show, U+{(int)unseen:X4}: `{bare}` without it", bare);
        }

        if (wanted.Split(',', ';') is { Length: > 1 } several && several.Any(one => matches(one.Trim())))
        {
            return Miss("list-in-one-value", $"the policy's value `{wanted}` is one text with {(wanted.Contains(',', StringComparison.Ordinal) ? "commas" : "semicolons")}, not a list",
                $"[{string.Join(", ", several.Select(one => $"\"{one.Trim()}\""))}]");
        }

        var alternatives = Alternatives(wanted.TrimStart('^').TrimEnd('$').Replace(".*", "*", StringComparison.Ordinal).Replace(".+", "*", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal));
        return alternatives is [not null, ..] && (alternatives.Count > 1 || alternatives[0] != wanted) && alternatives.Any(matchesPattern)
            ? Miss("other-pattern-language", $"`{wanted}` is no pattern here: a policy's patterns know `*` and `?` only, under `StringLike`",
                alternatives.Count == 1 ? alternatives[0] : $"[{string.Join(", ", alternatives.Select(one => $"\"{one}\""))}]")
            : null;
    }

    /// <summary>The texts that <c>{a,b}</c> and <c>(a|b)</c> stand for; the text itself when it has none.</summary>
    private static List<string> Alternatives(string text)
    {
        List<string> done = [];
        Queue<string> open = new([text]);
        while (open.TryDequeue(out var one) && done.Count + open.Count < MostAlternatives)
        {
            if (Group(one) is not var (start, end, separator))
            {
                done.Add(one);
                continue;
            }

            foreach (var choice in one[(start + 1)..end].Split(separator))
            {
                open.Enqueue(one[..start] + choice + one[(end + 1)..]);
            }
        }

        return done;
    }

    private static (int Start, int End, char Separator)? Group(string text)
    {
        foreach (var (opening, closing, separator) in ((char, char, char)[])[('(', ')', '|'), ('{', '}', ',')])
        {
            var start = text.LastIndexOf(opening);
            var end = start < 0 ? -1 : text.IndexOf(closing, start);
            if (end > 0 && text.AsSpan(start, end - start).Contains(separator))
            {
                return (start, end, separator);
            }
        }

        return null;
    }
}
