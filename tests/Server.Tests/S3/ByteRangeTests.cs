using Keyless.Server.S3;
using Xunit;

namespace Server.Tests.S3;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-4", 0, 5)]
    [InlineData("bytes=5-", 5, 5)]
    [InlineData("bytes=-3", 7, 3)]
    [InlineData("bytes=-30", 0, 10)]
    [InlineData("bytes=8-99999999999999999999", 8, 2)]
    [InlineData("BYTES=9-9", 9, 1)]
    public void A_range_is_clipped_to_the_object(string header, long offset, long length) =>
        Assert.Equal(new RangeOutcome.Part(new ByteRange(offset, length)), ByteRange.Resolve(header, 10));

    [Theory]
    [InlineData(null)]
    [InlineData("bytes=4-1")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=-")]
    [InlineData("bytes=5")]
    [InlineData("lines=0-1")]
    public void What_is_no_single_range_is_ignored(string? header) =>
        Assert.Equal(new RangeOutcome.Whole(), ByteRange.Resolve(header, 10));

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-0", 0)]
    [InlineData("bytes=-1", 0)]
    public void A_start_beyond_the_end_cannot_be_satisfied(string header, long size) =>
        Assert.Equal(new RangeOutcome.Unsatisfiable(), ByteRange.Resolve(header, size));
}
