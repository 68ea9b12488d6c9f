using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Policy.Lint;

/// <summary>Whole documents under <c>testdata/policy/lint/</c>: what a person sees for each.</summary>
public sealed class LintTests
{
    private const string AnyContext = """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Preview",
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": {
                "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
                "StringLike": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:*" }
              }
            }
          ]
        }
        """;

    public static TheoryData<string> Cases => [.. TestData.Files("policy/lint", "*").Where(f => !f.EndsWith(".out", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_document_has_these_findings(string file)
    {
        var findings = Linter.Lint(new SourceText(Path.GetFileName(file), TestData.Read(file)));
        Golden.Check(Path.ChangeExtension(file, ".out"), TextRenderer.Render(findings.Select(f => f.Diagnostic)));
    }

    [Fact]
    public void A_finding_has_its_path_its_sid_and_its_page()
    {
        var finding = Linter.Lint(new SourceText("trust.json", AnyContext)).First(f => f.Diagnostic.Id == "github-sub-any-context");
        Assert.Equal("$.Statement[0].Condition.StringLike['token.actions.githubusercontent.com:sub']", finding.Diagnostic.Path);
        Assert.Equal("Preview", finding.Sid);
        Assert.Equal("keyless policy lint --why github-sub-any-context", finding.Diagnostic.More);
        Assert.Equal(new SourcePosition(11, 68), finding.Diagnostic.Start);
    }

    [Theory]
    [InlineData("""{ "Statement": { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" } }""", PolicyKind.Identity)]
    [InlineData("""{ "Statement": { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*" } }""", PolicyKind.Resource)]
    [InlineData("""{ "Statement": { "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*" } }""", PolicyKind.Trust)]
    [InlineData("""{ "Statement": { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "s3:GetObject" } }""", PolicyKind.Trust)]
    [InlineData("""{ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" } }""", PolicyKind.Identity)]
    public void The_kind_of_a_policy_is_told_from_its_elements(string text, PolicyKind expected) =>
        Assert.Equal(expected, Linter.GuessKind(Keyless.Language.Tree.JsonReader.Read(new SourceText("p", text)).Root!));

    [Theory]
    [InlineData("id: github-sub-any-context", "", true)]
    [InlineData("id: github-sub-any-context", "sid: Preview", true)]
    [InlineData("id: github-sub-any-context", "file: infra/trust.json", true)]
    [InlineData("id: github-sub-any-context", "sid: Other", false)]
    [InlineData("id: github-sub-any-context", "file: other.json", false)]
    [InlineData("id: github-sub-missing", "", false)]
    public void A_suppression_covers_its_check_and_place_and_is_reported_when_unused(string id, string place, bool covers)
    {
        var settings = LintSettings.Read(new SourceText("keyless.yaml", $"lint:\n  suppress:\n    - {id}\n      {(place.Length == 0 ? "" : place + "\n      ")}reason: previews\n"), "lint");
        Assert.Empty(settings.Diagnostics);
        var ids = Suppression.Apply(settings.Suppressions, Linter.Lint(new SourceText("stack/infra/trust.json", AnyContext))).Select(f => f.Diagnostic.Id).ToList();
        Assert.Equal(!covers, ids.Contains("github-sub-any-context"));
        Assert.Equal(!covers, ids.Contains("suppression-unused"));
    }

    [Theory]
    [InlineData("suppress:\n  - id: github-sub-any-context\n", "gives no reason")]
    [InlineData("suppress:\n  - id: github-sub-any-contxt\n    reason: x\n", "did you mean `github-sub-any-context`?")]
    [InlineData("suppress:\n  - reason: x\n", "names the check by its `id`")]
    [InlineData("supress: []\n", "did you mean `suppress`?")]
    [InlineData("fail-on: bad\n", "is no severity")]
    [InlineData("suppress: github-sub-any-context\n", "expected a list")]
    [InlineData("- x\n", "are a mapping")]
    public void A_mistake_in_the_settings_is_named(string yaml, string expected)
    {
        var diagnostic = Assert.Single(LintSettings.Read(new SourceText("lint.yaml", yaml), null).Diagnostics);
        Assert.Contains(expected, $"{diagnostic.Message}; {diagnostic.Help}", StringComparison.Ordinal);
    }

    [Fact]
    public void Fixes_are_text_for_the_place_they_name()
    {
        const string Text = """{ "Version": "2008-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:eu-west-1::b/*" } ] }""";
        var mended = Linter.Lint(new SourceText("p.json", Text)).Select(f => f.Diagnostic).Where(d => d.Fix is not null).OrderByDescending(d => d.Span.Start)
            .Aggregate(Text, (text, d) => text[..d.Span.Start] + d.Fix + text[d.Span.End..]);
        Assert.Equal("""{ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" } ] }""", mended);
        Assert.Empty(Linter.Lint(new SourceText("p.json", mended)));
    }

    [Fact]
    public void Annotations_escape_what_workflow_commands_reserve()
    {
        var diagnostic = new Diagnostic("x", Severity.High, new SourceText("a,b:c.json", "one\ntwo"), new SourceSpan(4, 3), "50% of `a`") { Help = "line" };
        Assert.Equal("::error file=a%2Cb%3Ac.json,line=2,endLine=2,col=1,endColumn=4,title=high[x]::50%25 of `a`%0Ahelp: line\n", AnnotationRenderer.Render([diagnostic]));
    }

    [Fact]
    public void Sarif_names_rules_places_and_fixes() =>
        Golden.Check("policy/lint.sarif.out", SarifRenderer.Render("0.1.0", [.. Catalogue.Checks.Select(c => new SarifRule(c.Id, c.Severity, c.Finds, c.Why, c.Source))],
            Linter.Lint(new SourceText("policy.json", """{ "Version": "2008-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" } ] }""")).Select(f => f.Diagnostic)));
}
