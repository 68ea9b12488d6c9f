using CsCheck;
using Differential.Reference;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Xunit;

namespace Differential.Laws;

/// <summary>What holds of every pattern; listed in <c>docs/laws.md</c>.</summary>
public sealed class PatternLaws
{
    private static readonly RequestContext Empty = new();

    private static readonly Gen<string> Pattern = Gen.Char["ab*?"].Array[0, 12].Select(c => new string(c));

    private static readonly Gen<string> Text = Gen.Char["ab"].Array[0, 14].Select(c => new string(c));

    [Fact]
    public void Matching_agrees_with_the_table_of_all_splits() =>
        Gen.Select(Pattern, Text).Sample((pattern, text) => Match(pattern, text) == ReferenceText.Glob(pattern, text), iter: 50_000);

    [Fact]
    public void A_literal_pattern_matches_itself_alone() =>
        Gen.Select(Text, Text).Sample((a, b) => Match(a, b) == (a == b), iter: 5_000);

    [Fact]
    public void Doubling_a_star_changes_nothing() =>
        Gen.Select(Pattern, Text).Sample((pattern, text) => Match(pattern, text) == Match(pattern.Replace("*", "**", StringComparison.Ordinal), text), iter: 5_000);

    [Fact]
    public void Many_stars_over_a_long_text_take_no_time()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 1_000)) + "b";
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(Match(pattern, new string('a', 100_000)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }

    private static bool Match(string pattern, string text) => TextPattern.Parse(pattern, wildcards: true, variables: false).Match(text, Empty) == PatternMatch.Yes;
}
