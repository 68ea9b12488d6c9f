namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>The words in which two long values differ: people see at once what they would have to search for in the whole.</summary>
/// <param name="Wanted">The policy's words; its whole value when most of it differs.</param>
/// <param name="Got">The request's.</param>
internal readonly record struct Difference(string Wanted, string Got)
{
    // Shorter values are read whole.
    private const int Short = 24;
    private const string Ends = ":/@";

    public static Difference Of(string wanted, string got)
    {
        var head = wanted.AsSpan().CommonPrefixLength(got);
        var tail = 0;
        while (tail < Math.Min(wanted.Length, got.Length) - head && wanted[^(tail + 1)] == got[^(tail + 1)])
        {
            tail++;
        }

        // Back to whole words.
        while (head > 0 && !Ends.Contains(wanted[head - 1], StringComparison.Ordinal))
        {
            head--;
        }

        while (tail > 0 && !Ends.Contains(wanted[^tail], StringComparison.Ordinal))
        {
            tail--;
        }

        var (here, there) = (wanted[head..^tail], got[head..^tail]);
        return got.Length <= Short || here.Length == 0 || there.Length == 0 || there.Length * 2 > got.Length ? new Difference(wanted, got) : new Difference(here, there);
    }
}
