using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>A text that strangers write goes into a script as code. GitHub Docs, "Script injections".</summary>
internal sealed class UntrustedInput() : WorkflowRule("untrusted-input", Severity.High)
{
    private static readonly HashSet<string> Untrusted = new(StringComparer.OrdinalIgnoreCase)
    {
        "head_ref", "event.issue.title", "event.issue.body", "event.pull_request.title", "event.pull_request.body", "event.comment.body", "event.review.body",
        "event.review_comment.body", "event.pull_request.head.ref", "event.pull_request.head.label", "event.pull_request.head.repo.default_branch",
        "event.head_commit.message", "event.head_commit.author.email", "event.head_commit.author.name", "event.commits.*.message", "event.commits.*.author.email",
        "event.commits.*.author.name", "event.pages.*.page_name", "event.discussion.title", "event.discussion.body", "event.workflow_run.head_branch",
        "event.workflow_run.head_commit.message", "event.workflow_run.display_title",
    };

    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow) =>
        from step in workflow.Jobs.OfType<StepsJob>().SelectMany(j => j.Steps)
        from script in Scripts(step)
        from template in Uses.In(script)
        from path in Uses.Paths(template.Expression, "github")
        let name = string.Join('.', path)
        where Untrusted.Contains(name)
        select Found(step.Source, template.Span, $"`github.{name}` is written by whoever opens the event, and becomes code of this script",
            $"hand it over as a variable: `env: {{ VALUE: ${{{{ github.{name} }}}} }}`, and use `\"$VALUE\"` in the script");

    private static IEnumerable<Template?> Scripts(Step step) => step switch
    {
        RunStep run => [run.Run],
        UsesStep { Action: ActionReference.InRepository action } uses when action.FullName.Equals("actions/github-script", StringComparison.OrdinalIgnoreCase) => [uses.With?["script"]],
        _ => [],
    };
}
