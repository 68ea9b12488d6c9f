using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy.Lint;

/// <summary>Every check's page is true: its bad example has the finding, its good example does not.</summary>
public sealed class CatalogueTests
{
    public static TheoryData<string> Ids => [.. Catalogue.Checks.Select(c => c.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_bad_example_is_found(string id) => Assert.Contains(id, IdsIn(Catalogue.Find(id)!.Bad));

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_good_example_is_not(string id) => Assert.DoesNotContain(id, IdsIn(Catalogue.Find(id)!.Good));

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_good_example_has_nothing_worse(string id)
    {
        var check = Catalogue.Find(id)!;
        var worse = Lint(check.Good).Where(f => f.Diagnostic.Severity >= Severity.High).Select(f => f.Diagnostic.Id);
        Assert.Empty(worse);
    }

    [Fact]
    public void Ids_are_unique_and_every_rule_is_listed()
    {
        var ids = Catalogue.Checks.Select(c => c.Id).ToList();
        Assert.Equal(ids.Distinct(StringComparer.Ordinal), ids);
        var rules = typeof(Rule).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Rule)));
        Assert.Equal(rules.Select(t => t.Name).Order(StringComparer.Ordinal), Catalogue.Rules.Select(r => r.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_document_shows_the_pages()
    {
        var text = new StringBuilder(Introduction);
        foreach (var check in Catalogue.Checks)
        {
            text.Append("- [").Append(check.Id).Append("](#").Append(check.Id).Append(") (").Append(check.Severity.ToString().ToLowerInvariant()).Append("): ").Append(check.Finds).Append('\n');
        }

        text.Append("\n## Pages\n\n");
        foreach (var check in Catalogue.Checks)
        {
            text.Append(CheckPage.Markdown(check));
        }

        Golden.CheckFile(Path.Combine(TestData.Repository, "docs", "checks.md"), text.ToString().TrimEnd('\n') + "\n");
    }

    internal static IEnumerable<Finding> Lint(Example example)
    {
        var name = example.Part == ExamplePart.Template ? "template.yaml" : "policy.json";
        var kind = example.Part == ExamplePart.Template ? (Keyless.Language.Policy.Document.PolicyKind?)null : example.Kind;
        var findings = Linter.Lint(new SourceText(name, example.Policy), kind);
        return example.Part == ExamplePart.Suppressions
            ? Suppression.Apply(LintSettings.Read(new SourceText("lint.yaml", example.Text), null).Suppressions, findings)
            : findings;
    }

    private static IEnumerable<string> IdsIn(Example example) => Lint(example).Select(f => f.Diagnostic.Id);

    private const string Introduction = """
        # Checks

        What `keyless policy lint` looks for. `keyless policy lint --why ID` prints a page of this list. This file is written by the tests from
        the same examples that they run (`./dev accept`).

        Severities, mildest first: **info** (tidiness), **low**, **warning** (probably not what was meant), **medium**, **high**, **critical**
        (an open door), **error** (refused, or without meaning). `--fail-on SEVERITY` says from where on the exit status is 1; without it that is
        `warning`.

        Messages that begin with *proved* come from the prover: they hold for every token that GitHub can issue, not only for those somebody
        thought of. When a proof would take too long, the check is silent.

        ## Suppressions

        A finding that a repository has decided to live with is listed in the `lint` section of `keyless.yaml`, or in a file of its own
        (`--settings FILE`), with the reason:

        ```yaml
        lint:
          fail-on: medium
          account: "111122223333"
          repositories: [octo-org/site]
          suppress:
            - id: github-sub-any-context
              sid: Preview             # optional: only in this statement
              file: infra/preview.json # optional: only in this file
              reason: every branch has a preview of its own
        ```

        A suppression that no longer suppresses anything is itself reported.

        ## List


        """;
}
