using System.Text;
using CsCheck;
using Keyless.Server.S3;
using Xunit;

namespace Server.Tests.S3;

public sealed class XmlTreeTests
{
    [Fact]
    public void Elements_keep_order_and_text()
    {
        var tree = Read("<a xmlns=\"x\"><b>1</b><!-- no --><c> <![CDATA[<&>]]>&#x1;&amp;</c><b/></a>")!;
        Assert.Equal(["b", "c", "b"], tree.Children.Select(child => child.Name));
        Assert.Equal("1", tree["b"]);
        Assert.Equal(" <&>\u0001&", tree["c"]);
        Assert.False(tree.HasAtMostOne("b"));
        Assert.False(tree.HasOnly("b"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("<a>")]
    [InlineData("<a></b>")]
    [InlineData("<a/><b/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>")]
    [InlineData("<a>&undefined;</a>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"no-such\"?><a/>")]
    public void What_is_not_well_formed_is_nothing(string text) => Assert.Null(Read(text));

    [Fact]
    public void Depth_and_number_are_bounded()
    {
        Assert.Null(Read(string.Concat(Enumerable.Repeat("<a>", 5000)) + string.Concat(Enumerable.Repeat("</a>", 5000))));
        Assert.Null(Read("<a>" + string.Concat(Enumerable.Repeat("<b/>", 200_000)) + "</a>"));
        Assert.NotNull(Read("<a>" + string.Concat(Enumerable.Repeat("<b/>", 30_000)) + "</a>"));
    }

    [Fact]
    public void No_bytes_make_the_reader_throw() =>
        Gen.OneOf(Gen.Byte.Array[0, 200], Gen.String[Gen.Char["<>/ab&;#x!-[]?=\"'\0é"], 0, 100].Select(Encoding.UTF8.GetBytes))
            .Sample(bytes => XmlTree.Read(bytes), iter: 2000);

    private static XmlTree? Read(string text) => XmlTree.Read(Encoding.UTF8.GetBytes(text));
}
