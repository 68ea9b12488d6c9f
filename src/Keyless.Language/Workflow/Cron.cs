using System.Globalization;

namespace Keyless.Language.Workflow;

/// <summary>The times of <c>on.schedule</c>: POSIX cron with names of months and days. docs.github.com, "Events that trigger workflows", <c>schedule</c>.</summary>
public static class Cron
{
    private static readonly (string Name, int Low, int High, string[] Names)[] Fields =
    [
        ("minute", 0, 59, []),
        ("hour", 0, 23, []),
        ("day of month", 1, 31, []),
        ("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        ("day of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    /// <summary>What is wrong with a schedule; null when nothing is.</summary>
    public static string? Check(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Fields.Length)
        {
            return text.StartsWith('@') ? "words such as `@daily` are not supported" : $"it has {parts.Length} fields";
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (Values(parts[i], i) is null)
            {
                return $"`{parts[i]}` is no {Fields[i].Name}, which goes from {Fields[i].Low} to {Fields[i].High}";
            }
        }

        return null;
    }

    /// <summary>The fewest minutes between two times of a legal schedule.</summary>
    public static int ShortestDistance(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (minutes, hours) = (Values(parts[0], 0)!, Values(parts[1], 1)!);
        var times = (from hour in hours from minute in minutes select (hour * 60) + minute).Order().ToList();
        var shortest = times.Count == 1 ? 24 * 60 : times[0] + (24 * 60) - times[^1];
        for (var i = 1; i < times.Count; i++)
        {
            shortest = Math.Min(shortest, times[i] - times[i - 1]);
        }

        return shortest;
    }

    /// <summary>The values that a field selects; null when it is not legal.</summary>
    private static SortedSet<int>? Values(string field, int index)
    {
        var (_, low, high, names) = Fields[index];
        var values = new SortedSet<int>();
        foreach (var part in field.Split(','))
        {
            var slash = part.Split('/');
            var step = 1;
            if (slash.Length > 2 || (slash.Length == 2 && !(int.TryParse(slash[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) && step > 0)))
            {
                return null;
            }

            var ends = slash[0].Split('-');
            int from, to;
            if (slash[0] == "*")
            {
                (from, to) = (low, high);
            }
            else if (ends.Length == 2)
            {
                (from, to) = (Number(ends[0], names), Number(ends[1], names));
            }
            else
            {
                from = Number(slash[0], names);
                to = slash.Length == 2 ? high : from;
            }

            if (ends.Length > 2 || from < low || to > high || from > to)
            {
                return null;
            }

            for (var value = from; value <= to; value += step)
            {
                values.Add(value);
            }
        }

        return values;
    }

    private static int Number(string text, string[] names)
    {
        var named = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return named >= 0 ? named + (names.Length == 12 ? 1 : 0)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }
}
