using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Tree;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy;

/// <summary>Every operator has a table of cases in <c>testdata/policy/operators/</c>.</summary>
public sealed class OperatorTests
{
    public static TheoryData<string> Operators => [.. ConditionOperators.All.Select(o => o.Name)];

    [Theory]
    [MemberData(nameof(Operators))]
    public void An_operator_holds_as_its_table_says(string name)
    {
        var lines = File.ReadAllLines(TestData.PathOf($"policy/operators/{name}.jsonl"));
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var row = (MappingNode)JsonReader.Read(new SourceText(name, line)).Root!;
            var op = (row["as"] as ScalarNode)?.Text ?? name;
            var policy = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"" + op + "\":{\"k:tested\":" + JsonText.Of(row["wanted"]!) + "}}}}";
            var compiled = CompiledPolicy.Compile(PolicyParser.ParseJson(new SourceText(name, policy), PolicyKind.Identity).Policy!);
            var request = new AccessRequest("s3:GetObject", "*", new Requester.Aws("arn:aws:iam::111122223333:user/ana"), Context(row["got"]));
            var verdict = Authorizer.Decide(request, new PolicySet { Identity = [compiled] });
            Assert.True((verdict == Verdict.Allow) == (((ScalarNode)row["holds"]!).Text == "true"), $"{name}: {line}");
        }
    }

    [Fact]
    public void Every_table_belongs_to_an_operator() =>
        Assert.Equal(
            ConditionOperators.All.Select(o => $"policy/operators/{o.Name}.jsonl").Order(StringComparer.Ordinal),
            TestData.Files("policy/operators", "*.jsonl"));

    [Theory]
    [InlineData("foranyvalue:stringlikeIFEXISTS", "ForAnyValue:StringLikeIfExists")]
    [InlineData("Null", "Null")]
    [InlineData("NullIfExists", null)]
    [InlineData("StringStartsWith", null)]
    public void An_operator_is_found_in_any_case(string written, string? canonical) => Assert.Equal(canonical, ConditionOperators.Find(written)?.CanonicalName);

    [Theory]
    [InlineData("StringEqual", "StringEquals")]
    [InlineData("ForAnyValues:StringLike", "ForAnyValue:StringLike")]
    [InlineData("IpAdress", "IpAddress")]
    [InlineData("StringNotLikeIfExist", "StringNotLikeIfExists")]
    [InlineData("Nul", "Null")]
    [InlineData("Whatever", null)]
    public void A_misspelt_operator_has_a_suggestion(string written, string? meant) => Assert.Equal(meant, ConditionOperators.Nearest(written));

    private static RequestContext Context(Node? got)
    {
        var context = new RequestContext().With("k:who", "ana").With("k:star", "*").With("k:arn", "arn:aws:iam::1:role/r");
        return got switch
        {
            ScalarNode one => context.With("K:Tested", one.Text),
            SequenceNode many => context.With("K:Tested", [.. many.Items.Select(i => ((ScalarNode)i).Text)]),
            _ => context,
        };
    }
}
