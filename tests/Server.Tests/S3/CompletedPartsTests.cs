using System.Text;
using Keyless.Server.S3;
using Keyless.Server.S3.Multipart;
using Keyless.Server.Storage;
using Xunit;

namespace Server.Tests.S3;

public sealed class CompletedPartsTests
{
    private static readonly Upload Upload = new("id", "key", DateTimeOffset.UnixEpoch, "", ObjectHeaders.Empty, TagSet.Empty);

    private static readonly StoredPart[] Stored =
    [
        new(1, 5 << 20, DateTimeOffset.UnixEpoch, new byte[16], null),
        new(7, 3, DateTimeOffset.UnixEpoch, [.. Enumerable.Repeat((byte)1, 16)], null),
    ];

    [Theory]
    [InlineData("1,7", null)]
    [InlineData("7", null)]
    [InlineData("7,1", "InvalidPartOrder")]
    [InlineData("1,1", "InvalidPartOrder")]
    [InlineData("2", "InvalidPart")]
    [InlineData("x", "MalformedXML")]
    [InlineData("", "MalformedXML")]
    public void A_list_is_ascending_and_of_known_parts(string numbers, string? code)
    {
        var parts = numbers.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(number => $"<Part><PartNumber>{number}</PartNumber><ETag>&quot;{(number == "7" ? string.Concat(Enumerable.Repeat("01", 16)) : new string('0', 32))}&quot;</ETag></Part>");
        var xml = XmlTree.Read(Encoding.UTF8.GetBytes($"<CompleteMultipartUpload>{string.Concat(parts)}</CompleteMultipartUpload>"))!;
        Assert.Equal(code, CompletedParts.Read(xml, Upload, [.. Stored]).Error?.Code);
    }

    [Fact]
    public void The_entity_tag_is_the_MD5_of_the_MD5s_and_their_number() =>
        Assert.Matches("^[0-9a-f]{32}-2$", CompletedParts.ETagOf([.. Stored]));
}
