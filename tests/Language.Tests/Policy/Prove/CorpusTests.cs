using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Tree;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy.Prove;

public sealed class CorpusTests
{
    public static TheoryData<string> Questions => [.. TestData.Read("policy/analyse.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('"')[3])];

    [Theory]
    [MemberData(nameof(Questions))]
    public void A_question_of_the_corpus_gets_its_answer(string id)
    {
        var line = TestData.Read("policy/analyse.jsonl").Split('\n').First(line => line.Contains($"\"{id}\"", StringComparison.Ordinal));
        var node = JsonReader.Read(new SourceText(id, line)).Root!;
        var (question, _, problem) = QuestionReader.Read(node);
        Assert.Null(problem);

        var answer = Prover.Decide(question!, new Budget(cancellation: TestContext.Current.CancellationToken));

        var expect = (MappingNode)((MappingNode)node)["expect"]!;
        var written = QuestionReader.Write(id, question!, answer);
        TestContext.Current.TestOutputHelper?.WriteLine(written);
        Assert.Contains($"\"answer\":\"{((ScalarNode)expect["answer"]!).Text}\"", written, StringComparison.Ordinal);
        if (expect["counterexampleMust"] is not SequenceNode must)
        {
            return;
        }

        var found = ((Answer.Refuted)answer).Counterexample;
        foreach (var item in must.Items.Cast<MappingNode>())
        {
            var test = new ClaimTest(Text(item, "claim"), Enum.Parse<ClaimOperator>(Text(item, "op"), ignoreCase: true), Text(item, "value"));
            Assert.True(Prover.Satisfies(found, test), $"{test} does not hold for {written}");
        }
    }

    private static string Text(MappingNode node, string name) => node[name] is ScalarNode scalar ? scalar.Text : "";
}
