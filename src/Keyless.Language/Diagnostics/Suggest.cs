namespace Keyless.Language.Diagnostics;

/// <summary>The near miss behind a misspelt word.</summary>
public static class Suggest
{
    /// <summary>The candidate closest to <paramref name="word"/> without regard to case, or null when none is close enough to be meant.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates) => Within(word, candidates, Math.Max(1, word.Length / 3));

    /// <summary>The candidate that the fewest slips lead to, and at most <paramref name="slips"/>; null when there is none.</summary>
    public static string? Within(string word, IEnumerable<string> candidates, int slips)
    {
        string? best = null;
        var bestDistance = slips + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant(), bestDistance);
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>The candidates, the closest first, however far.</summary>
    public static IEnumerable<T> ByCloseness<T>(string word, IEnumerable<T> candidates, Func<T, string> text) =>
        candidates.OrderBy(candidate => Edits(word, text(candidate)));

    /// <summary>How many edits apart two texts begin. Only their beginnings are compared: strangers' texts may be long.</summary>
    public static int Edits(string a, string b)
    {
        const int compared = 200;
        return Distance(a.Length > compared ? a[..compared] : a, b.Length > compared ? b[..compared] : b, int.MaxValue);
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) from one word to the other, or <paramref name="limit"/> when at least that many.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit)
        {
            return limit;
        }

        var rows = new int[3][];
        for (var i = 0; i < 3; i++)
        {
            rows[i] = new int[b.Length + 1];
        }

        var (before, previous, current) = (rows[0], rows[1], rows[2]);
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return Math.Min(previous[b.Length], limit);
    }
}
