using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Xunit;

namespace Language.Tests.Tree;

public sealed class JsonReaderTests
{
    [Fact]
    public void Every_value_knows_its_place()
    {
        var root = (MappingNode)Read("""{ "a": [1, "b\n", true, null], "c": {} }""").Root!;
        var items = ((SequenceNode)root["a"]!).Items;
        Assert.Equal(new SourceSpan(8, 1), items[0].Span);
        Assert.Equal(new SourceSpan(11, 5), items[1].Span);
        Assert.Equal("b\n", ((ScalarNode)items[1]).Text);
        Assert.Equal(new SourceSpan(2, 3), root.Members[0].Key.Span);
        Assert.Equal(root.Source.Text.Length, root.Span.Length);
    }

    [Theory]
    [InlineData("{ // note\n\"a\": 1 }", "2:JSON has no comments")]
    [InlineData("{ /* note */ \"a\": 1 }", "2:JSON has no comments")]
    [InlineData("{ \"a\": 1 } # note", "11:JSON has no comments")]
    [InlineData("{ \"a\": 1, }", "8:a comma stands before the closing `}`")]
    [InlineData("[1,2,]", "4:a comma stands before the closing `]`")]
    [InlineData("[1 2]", "3:expected `,` before `2`")]
    [InlineData("{ \"a\": 1 \"b\": 2 }", "9:expected `,` before `\"b\"`")]
    [InlineData("{ 'a': 1 }", "2:`'a'` is in single quotes")]
    [InlineData("{ a: 1 }", "2:the name `a` is not in double quotes")]
    [InlineData("{ \"a\" 1 }", "6:expected `:` behind `a`, got `1`")]
    [InlineData("{ \"a\" = 1 }", "6:`=` stands between name and value")]
    [InlineData("{ \"a\": }", "7:expected a value, got `}`")]
    [InlineData("{ \"a\": True }", "7:`True` is no JSON value")]
    [InlineData("{ \"a\": 012 }", "7:`012` is no JSON number")]
    [InlineData("{ \"a\": \"x\\y\" }", "9:`\\y` is no escape of JSON strings")]
    [InlineData("{ \"a\": \"x\n\" }", "7:this string is not closed on its line")]
    [InlineData("{ \"a\": 1", "0:this `{` is never closed")]
    [InlineData("{ \"a\": [1 }", "10:expected `]` for the `[` of line 1, got `}`")]
    [InlineData("{} {}", "3:`{` stands behind the end of the document")]
    [InlineData("", "0:the document is empty")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "10:member `a` occurs twice in one object")]
    [InlineData("{ “a”: 1 }", "2:`a` is in typographic quotes")]
    public void A_slip_is_named_where_it_stands(string text, string expected)
    {
        var first = Read(text).Diagnostics[0];
        Assert.Equal(expected, $"{first.Span.Start}:{first.Message}");
    }

    [Fact]
    public void One_reading_names_all_slips()
    {
        var read = Read("{ // why\n 'a': 1,\n b: [2,],\n \"c\": True, }");
        Assert.Equal(6, read.Diagnostics.Length);
        Assert.Equal(["a", "b", "c"], ((MappingNode)read.Root!).Members.Select(m => m.Name));
    }

    [Fact]
    public void Both_of_two_equal_members_stay_in_the_tree()
    {
        var root = (MappingNode)Read("""{ "a": 1, "a": 2 }""").Root!;
        Assert.Equal(2, root.Members.Length);
    }

    [Fact]
    public void A_hundred_thousand_brackets_are_refused_without_harm()
    {
        var read = Read(new string('[', 100_000) + new string(']', 100_000));
        Assert.Contains(read.Diagnostics, d => d.Message.Contains("nested more than 64 deep", StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_are_bounded()
    {
        Assert.Equal(JsonReader.MaxProblems, Read("[" + string.Concat(Enumerable.Repeat("1 ", 1000)) + "]").Diagnostics.Length);
    }

    private static ReadResult Read(string text) => JsonReader.Read(new SourceText("t.json", text));
}
