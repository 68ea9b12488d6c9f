using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Lint;

namespace Keyless.Language.Workflow.Plan;

/// <summary>What a plan is made for: the event and what is known before any job runs.</summary>
/// <param name="Facts">The run's facts; job by job the plan adds environment and workflow file.</param>
public sealed record PlanQuestion(JobFacts Facts)
{
    /// <summary>The event's payload: <c>github.event</c>.</summary>
    public ObjectValue Payload { get; init; } = [];

    public ObjectValue Inputs { get; init; } = [];

    public ObjectValue Variables { get; init; } = [];

    public PermissionPolicy Policy { get; init; } = PermissionPolicy.Restricted;
}

public enum PlanVerdict
{
    Runs,
    Skipped,

    /// <summary>Decided by what other jobs do.</summary>
    Depends,
}

/// <summary>One job of a plan: one for each combination of a matrix.</summary>
/// <param name="Path">The job's id behind those of the jobs that call its file: <c>deploy/upload</c>.</param>
/// <param name="Name">As GitHub shows it.</param>
/// <param name="Stage">How many jobs must end before it, one after the other.</param>
public sealed record PlanEntry(string Path, string Name, int Stage, Job Job, PlanVerdict Verdict, string Reason)
{
    public required PermissionSet Permissions { get; init; }

    /// <summary>Whether it may ask for an ID token, and why or why not.</summary>
    public required TokenAccessAnswer Token { get; init; }

    /// <summary>What its tokens would say; null while the environment is not known.</summary>
    public JobFacts? Facts { get; init; }

    /// <summary>The environment's name as text, or the expression that decides it; null for none.</summary>
    public string? Environment { get; init; }
}

/// <summary>The jobs that an event would start, with what each may do and what its tokens would say; nothing runs for it.</summary>
public sealed class WorkflowPlan
{
    private readonly PlanQuestion _question;
    private readonly List<PlanEntry> _entries = [];
    private readonly List<Diagnostic> _diagnostics = [];

    private WorkflowPlan(PlanQuestion question) => _question = question;

    /// <summary>A file on the way to a job.</summary>
    private sealed record Frame(WorkflowFile File, string PathPrefix, string NamePrefix, int Stage, PermissionSet Outer, ImmutableArray<TokenAccessLevel> Levels, WorkflowReference? Reference);

    public static (ImmutableArray<PlanEntry> Jobs, ImmutableArray<Diagnostic> Diagnostics) Of(WorkflowFile workflow, PlanQuestion question)
    {
        var plan = new WorkflowPlan(question);
        plan.Add(new Frame(workflow, "", "", 0, PermissionSet.Of(question.Policy), [], null), PlanVerdict.Runs);
        return ([.. plan._entries], [.. plan._diagnostics]);
    }

    private void Add(Frame frame, PlanVerdict outer)
    {
        var verdicts = new Dictionary<string, (PlanVerdict Verdict, int Stage)>(StringComparer.OrdinalIgnoreCase);
        var waiting = frame.File.Jobs.ToList();
        while (waiting.Find(j => j.Needs.All(n => verdicts.ContainsKey(n.Text))) is { } job)
        {
            waiting.Remove(job);
            var stage = job.Needs.IsEmpty ? frame.Stage : job.Needs.Max(n => verdicts[n.Text].Stage) + 1;
            var (verdict, reason) = outer == PlanVerdict.Runs ? Decide(job, verdicts) : (outer, "the job that calls it decides");
            verdicts[job.Id] = (verdict, stage);
            foreach (var combination in Combinations(job))
            {
                Add(frame, job, combination, stage, verdict, reason);
            }
        }
    }

    private void Add(Frame frame, Job job, MatrixJob? combination, int stage, PlanVerdict verdict, string reason)
    {
        var context = Context(combination);
        var shown = job.Name switch
        {
            Template.Dynamic dynamic => Evaluate(dynamic, context, "matrix") ?? "${{ " + dynamic.Text + " }}",
            _ => combination?.Name ?? NameOf(job) + " (...)",
        };
        var path = frame.PathPrefix + job.Id;
        var name = frame.NamePrefix + shown;
        var permissions = PermissionSet.Resolve(frame.File, job, frame.Outer);
        permissions = _question.Facts is { FromFork: true, EventName: "pull_request" } ? permissions.CappedToRead() : permissions;
        ImmutableArray<TokenAccessLevel> levels = [.. frame.Levels, TokenAccessLevel.Of(frame.File, job)];
        var token = TokenAccess.Decide(TokenAccessQuestion.Of(_question.Facts, levels));
        var file = JobWorkflow.Of(frame.Reference, _question.Facts);
        var (environment, isKnown) = EnvironmentOf(job, context);
        _entries.Add(new PlanEntry(path, name, stage, job, verdict, reason)
        {
            Permissions = permissions,
            Token = token,
            Environment = environment,
            Facts = !isKnown ? null : _question.Facts with
            {
                Environment = environment,
                JobWorkflowRef = file?.Ref,
                JobWorkflowSha = file?.Sha,
            },
        });
        if (job is CallJob { Callee: { } callee } call)
        {
            Add(new Frame(callee, path + "/", name + " / ", stage, permissions, levels, call.Reference), verdict);
        }
    }

