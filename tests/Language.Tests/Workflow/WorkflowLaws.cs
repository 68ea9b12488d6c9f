using CsCheck;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Xunit;

namespace Language.Tests.Workflow;

/// <summary>What holds for every input, tried on generated ones.</summary>
public sealed class WorkflowLaws
{
    private static readonly Gen<string> Word = Gen.OneOf("github", "env", "true", "NaN", "null", "1", "'a'", "''", "0x1F", "-1.5", "github.ref", "env['X']", "github.event.*.name", "'it''s'");

    private static readonly Gen<string> Tree = Gen.Recursive<string>((depth, self) => depth > 3 ? Word : Gen.OneOf(
        Word,
        Gen.Select(self, Gen.OneOf("&&", "||", "==", "!=", "<", ">="), self, (l, o, r) => $"{l} {o} {r}"),
        self.Select(e => $"!({e})"),
        Gen.Select(self, self, (a, b) => $"contains({a}, {b})"),
        Gen.Select(self, self, (a, b) => $"format('{{0}}-{{1}}', {a}, {b})"),
        self.Select(e => $"toJSON({e})")));

    private static readonly Scope Names = Scope.Of("github", "env");

    private static EvaluationContext Context => new()
    {
        Contexts = new ObjectValue
        {
            { "github", new ObjectValue { { "ref", "refs/heads/main" }, { "event", new ArrayValue([new ObjectValue { { "name", "n" } }]) } } },
            { "env", new ObjectValue { { "X", "1" } } },
        },
    };

    [Fact]
    public void Any_text_parses_or_names_a_place_inside_it() => Gen.String.Sample(text =>
    {
        var (_, error) = ExpressionParser.Parse(text, Names);
        Assert.True(error is null || (error.Position <= text.Length && error.Message.Length > 0));
    });

    [Fact]
    public void Brackets_around_a_whole_expression_change_nothing() => Tree.Sample(text =>
    {
        if (ExpressionParser.Parse(text, Names).Expression is { } plain)
        {
            var bracketed = ExpressionParser.Parse($"( {text} )", Names).Expression;
            Assert.Equal(Shown(plain), Shown(bracketed!));
        }
    });

    [Fact]
    public void Not_equal_is_the_opposite_of_equal() => Gen.Select(Tree, Tree).Sample((left, right) =>
    {
        if (ExpressionParser.Parse($"({left}) == ({right})", Names).Expression is { } equal)
        {
            var unequal = ExpressionParser.Parse($"({left}) != ({right})", Names).Expression!;
            Assert.NotEqual(Evaluator.Evaluate(equal, Context).Value.IsTruthy, Evaluator.Evaluate(unequal, Context).Value.IsTruthy);
        }
    });

    [Fact]
    public void FromJson_reads_what_toJson_writes() => Gen.String.Sample(text =>
    {
        var value = new ObjectValue { { "text", text }, { "list", new ArrayValue([text, 1.5, true, Value.Null]) } };
        var (read, error) = ValueJson.Read(ValueJson.Write(value));
        Assert.Null(error);
        Assert.Equal(ValueJson.Write(value), ValueJson.Write(read));
    });

    [Fact]
    public void A_pattern_without_special_characters_matches_itself_alone() =>
        Gen.Select(Gen.String[Gen.Char['a', 'f'], 0, 8], Gen.String[Gen.Char['a', 'f'], 0, 8]).Sample((pattern, text) =>
            Assert.Equal(pattern == text, new FilterPattern(pattern).Matches(text)));

    [Fact]
    public void Two_stars_match_whatever_one_star_matches() =>
        Gen.Select(Gen.String[Gen.OneOf('a', '/', '*'), 0, 6], Gen.String[Gen.OneOf('a', '/', 'b'), 0, 8]).Sample((pattern, text) =>
        {
            if (!pattern.Contains("**", StringComparison.Ordinal) && new FilterPattern(pattern).Matches(text))
            {
                Assert.True(new FilterPattern(pattern.Replace("*", "**", StringComparison.Ordinal)).Matches(text));
            }
        });

    [Fact]
    public void Any_text_is_a_workflow_or_has_problems_with_places() => Gen.OneOf("on: push\n", "jobs:\n", "  a:\n", "    runs-on: x\n", "- ", "[", "]", "{", "}", "&a ", "*a", "|\n", "\t", "'", "\"", ": ", "${{ ", " }}", "x", "\n", "#", "!t ", "\r\n", "é").Array[0, 14].Select(parts => string.Concat(parts)).Sample(text =>
    {
        var source = new SourceText("w.yml", text);
        var parsed = WorkflowParser.Parse(source);
        Assert.True(parsed.IsValid || !parsed.Diagnostics.IsEmpty);
        Assert.All(parsed.Diagnostics, d => Assert.True(d.Span.Start >= 0 && d.Span.End <= text.Length && d.Message.Length > 0));
    });

    [Fact]
    public void Spans_of_plain_scalars_hold_their_text() => Gen.String[Gen.Char['a', 'z'], 1, 6].Array[1, 5].Sample(words =>
    {
        var text = string.Concat(words.Select((w, i) => $"k{i}:  {w}  # c\n"));
        var read = YamlReader.Read(new SourceText("t", text));
        Assert.All(((MappingNode)read.Root!).Members, m => Assert.Equal(((ScalarNode)m.Value).Text, text.Substring(m.Value.Span.Start, m.Value.Span.Length)));
    });

    private static string Shown(Expression expression)
    {
        var (value, error) = Evaluator.Evaluate(expression, Context);
        return error?.Code ?? ValueJson.Write(value);
    }
}
