using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy;

/// <summary>Broken documents in <c>testdata/policy/parse/KIND-name.json</c>, what is said of them beside them in <c>.out</c>.</summary>
public sealed class ParseTests
{
    public static TheoryData<string> Cases => [.. TestData.Files("policy/parse", "*.json")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_broken_policy_is_explained_as_the_file_says(string file)
    {
        var name = Path.GetFileName(file);
        var kind = Enum.Parse<PolicyKind>(name.Split('-')[0], ignoreCase: true);
        var parsed = PolicyParser.ParseJson(new SourceText(name, TestData.Read(file)), kind);
        Golden.Check(Path.ChangeExtension(file, ".out"), TextRenderer.Render(parsed.Diagnostics));
    }
}
