using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Xunit;

namespace Language.Tests.Tree;

public sealed class YamlReaderTests
{
    private static Node Root(string text, YamlOptions? options = null)
    {
        var result = YamlReader.Read(new SourceText("t.yml", text), options);
        Assert.Empty(result.Diagnostics);
        return result.Root!;
    }

    private static Diagnostic Problem(string text, YamlOptions? options = null) =>
        Assert.Single(YamlReader.Read(new SourceText("t.yml", text), options).Diagnostics);

    [Theory]
    [InlineData("true", ScalarKind.Boolean)]
    [InlineData("tRUE", ScalarKind.String)]
    [InlineData("on", ScalarKind.String)]
    [InlineData("~", ScalarKind.Null)]
    [InlineData("'~'", ScalarKind.String)]
    [InlineData("1_000", ScalarKind.String)]
    [InlineData("0x1F", ScalarKind.Number)]
    [InlineData("0o17", ScalarKind.Number)]
    [InlineData("0x1FFFFFFFF", ScalarKind.String)]
    [InlineData("-1.5e3", ScalarKind.Number)]
    [InlineData(".5", ScalarKind.Number)]
    [InlineData("1.", ScalarKind.Number)]
    [InlineData(".", ScalarKind.String)]
    [InlineData("-", ScalarKind.String)]
    [InlineData("-.inf", ScalarKind.Number)]
    [InlineData("1:30", ScalarKind.String)]
    [InlineData("!!str 5", ScalarKind.String)]
    public void A_scalar_has_its_kind_by_the_core_schema(string text, ScalarKind expected)
    {
        var mapping = Assert.IsType<MappingNode>(Root("k: " + (text == "-" ? "\"-\"" : text)));
        Assert.Equal(expected, Assert.IsType<ScalarNode>(mapping["k"]).Kind);
    }

    [Fact]
    public void Spans_are_exact_also_behind_a_byte_order_mark_and_with_CRLF()
    {
        const string Text = "\uFEFFa: one\r\nb:\r\n  - [x, 'y z']\r\n  - |\r\n    text\r\nc: {d: e}\r\n";
        var root = (MappingNode)Root(Text);
        Assert.Equal("one", Text.Substring(root["a"]!.Span.Start, root["a"]!.Span.Length));
        var list = (SequenceNode)root["b"]!;
        Assert.Equal("[x, 'y z']", Text.Substring(list.Items[0].Span.Start, list.Items[0].Span.Length));
        Assert.Equal("'y z'", Text.Substring(((SequenceNode)list.Items[0]).Items[1].Span.Start, 5));
        Assert.Equal("text\n", ((ScalarNode)list.Items[1]).Text);
        Assert.Equal("{d: e}", Text.Substring(root["c"]!.Span.Start, root["c"]!.Span.Length));
    }

    [Fact]
    public void Local_tags_stay_with_their_nodes()
    {
        var root = (MappingNode)Root("a: !Sub '${X}'\nb: !GetAtt [R, Arn]\nc: !Ref R\n");
        Assert.Equal("!Sub", root["a"]!.Tag);
        Assert.Equal("!GetAtt", root["b"]!.Tag);
        Assert.Equal("!Ref", root["c"]!.Tag);
        Assert.Equal("R", ((ScalarNode)root["c"]!).Text);
    }

    [Fact]
    public void An_alias_replays_its_anchor()
    {
        var root = (MappingNode)Root("a: &x {k: 1}\nb: *x\n");
        Assert.Equal("1", ((ScalarNode)((MappingNode)root["b"]!)["k"]!).Text);
    }

