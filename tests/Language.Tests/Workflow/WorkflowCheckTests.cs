using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Lint;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class WorkflowCheckTests
{
    public static TheoryData<string> Cases => [.. TestData.Files("workflow/check", "*.yml")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Findings_read_as_in_the_file_beside(string file)
    {
        var source = new SourceText(Path.GetFileName(file), TestData.Read(file));
        var parsed = WorkflowParser.Parse(source);
        var findings = parsed.IsValid ? parsed.Diagnostics.AddRange(WorkflowLinter.Check(parsed.Workflow!)) : parsed.Diagnostics;
        Golden.Check(Path.ChangeExtension(file, ".out"), TextRenderer.Render(findings));
    }

    [Fact]
    public void Every_rule_has_a_case()
    {
        var seen = TestData.Files("workflow/check", "*.out").SelectMany(f => WorkflowLinter.Rules.Select(r => r.Id).Where(id => TestData.Read(f).Contains($"[{id}]", StringComparison.Ordinal))).ToHashSet();
        Assert.Empty(WorkflowLinter.Rules.Select(r => r.Id).Except(seen));
    }

    [Fact]
    public void Every_rule_is_in_the_documentation()
    {
        var page = TestData.Read("../docs/workflows.md");
        Assert.All(WorkflowLinter.Rules, r => Assert.Contains($"| `{r.Id}` | {r.Severity.ToString().ToLowerInvariant()} |", page, StringComparison.Ordinal));
    }
}
