using Keyless.Language.Diagnostics;
using Xunit;

namespace Language.Tests.Diagnostics;

public sealed class DiagnosticsTests
{
    [Fact]
    public void An_offset_has_a_line_and_a_column_counted_from_one()
    {
        var source = new SourceText("t", "ab\ncd\n");
        Assert.Equal(new SourcePosition(1, 1), source.PositionOf(0));
        Assert.Equal(new SourcePosition(2, 2), source.PositionOf(4));
        Assert.Equal(new SourcePosition(3, 1), source.PositionOf(6));
        Assert.Equal(4, source.OffsetOf(new SourcePosition(2, 2)));
    }

    [Fact]
    public void A_finding_shows_its_line_with_a_marker_and_help()
    {
        var source = new SourceText("trust.json", "{\n  \"Effect\": \"allow\"\n}");
        var span = SourceSpan.FromBounds(source.Text.IndexOf("allow", StringComparison.Ordinal) - 1, source.Text.IndexOf("allow", StringComparison.Ordinal) + 6);
        var text = TextRenderer.Render([Diagnostic.Error("effect-invalid", source, span, "`allow` is no effect", "write `Allow`")]);
        Assert.Equal(
            "trust.json:2:13: error[effect-invalid]: `allow` is no effect\n  |\n2 |   \"Effect\": \"allow\"\n  |             ^^^^^^^\n  = help: write `Allow`\n",
            text);
    }

    [Theory]
    [InlineData("s3:GetObjekt", "s3:GetObject")]
    [InlineData("stringequlas", "StringEquals")]
    [InlineData("wholly-different", null)]
    public void A_misspelt_word_suggests_its_neighbour(string word, string? expected) =>
        Assert.Equal(expected, Suggest.Nearest(word, ["s3:GetObject", "StringEquals", "StringLike"]));
}