    [Theory]
    [InlineData("a: [b\nc: d\n", "yaml-syntax")]
    [InlineData("a: b: c\n", "yaml-syntax")]
    [InlineData("a: \"x\n", "yaml-syntax")]
    [InlineData("a:\n\t- b\n", "yaml-syntax")]
    [InlineData("a: %x\n", "yaml-syntax")]
    [InlineData("", "yaml-empty")]
    [InlineData("# only a comment\n", "yaml-empty")]
    [InlineData("a: 1\n---\nb: 2\n", "yaml-multiple-documents")]
    [InlineData("a: *x\n", "yaml-alias")]
    [InlineData("a: &x [*x]\n", "yaml-alias")]
    [InlineData("a: !!int x\n", "yaml-tag")]
    [InlineData("a: !!int '1'\n", "yaml-tag")]
    [InlineData("? [a]\n: b\n", "yaml-key")]
    public void What_cannot_be_read_is_one_problem(string text, string id) => Assert.Equal(id, Problem(text).Id);

    [Fact]
    public void Workflow_files_have_no_local_tags_and_keys_without_case()
    {
        Assert.Equal("yaml-tag", Problem("if: !cancelled()\n", YamlOptions.Workflow).Id);
        var duplicate = Problem("a: 1\nA: 2\n", YamlOptions.Workflow);
        Assert.Equal("duplicate-key", duplicate.Id);
        Assert.Equal(new SourcePosition(2, 1), duplicate.Start);
        Assert.Equal("yaml-anchor", Problem("a: &x 1\n", YamlOptions.ActionMetadata).Id);
    }

    [Fact]
    public void A_duplicate_key_stays_in_the_tree()
    {
        var result = YamlReader.Read(new SourceText("t", "a: 1\na: 2\n"));
        Assert.Equal("duplicate-key", Assert.Single(result.Diagnostics).Id);
        Assert.Equal(2, ((MappingNode)result.Root!).Members.Length);
    }

    [Fact]
    public void Nesting_and_replay_have_bounds()
    {
        Assert.Equal("limit-depth", Problem(new string('[', 100_000)).Id);
        Assert.Equal("limit-depth", Problem(string.Concat(Enumerable.Repeat("- ", 100_000))).Id);
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat("*a" + (i - 1), 10))}]\n"));
        Assert.Equal("limit-size", Problem(bomb).Id);
    }

    [Theory]
    [InlineData("k: [\n a,\nb\n]\nl: x\n", "a b")]
    [InlineData("k: [a, b]#c\n", "a b")]
    [InlineData("k: [ # c\n  a, # d\n  b,\n]\n", "a b")]
    [InlineData("k:\n- a\n- b\n", "a b")]
    [InlineData("k: {a: , b}\n", "")]
    [InlineData("k: \"a\nb\"\n", "a b")]
    [InlineData("k: 'a\n\n  b'\n", "a\nb")]
    [InlineData("k: \"a\\\n   b\"\n", "ab")]
    [InlineData("k: a\n  b\n\n  c # d\n", "a b\nc")]
    [InlineData("k: |\n\n  a\n   b\n\n", "\na\n b\n")]
    [InlineData("k: |\n    \n    a\n", "\na\n")]
    [InlineData("k: |-\n  a\n", "a")]
    [InlineData("k: |+\n  a\n\n", "a\n\n")]
    [InlineData("k: |2\n   a\n", " a\n")]
    [InlineData("k: |\n  a", "a")]
    [InlineData("k: >\n  a\n  b\n\n  c\n    d\n  e\n", "a b\nc\n  d\ne\n")]
    [InlineData("? k\n: a\n", "a")]
    [InlineData("\"k\": a\n", "a")]
    [InlineData("{\"k\":\"a\"}", "a")]
    [InlineData("%YAML 1.2\n---\nk: a\n...\n", "a")]
    [InlineData("k: a:b#c\n", "a:b#c")]
    [InlineData("k: \"\\u0041\\x42\\U0001F600\"\n", "AB\U0001F600")]
    public void What_is_legal_is_read(string text, string expected)
    {
        var value = ((MappingNode)Root(text))["k"]!;
        Assert.Equal(expected, value is SequenceNode list ? string.Join(' ', list.Items.Select(i => ((ScalarNode)i).Text)) : (value as ScalarNode)?.Text ?? "");
    }
}
