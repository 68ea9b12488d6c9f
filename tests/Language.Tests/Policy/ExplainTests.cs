using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Cases;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy;

/// <summary>Questions in <c>testdata/policy/explain/*.json</c>, answers beside them in <c>.out</c>.</summary>
public sealed class ExplainTests
{
    public static TheoryData<string> Cases => [.. TestData.Files("policy/explain", "*.json")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_decision_is_explained_as_the_file_says(string file)
    {
        var root = (MappingNode)JsonReader.Read(new SourceText(file[(file.LastIndexOf('/') + 1)..], TestData.Read(file))).Root!;
        var reader = new RequestReader();
        var request = reader.Request(root["request"]);
        Assert.NotNull(request);
        var policies = reader.Policies(root["policies"], request, tolerant: true);
        Assert.Empty(reader.Problems);

        var decision = Authorizer.Explain(request, policies);

        Assert.Equal(Authorizer.Decide(request, policies), decision.Verdict);
        Assert.InRange(decision.Explanation.Summary.Length, 1, FirstLine.Longest);
        Golden.Check(Path.ChangeExtension(file, ".out"), new StringBuilder()
            .Append(ExplanationText.Render(decision.Explanation)).Append("---\n").Append(ExplanationJson.Render(decision.Explanation)).Append('\n').ToString());
    }

    [Fact]
    public void The_page_of_explanations_shows_every_case()
    {
        var page = new StringBuilder()
            .Append("# Explanations\n\nWhat a refusal says on its first line, and what would mend it. Each example is a case of `testdata/policy/explain/`; this page is\n")
            .Append("written from them by `./dev accept`. `keyless policy explain`, `keyless explain`, `keyless run` and the audit record all print the same.\n");
        foreach (var file in TestData.Files("policy/explain", "*.out"))
        {
            var lines = TestData.Read(file).Split('\n');
            page.Append("\n## ").Append(Path.GetFileNameWithoutExtension(file).Replace('-', ' ')).Append("\n\n> ").Append(lines[0]).Append('\n');
            foreach (var line in lines.TakeWhile(l => l.Length > 0).Where(l => l.StartsWith("  = ", StringComparison.Ordinal)))
            {
                page.Append(">\n> ").Append(line.Trim()).Append('\n');
            }
        }

        Golden.CheckFile(Path.Combine(TestData.Repository, "docs", "explanations.md"), page.ToString());
    }
}