    /// <summary>The combinations of the job's matrix; a single null when other jobs decide them.</summary>
    private List<MatrixJob?> Combinations(Job job)
    {
        if (job.Strategy is not null && Uses.In(job.Strategy).Any(t => AsksFor(t.Expression, "needs")))
        {
            return [null];
        }

        var result = Matrix.Expand(job.Strategy, NameOf(job), Context(null));
        _diagnostics.AddRange(result.Diagnostics);
        return [.. result.Jobs];
    }

    private static string NameOf(Job job) => job.Name?.LiteralText is { Length: > 0 } name ? name : job.Id;

    private (PlanVerdict Verdict, string Reason) Decide(Job job, Dictionary<string, (PlanVerdict Verdict, int Stage)> verdicts)
    {
        var written = job.If.Written is Template.Dynamic dynamic ? dynamic.Text : null;
        var asks = written is not null && Condition.AsksForStatus(((Template.Dynamic)job.If.Written!).Expression);
        if (!asks && job.Needs.Where(n => verdicts[n.Text].Verdict == PlanVerdict.Skipped).Select(n => n.Text).FirstOrDefault() is { } skipped)
        {
            return (PlanVerdict.Skipped, $"`{skipped}`, which it needs, is skipped");
        }

        if (AsksFor(job.If.Expression, "needs") || job.Needs.Any(n => verdicts[n.Text].Verdict == PlanVerdict.Depends))
        {
            return (PlanVerdict.Depends, written is null ? "what it needs is not decided yet" : $"`if: {Excerpt.Of(written)}` depends on other jobs");
        }

        var succeeded = job.Needs.ToDictionary(n => n.Text, _ => Outcome.Success, StringComparer.OrdinalIgnoreCase);
        var (holds, problem) = TemplateEvaluator.Evaluate(job.If, Context(null, Status.OfJob(succeeded, cancelled: false)));
        if (problem is not null)
        {
            _diagnostics.Add(problem);
            return (PlanVerdict.Skipped, problem.Message);
        }

        return (holds ? PlanVerdict.Runs : PlanVerdict.Skipped, written is null ? job.Needs.IsEmpty ? "it waits for nothing" : $"after {string.Join(", ", job.Needs.Select(n => $"`{n.Text}`"))} succeeded"
            : $"`if: {Excerpt.Of(written)}` is {(holds ? "true" : "false")}");
    }

    private (string? Name, bool IsKnown) EnvironmentOf(Job job, EvaluationContext context)
    {
        var template = (job as StepsJob)?.Environment is Template.Map map ? map["name"] : (job as StepsJob)?.Environment;
        if (template is null)
        {
            return (null, true);
        }

        if (template is Template.Dynamic dynamic)
        {
            return Evaluate(dynamic, context, "needs") is { } name ? (name.Length == 0 ? null : name, true) : ("${{ " + dynamic.Text + " }}", false);
        }

        return (template.LiteralText is { Length: > 0 } literal ? literal : null, true);
    }

    /// <summary>The text of an expression; null when it asks for what is not known, or fails.</summary>
    private static string? Evaluate(Template.Dynamic template, EvaluationContext context, string unknown)
    {
        if (AsksFor(template.Expression, "needs") || (AsksFor(template.Expression, unknown) && context.Contexts["matrix"].Kind == ValueKind.Null))
        {
            return null;
        }

        var (value, error) = Evaluator.Evaluate(template.Expression, context);
        return error is null ? value.ToText() : null;
    }

    private EvaluationContext Context(MatrixJob? combination, StatusFunction? status = null)
    {
        var facts = _question.Facts;
        var slash = facts.Repository.IndexOf('/', StringComparison.Ordinal);
        return new EvaluationContext
        {
            Status = status ?? Status.OfSteps(null),
            Contexts = new ObjectValue
            {
                {
                    "github", new ObjectValue
                    {
                        { "event_name", facts.EventName },
                        { "event", _question.Payload },
                        { "ref", facts.Ref },
                        { "ref_name", ShortRef(facts.Ref) },
                        { "ref_type", facts.Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch" },
                        { "sha", facts.Sha },
                        { "head_ref", facts.HeadRef },
                        { "base_ref", facts.BaseRef },
                        { "repository", facts.Repository },
                        { "repository_owner", slash < 0 ? facts.Repository : facts.Repository[..slash] },
                        { "actor", facts.Actor },
                        { "triggering_actor", facts.Actor },
                        { "workflow", facts.Workflow },
                        { "run_id", facts.RunId },
                        { "run_number", facts.RunNumber },
                        { "run_attempt", facts.RunAttempt },
                        { "server_url", "https://github.com" },
                        { "api_url", "https://api.github.com" },
                    }
                },
                { "inputs", _question.Inputs },
                { "vars", _question.Variables },
                { "matrix", combination?.Values ?? Value.Null },
                { "strategy", combination?.Strategy ?? (Value)new ObjectValue() },
            },
        };
    }

    private static string ShortRef(string reference)
    {
        foreach (var prefix in (string[])["refs/heads/", "refs/tags/", "refs/pull/"])
        {
            if (reference.StartsWith(prefix, StringComparison.Ordinal))
            {
                return reference[prefix.Length..];
            }
        }

        return reference;
    }

    private static bool AsksFor(Expression expression, string context) =>
        expression.Any(e => e is Expression.Context named && named.Name.Equals(context, StringComparison.OrdinalIgnoreCase));
}
