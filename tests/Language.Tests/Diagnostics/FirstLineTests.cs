using Keyless.Language.Diagnostics;
using Xunit;

namespace Language.Tests.Diagnostics;

public sealed class FirstLineTests
{
    [Fact]
    public void A_sentence_that_fits_stays_as_it_is()
    {
        var sentence = "the token is for `" + new string('a', 150) + "`";
        Assert.Equal(sentence, FirstLine.Of(sentence));
    }

    [Fact]
    public void Only_the_longest_values_are_shortened_and_only_as_far_as_need_be()
    {
        var line = FirstLine.Of($"the token has `{new string('a', 150)}z`, the policy `{new string('b', 90)}`, and `{new string('c', 20)}`", "refused: ");
        Assert.Equal(FirstLine.Longest - "refused: ".Length, line.Length, tolerance: 1);
        Assert.StartsWith("the token has `aaa", line, StringComparison.Ordinal);
        Assert.Contains("az`, the policy `b", line, StringComparison.Ordinal);
        Assert.Contains($"`{new string('c', 20)}`", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sentence_that_is_too_long_by_itself_loses_its_end()
    {
        var line = FirstLine.Of(new string('a', 500) + " `value`");
        Assert.Equal(FirstLine.Longest, line.Length);
        Assert.EndsWith("a...", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://sts.amazonaws.com", "sts.amazonaws.com", "has `https://` in front")]
    [InlineData("sts.amazonaws.com", "https://sts.amazonaws.com", "lacks `https://` in front")]
    [InlineData("http://sts.amazonaws.com", "https://sts.amazonaws.com", "begins with `http://`")]
    [InlineData("sts.amazonaws.com/", "sts.amazonaws.com", "has a slash at its end")]
    [InlineData("STS.amazonaws.com", "sts.amazonaws.com", "has other capitals")]
    [InlineData(" sts.amazonaws.com\n", "sts.amazonaws.com", "has white space around it")]
    [InlineData("HTTPS://Sts.amazonaws.com/", "sts.amazonaws.com", "has `https://` in front and has a slash at its end and has other capitals")]
    [InlineData("sts.amazonaws.com", "sts.amazonaws.com", null)]
    [InlineData("sts.amazonaw.com", "sts.amazonaws.com", null)]
    public void A_slip_is_named(string text, string meant, string? slip) => Assert.Equal(slip, Slip.Of(text, meant));
}
