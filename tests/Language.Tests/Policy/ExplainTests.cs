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
        Golden.Check(Path.ChangeExtension(file, ".out"), new StringBuilder()
            .Append(ExplanationText.Render(decision.Explanation)).Append("---\n").Append(ExplanationJson.Render(decision.Explanation)).Append('\n').ToString());
    }
}
