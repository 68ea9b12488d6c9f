using System.Text.RegularExpressions;

namespace Keyless.Server.Audit;

/// <summary>
/// The first line of a decision: a sentence that is read at a glance. Where names make it too long, details give way, and then the middle
/// of the longest names; the record has the sentence whole below.
/// </summary>
internal static partial class FirstLine
{
    /// <summary>With <c>refused: </c> before it, 220 characters.</summary>
    public const int Longest = 211;

    private const int ShortestQuote = 24;

    public static string Of(string sentence)
    {
        var brief = sentence;
        foreach (var (detail, instead) in Details)
        {
            brief = brief.Length <= Longest ? brief : detail.Replace(brief, instead);
        }

        var line = brief;
        for (var most = Longest / 2; line.Length > Longest && most >= ShortestQuote; most -= 4)
        {
            line = Quoted().Replace(brief, quote => Shortened(quote.Value, most));
        }

        return line.Length <= Longest ? line : line[..(Longest - 1)] + "…";
    }

    /// <summary>What a line can do without, first to last: the place in the policy, why an absent key counts, the provider's host in a key, what fails besides.</summary>
    private static readonly (Regex Detail, string Instead)[] Details =
    [
        (Place(), ""),
        (AbsentKey(), ""),
        (ProviderOfKey(), "`…:${claim}`"),
        (Besides(), "; besides, more fails"),
    ];

    // The end of an ARN or a path tells more than its beginning.
    private static string Shortened(string quote, int most) =>
        quote.Length <= most ? quote : string.Concat(quote.AsSpan(0, most / 3), "…", quote.AsSpan(quote.Length - (most - (most / 3) - 1)));

    [GeneratedRegex(@" \(statement [^()]*\)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    [GeneratedRegex(", and an absent key is none of the values", RegexOptions.CultureInvariant)]
    private static partial Regex AbsentKey();

    [GeneratedRegex("; besides, .*", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Besides();

    [GeneratedRegex(@"`[\w-]+(\.[\w-]+)+(/[\w./-]*)?:(?<claim>\w+)`", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ProviderOfKey();

    [GeneratedRegex("`[^`]+`", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
