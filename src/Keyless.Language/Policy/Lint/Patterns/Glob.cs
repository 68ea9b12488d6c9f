namespace Keyless.Language.Policy.Lint.Patterns;

/// <summary>Questions about patterns with <c>*</c> (any run) and <c>?</c> (one character).</summary>
internal static class Glob
{
    public static bool HasWildcard(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>Nothing but wildcards, at least one of them a star: matches any text of some length.</summary>
    public static bool IsFree(ReadOnlySpan<char> text) => text.Contains('*') && text.IndexOfAnyExcept('*', '?') < 0;

    public static bool IsMatch(string pattern, string text, bool ignoreCase = false) => Covers(pattern, text, ignoreCase, textIsPattern: false);

    /// <summary>Whether every text that <paramref name="narrow"/> matches is matched by <paramref name="wide"/> too; it may miss that, never claim it wrongly.</summary>
    public static bool Covers(string wide, string narrow, bool ignoreCase = false) => Covers(wide, narrow, ignoreCase, textIsPattern: true);

    /// <summary>The usual two-pointer match; a wildcard of the narrower pattern is a letter that only a wildcard can take.</summary>
    private static bool Covers(string pattern, string text, bool ignoreCase, bool textIsPattern)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, t);
            }
            else if (p < pattern.Length && TakesOne(pattern[p], text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).IndexOfAnyExcept('*') < 0;

        bool TakesOne(char wanted, char got) =>
            textIsPattern && got == '*' ? false
            : wanted == '?' || wanted == got || (ignoreCase && char.ToUpperInvariant(wanted) == char.ToUpperInvariant(got));
    }
}
