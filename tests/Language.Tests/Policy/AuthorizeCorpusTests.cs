using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Cases;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy;

public sealed class AuthorizeCorpusTests
{
    [Fact]
    public void Every_case_of_the_corpus_is_decided_as_recorded()
    {
        var wrong = new List<string>();
        foreach (var line in File.ReadLines(TestData.PathOf("policy/authorize.jsonl")))
        {
            var @case = (MappingNode)JsonReader.Read(new SourceText("case", line)).Root!;
            var reader = new RequestReader();
            var request = reader.Request(@case["request"]);
            Assert.NotNull(request);
            var policies = reader.Policies(@case["policies"], request, tolerant: true);
            Assert.Empty(reader.Problems);
            var verdict = Authorizer.Decide(request, policies).ToString();
            var expected = Text(@case["expect"], "decision");
            if (verdict != expected && @case["scored"] is not ScalarNode { Text: "false" })
            {
                wrong.Add($"{Text(@case, "id")}: {verdict}, expected {expected}");
            }
        }

        Assert.Empty(wrong);
    }

    private static string Text(Node? node, string name) => ((ScalarNode)((MappingNode)node!)[name]!).Text;
}
