using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint;

namespace Fuzz.Targets;

/// <summary><see cref="Linter"/>: any text has findings, each with a place inside the text, and so do the settings.</summary>
internal sealed class PolicyLint : Target
{
    // The examples of the catalogue reach every check.
    public override IEnumerable<string> Seeds => Catalogue.Checks.SelectMany(c => new[] { c.Bad.Policy, c.Good.Policy, c.Bad.Text });

    public override IEnumerable<string> Words =>
        ["*", "?", "${aws:username}", "${", "}", "IfExists", "ForAllValues:", "repo:", ":pull_request", "arn:aws:s3:::", "sts:AssumeRole", "0.0.0.0/0", "Resources:\n", "!Sub ", "null", "[]", "{}", "/"];

    public override void Run(string input)
    {
        foreach (var finding in Linter.Lint(new SourceText("p", input)))
        {
            var diagnostic = finding.Diagnostic;
            Promise(diagnostic.Span.Start >= 0 && diagnostic.Span.End <= input.Length, $"`{diagnostic.Id}` has a place inside the text");
            Promise(diagnostic.Message.Length > 0 && !diagnostic.Message.Contains('\n', StringComparison.Ordinal), $"`{diagnostic.Id}` is one line");
            Promise(Catalogue.Find(diagnostic.Id) is not null, $"`{diagnostic.Id}` has a page");
        }

        _ = LintSettings.Read(new SourceText("s", input), null);
    }
}
