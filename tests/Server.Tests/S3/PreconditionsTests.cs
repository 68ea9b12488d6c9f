using Keyless.Server.S3;
using Xunit;

namespace Server.Tests.S3;

public sealed class PreconditionsTests
{
    private static readonly DateTimeOffset Modified = new(2026, 3, 1, 12, 0, 0, 500, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Modified.AddDays(1);
    private static readonly PreconditionOutcome Holds = new PreconditionOutcome.Holds();

    [Theory]
    [InlineData("\"abc\"")]
    [InlineData("abc")]
    [InlineData("*")]
    [InlineData("\"x\", \"abc\"")]
    [InlineData("W/\"abc\"")]
    public void IfMatch_holds_for_the_entity_tag(string header) =>
        Assert.Equal(Holds, Judge(ifMatch: header));

    [Fact]
    public void IfMatch_of_another_entity_tag_fails() =>
        Assert.Equal(new PreconditionOutcome.Failed("If-Match"), Judge(ifMatch: "\"abd\""));

    [Fact]
    public void IfNoneMatch_of_the_entity_tag_is_not_modified() =>
        Assert.Equal(new PreconditionOutcome.NotModified("If-None-Match"), Judge(ifNoneMatch: "\"abc\""));

    [Fact]
    public void A_true_IfMatch_overrides_a_false_IfUnmodifiedSince() =>
        Assert.Equal(Holds, Judge(ifMatch: "abc", unmodified: Modified.AddHours(-1)));

    [Fact]
    public void A_false_IfNoneMatch_overrides_IfModifiedSince() =>
        Assert.Equal(Holds, Judge(ifNoneMatch: "other", modified: Modified.AddHours(1)));

    [Fact]
    public void IfUnmodifiedSince_earlier_than_the_change_fails() =>
        Assert.Equal(new PreconditionOutcome.Failed("If-Unmodified-Since"), Judge(unmodified: Modified.AddHours(-1)));

    [Fact]
    public void IfModifiedSince_compares_whole_seconds() =>
        Assert.Equal(new PreconditionOutcome.NotModified("If-Modified-Since"), Judge(modified: Modified.AddMilliseconds(-500)));

    [Fact]
    public void IfModifiedSince_in_the_future_is_ignored() =>
        Assert.Equal(Holds, Judge(modified: Now.AddHours(1)));

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void Dates_come_in_three_forms(string text) =>
        Assert.Equal(new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero), Preconditions.HttpDate(text));

    [Fact]
    public void A_date_that_is_none_counts_as_absent() => Assert.Null(Preconditions.HttpDate("yesterday"));

    private static PreconditionOutcome Judge(
        string? ifMatch = null, string? ifNoneMatch = null, DateTimeOffset? modified = null, DateTimeOffset? unmodified = null) =>
        new Preconditions(ifMatch, ifNoneMatch, modified, unmodified).Judge("abc", Modified, Now);
}
