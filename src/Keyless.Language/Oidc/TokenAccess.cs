using System.Collections.Immutable;
using Keyless.Language.Workflow;

namespace Keyless.Language.Oidc;

/// <summary>A level of <c>permissions</c> as far as <c>id-token</c> is concerned.</summary>
public enum IdTokenPermission
{
    /// <summary>No <c>permissions</c> key at this level.</summary>
    Unset,

    /// <summary>A key that does not name <c>id-token</c>, or names it <c>none</c>, or <c>read-all</c>, or <c>{}</c>.</summary>
    None,

    /// <summary><c>id-token: write</c> or <c>write-all</c>.</summary>
    Write,
}

/// <summary>One file on the way to a job: the caller's workflow first, the file that defines the job last.</summary>
/// <param name="File">The workflow file, for messages.</param>
/// <param name="Job">The job in it: the calling job, or the job itself.</param>
public sealed record TokenAccessLevel(string File, string Job, IdTokenPermission Workflow, IdTokenPermission InJob)
{
    /// <summary>A job of a file, as the file says it.</summary>
    public static TokenAccessLevel Of(WorkflowFile file, Job job) => new(file.Source.Name, job.Id, Of(file.Permissions), Of(job.Permissions));

    /// <summary>A job's own key replaces the workflow's entirely.</summary>
    public IdTokenPermission Effective => InJob != IdTokenPermission.Unset ? InJob : Workflow;

    private static IdTokenPermission Of(PermissionSet? permissions) =>
        permissions is null ? IdTokenPermission.Unset : permissions.GrantsIdToken ? IdTokenPermission.Write : IdTokenPermission.None;
}

/// <summary>What decides whether a job gets a token.</summary>
public sealed record TokenAccessQuestion(string EventName, ImmutableArray<TokenAccessLevel> Levels)
{
    private const string Dependabot = "dependabot[bot]";

    /// <summary>The question for a job of which everything is known: what runner and plan ask.</summary>
    public static TokenAccessQuestion Of(JobFacts job, ImmutableArray<TokenAccessLevel> levels) => new(job.EventName, levels)
    {
        FromFork = job.FromFork,
        IsPrivate = job.Visibility != "public",

        // For pull_request_target GitHub asks who opened the pull request, whoever set off the event.
        ByDependabot = job.Actor == Dependabot || (job.EventName == "pull_request_target" && job.PullRequestAuthor == Dependabot),
    };

    /// <summary>A pull request from another repository.</summary>
    public bool FromFork { get; init; }

    public bool IsPrivate { get; init; }

    /// <summary>The private repository's setting that sends write tokens to forks' pull requests.</summary>
    public bool WriteTokensForForks { get; init; }

    /// <summary>Dependabot started the run.</summary>
    public bool ByDependabot { get; init; }
}

/// <summary>The answer, with the reason and the line that would change it.</summary>
/// <param name="StartsNot">True when GitHub would not even start the run.</param>
public sealed record TokenAccessAnswer(bool Granted, string Reason, string? Help = null, bool StartsNot = false);

/// <summary>
/// Who gets a token at all: the one rule that the runner, the issuer and the <c>workflow</c> commands share. GitHub Docs,
/// "OpenID Connect reference", Workflow permissions for requesting the OIDC token; "Controlling permissions for GITHUB_TOKEN".
/// </summary>
/// <remarks>
/// Our choice: a caller without <c>permissions</c> never passes <c>id-token</c> on, although GitHub's permissive default does so to
/// workflows of the same owner. Who relies on that default loses his tokens the day an administrator changes it.
/// </remarks>
public static class TokenAccess
{
    private const string Line = "add `permissions:` with `id-token: write` and `contents: read`";

    public static TokenAccessAnswer Decide(TokenAccessQuestion question)
    {
        var job = question.Levels[^1];

        // 1. Forks: YAML cannot raise what GitHub caps. pull_request_target and workflow_run run in the base repository.
        var isPullRequest = question.EventName is "pull_request" or "pull_request_review" or "pull_request_review_comment";
        if (question.FromFork && isPullRequest && !(question.IsPrivate && question.WriteTokensForForks))
        {
            return new TokenAccessAnswer(
                Granted: false,
                $"a pull request from a fork gets no token: GitHub caps `id-token` for job `{job.Job}` whatever the workflow says",
                question.IsPrivate
                    ? "turn on \"Send write tokens to workflows from pull requests\" in the repository's settings, or move the job to another event"
                    : "move the job to an event that runs in the base repository, for example `push` after the merge");
        }

        // 2. Dependabot: read-only unless the workflow declares permissions itself; never for pull_request_target.
        var declared = question.Levels.Any(level => level.Effective != IdTokenPermission.Unset);
        if (question.ByDependabot && (question.EventName == "pull_request_target" || !declared))
        {
            return new TokenAccessAnswer(
                Granted: false,
                $"Dependabot's runs get a read-only token, so job `{job.Job}` cannot ask for an ID token",
                question.EventName == "pull_request_target" ? "let another event do the deployment" : Line + $" to job `{job.Job}`");
        }

        // 3. From the caller inwards: a called file may ask for what its caller has, never for more.
        var outer = question.Levels[0];
        var granted = outer.Effective == IdTokenPermission.Write;
        for (var i = 1; i < question.Levels.Length; i++)
        {
            var called = question.Levels[i];
            if (called.Effective == IdTokenPermission.Write && !granted)
            {
                var asker = called.InJob == IdTokenPermission.Write ? $"The nested job '{called.Job}'" : "The workflow";
                return new TokenAccessAnswer(
                    Granted: false,
                    $"Error calling workflow '{called.File}'. {asker} is requesting 'id-token: write', but is only allowed 'id-token: none'.",
                    Line + $" to the calling job `{outer.Job}` in `{outer.File}`",
                    StartsNot: true);
            }

            granted = called.Effective switch
            {
                IdTokenPermission.Write => true,
                IdTokenPermission.None => false,
                _ => granted,
            };
        }

        return granted ? new TokenAccessAnswer(Granted: true, Source(job, outer)) : Missing(question);
    }

    private static string Source(TokenAccessLevel job, TokenAccessLevel outer) =>
        job.InJob == IdTokenPermission.Write ? $"job `{job.Job}` has `id-token: write`"
        : job.Workflow == IdTokenPermission.Write ? $"`{job.File}` has `id-token: write` for every job without permissions of its own"
        : $"the calling job `{outer.Job}` has `id-token: write`";

    private static TokenAccessAnswer Missing(TokenAccessQuestion question)
    {
        var job = question.Levels[^1];
        if (job.InJob == IdTokenPermission.None && job.Workflow == IdTokenPermission.Write)
        {
            return new TokenAccessAnswer(
                Granted: false,
                $"the `permissions` of job `{job.Job}` replace the workflow's and do not name `id-token: write`",
                $"add `id-token: write` to the permissions of job `{job.Job}`");
        }

        return job.Effective == IdTokenPermission.None
            ? new TokenAccessAnswer(Granted: false, $"the permissions of job `{job.Job}` do not include `id-token: write`; what is not named is `none`", $"add `id-token: write` beside the permissions that are there in `{job.File}`")
            : new TokenAccessAnswer(Granted: false, $"job `{job.Job}` has no `permissions`, and `id-token` is never granted by default", Line + $" to job `{job.Job}` in `{job.File}`");
    }
}
