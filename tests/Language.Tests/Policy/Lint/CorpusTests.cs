using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy.Lint;

/// <summary>The lint cases of the project's conformance corpus: what must be reported, and what must not.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string> Cases => [.. TestData.Read("policy/lint.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_expected_checks_report_and_the_absent_ones_do_not(string id)
    {
        var line = TestData.Read("policy/lint.jsonl").Split('\n').First(l => l.Contains($"\"id\": \"{id}\"", StringComparison.Ordinal));
        var root = JsonDocument.Parse(line).RootElement;
        var found = Linter.Lint(new SourceText("policy.json", root.GetProperty("document").GetString()!), PolicyKind.Trust).Select(f => f.Diagnostic.Id).ToHashSet();
        var expect = root.GetProperty("expect");
        Assert.Superset(expect.GetProperty("findings").EnumerateArray().Select(e => e.GetString()!).ToHashSet(), found);
        Assert.DoesNotContain(expect.GetProperty("absent").EnumerateArray().Select(e => e.GetString()!), found.Contains);
    }
}
