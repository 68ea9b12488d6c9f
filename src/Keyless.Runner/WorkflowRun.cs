using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Contexts;
using Keyless.Runner.Steps;

namespace Keyless.Runner;

/// <summary>One file of a run: the top-level workflow, or a workflow that a job calls.</summary>
/// <param name="Callers">The jobs that call it, from the top; the levels that decide about tokens.</param>
internal sealed record WorkflowLevel(WorkflowFile File, Value Inputs, ImmutableSortedDictionary<string, string> Secrets, ImmutableArray<TokenAccessLevel> Callers)
{
    /// <summary>The names of the calling jobs, shown before the names of its own.</summary>
    public string NamePrefix { get; init; } = "";

    public string PathPrefix { get; init; } = "";

    /// <summary>The call that led to it; null for the top-level file.</summary>
    public WorkflowReference? Reference { get; init; }
}

/// <summary>
/// Runs the jobs of a workflow in the order of their needs: each as soon as its needs have ended, side by side where nothing orders them.
/// GitHub Docs, "Workflow syntax", jobs.
/// </summary>
internal sealed class WorkflowRun(RunServices run, Action<RunEvent> report) : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(4, Environment.ProcessorCount));
    private readonly ObjectValue _github = GithubContext.OfRun(run.Facts);
    private readonly Lock _gate = new();
    private int _jobs;

    public void Dispose() => _places.Dispose();

    /// <summary>Runs all jobs of a file; what <c>jobs</c> says then.</summary>
    public async Task<(Outcome Result, ObjectValue Jobs)> RunAsync(WorkflowLevel level, CancellationToken cancellation)
    {
        var chosen = Chosen(level.File.Jobs, level.PathPrefix.Length == 0 ? run.Options.Job : null);
        var outcomes = new Dictionary<string, Task<JobOutcome>>(StringComparer.OrdinalIgnoreCase);

        // No job looks for the tasks it waits for before all are there.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var job in chosen)
        {
            outcomes[job.Id] = RunJobAsync(level, job, outcomes, begin.Task, cancellation);
        }

        begin.SetResult();
        await Task.WhenAll(outcomes.Values);
        var jobs = new ObjectValue();
        var result = Outcome.Success;
        var allSkipped = chosen.Length > 0;
        foreach (var job in chosen)
        {
            var outcome = await outcomes[job.Id];
            jobs[job.Id] = NeedOf(outcome);
            allSkipped &= outcome.Result == Outcome.Skipped;
            result = Worst(result, outcome.Result);
        }

        return (allSkipped ? Outcome.Skipped : result, jobs);
    }

    private async Task<JobOutcome> RunJobAsync(WorkflowLevel level, Job job, Dictionary<string, Task<JobOutcome>> outcomes, Task begin, CancellationToken cancellation)
    {
        await begin;

        // 1. Its needs.
        var needs = new ObjectValue();
        foreach (var need in job.Needs)
        {
            needs[level.File.FindJob(need.Text)!.Id] = NeedOf(await outcomes[need.Text]);
        }

        var name = level.NamePrefix + (job.Name?.LiteralText is { Length: > 0 } literal ? literal : job.Id);
        var path = level.PathPrefix + job.Id;

        // 2. Its condition.
        var ancestors = new Dictionary<string, Outcome>(StringComparer.OrdinalIgnoreCase);
        foreach (var ancestor in Ancestors(level.File, job))
        {
            ancestors[ancestor] = (await outcomes[ancestor]).Result;
        }

        var contexts = Contexts(level, needs);
        var (holds, problem) = TemplateEvaluator.Evaluate(
            job.If, new EvaluationContext { Contexts = contexts, Status = Status.OfJob(ancestors, cancellation.IsCancellationRequested) });
        if (problem is not null)
        {
            return Refuse(name, path, [problem]);
        }

        if (!holds)
        {
            var skipped = cancellation.IsCancellationRequested ? Outcome.Cancelled : Outcome.Skipped;
            Report(new RunEvent.JobEnded(name, new JobReport(name, path, skipped, TimeSpan.Zero)));
            return new JobOutcome(skipped, []);
        }

        // 3. Its matrix.
        var combinations = Matrix.Expand(job.Strategy, job.Name is { HasExpression: false, LiteralText: { Length: > 0 } given } ? given : job.Id, new EvaluationContext { Contexts = contexts });
        if (!combinations.Diagnostics.IsEmpty)
        {
            return Refuse(name, path, combinations.Diagnostics);
        }

        var filters = level.PathPrefix.Length == 0 ? run.Options.Matrix : [];
        var matrix = combinations.Jobs.Where(combination => filters.All(filter => combination.Values[filter.Key].ToText().Equals(filter.Value, StringComparison.OrdinalIgnoreCase))).ToList();
        if (matrix.Count == 0)
        {
            return Refuse(name, path, [Diagnostic.Error("matrix-filter", job.Source, job.Span, $"no job of `{job.Id}` has the matrix values that `--matrix` asks for")]);
        }

        // 4. The jobs themselves.
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var parallel = new SemaphoreSlim(combinations.MaxParallel > 0 ? combinations.MaxParallel : Matrix.MaxJobs);
        var results = await Task.WhenAll(matrix.Select(async combination =>
        {
            await parallel.WaitAsync(CancellationToken.None);
            try
            {
                if (failing.IsCancellationRequested && !cancellation.IsCancellationRequested)
                {
                    Report(new RunEvent.JobEnded(level.NamePrefix + combination.Name, new JobReport(level.NamePrefix + combination.Name, path, Outcome.Cancelled, TimeSpan.Zero)));
                    return new JobOutcome(Outcome.Cancelled, []);
                }

                var outcome = await RunCombinationAsync(level, job, combination, contexts, path, failing.Token);
                if (outcome.Result == Outcome.Failure && combinations.FailFast)
                {
                    await failing.CancelAsync();
                }

                return outcome;
            }
            finally
            {
                parallel.Release();
            }
        }));
        return Merge(results);
    }

    private async Task<JobOutcome> RunCombinationAsync(
        WorkflowLevel level, Job job, MatrixJob combination, ObjectValue contexts, string path, CancellationToken cancellation)
    {
        var inside = Copy(contexts);
        inside["matrix"] = combination.Values;
        inside["strategy"] = combination.Strategy;
        var name = combination.Name;
        if (job.Name is { HasExpression: true } template)
        {
            var (value, problems) = TemplateEvaluator.Evaluate(template, new EvaluationContext { Contexts = inside });
            if (!problems.IsEmpty)
            {
                return Refuse(level.NamePrefix + name, path, problems);
            }

            name = value.ToText() is { Length: > 0 } text ? text : name;
        }

        name = level.NamePrefix + name;
        return job switch
        {
            CallJob call => await CallAsync(level, call, name, path, inside, cancellation),
            StepsJob steps => await RunStepsAsync(level, steps, name, path, inside, cancellation),
            _ => throw new InvalidOperationException("a job has steps or calls a workflow"),
        };
    }

    private async Task<JobOutcome> RunStepsAsync(WorkflowLevel level, StepsJob job, string name, string path, ObjectValue contexts, CancellationToken cancellation)
    {
        contexts["secrets"] = Object(level.Secrets);
        string? environment = null;
        if ((job.Environment?["name"] ?? job.Environment) is { } template and not Template.Map)
        {
            var (value, problems) = TemplateEvaluator.Evaluate(template, new EvaluationContext { Contexts = contexts });
            if (!problems.IsEmpty)
            {
                return Refuse(name, path, problems);
            }

            environment = value.ToText() is { Length: > 0 } text ? text : null;
        }

        var facts = run.Sandbox.Settle(Facts(level, environment, Interlocked.Increment(ref _jobs)));
        var plan = new PlannedJob(level.File, job, name, path)
        {
            Contexts = contexts,
            Secrets = [.. level.Secrets.Values.Concat(run.Options.Secrets.Values).Distinct()],
            Facts = facts,
            Access = TokenAccess.Decide(TokenAccessQuestion.Of(facts, [.. level.Callers, TokenAccessLevel.Of(level.File, job)])),
        };
        if (run.PlanOnly)
        {
            Report(new RunEvent.Planned(plan));
            return new JobOutcome(Outcome.Success, []);
        }

        await _places.WaitAsync(CancellationToken.None);
        try
        {
            return await new JobRun(run, plan, Report, cancellation).RunAsync();
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>A called workflow sees the caller's event, its own inputs, and the secrets it is given.</summary>
    private async Task<JobOutcome> CallAsync(WorkflowLevel level, CallJob job, string name, string path, ObjectValue contexts, CancellationToken cancellation)
    {
        if (job.Callee is not { } callee)
        {
            return Refuse(name, path, [Diagnostic.Error("callee-missing", job.Source, job.Uses.Span, $"the workflow `{job.Uses.Text}` is not on this machine", "call a workflow of this repository, `./.github/workflows/FILE.yml`")]);
        }

        var withSecrets = Copy(contexts);
        withSecrets["secrets"] = Object(level.Secrets);
        var (inputs, problems) = CallInputs.Evaluate(job, callee, new EvaluationContext { Contexts = contexts });
        var secrets = level.Secrets;
        if (!job.InheritsSecrets)
        {
            var builder = RunOptions.NoCase.ToBuilder();
            if (job.Secrets is { } template)
            {
                var (value, wrong) = TemplateEvaluator.Evaluate(template, new EvaluationContext { Contexts = withSecrets });
                problems = problems.AddRange(wrong);
                foreach (var (key, secret) in value.AsObject?.Members ?? [])
                {
                    builder[key] = secret.ToText();
                }
            }

            secrets = builder.ToImmutable();
        }

        if (!problems.IsEmpty)
        {
            return Refuse(name, path, problems);
        }

        var inner = new WorkflowLevel(callee, inputs, secrets, [.. level.Callers, TokenAccessLevel.Of(level.File, job)])
        {
            NamePrefix = name + " / ",
            PathPrefix = path + "/",
            Reference = job.Reference,
        };
        var (result, jobs) = await RunAsync(inner, cancellation);
        var outputs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var context = Contexts(inner, []);
        context["jobs"] = jobs;
        foreach (var output in callee.Call?.Outputs ?? [])
        {
            var (value, wrong) = TemplateEvaluator.Evaluate(output.Value, new EvaluationContext { Contexts = context });
            if (!wrong.IsEmpty)
            {
                return Refuse(name, path, wrong);
            }

            if (value.ToText() is { Length: > 0 } text)
            {
                outputs.Add(new(output.Name, text));
            }
        }

        return new JobOutcome(result, outputs.ToImmutable());
    }

    private JobOutcome Refuse(string name, string path, ImmutableArray<Diagnostic> problems)
    {
        Report(new RunEvent.JobStarted(name));
        var annotations = problems.Select(problem => new Annotation(AnnotationLevel.Error, problem.Help is { } help ? $"{problem.Message}; {help}" : problem.Message)
        {
            File = problem.Source.Name,
            Line = problem.Start.Line,
            Column = problem.Start.Column,
        }).ToImmutableArray();
        foreach (var annotation in annotations)
        {
            Report(new RunEvent.Annotated(name, annotation));
        }

        Report(new RunEvent.JobEnded(name, new JobReport(name, path, Outcome.Failure, TimeSpan.Zero) { Annotations = annotations }));
        return new JobOutcome(Outcome.Failure, []);
    }

    private void Report(RunEvent happened)
    {
        lock (_gate)
        {
            report(happened);
        }
    }

    private ObjectValue Contexts(WorkflowLevel level, ObjectValue needs) => new()
    {
        { "github", _github },
        { "needs", needs },
        { "vars", Object(run.Options.Vars) },
        { "inputs", level.Inputs },
    };

    private JobFacts Facts(WorkflowLevel level, string? environment, int number)
    {
        var facts = run.Facts.Job with
        {
            Environment = environment,
            CheckRunId = string.Create(CultureInfo.InvariantCulture, $"{long.Parse(run.Facts.RunId, CultureInfo.InvariantCulture) * 100 + number}"),
        };
        var file = JobWorkflow.Of(level.Reference, facts);
        return facts with { JobWorkflowRef = file?.Ref, JobWorkflowSha = file?.Sha };
    }

    /// <summary>The job that was asked for with all that it needs; all jobs when none was.</summary>
    private static ImmutableArray<Job> Chosen(ImmutableArray<Job> jobs, string? only)
    {
        if (only is null)
        {
            return jobs;
        }

        var wanted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Stack<string>([only]);
        while (open.TryPop(out var id))
        {
            if (wanted.Add(id) && jobs.FirstOrDefault(job => job.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } job)
            {
                foreach (var need in job.Needs)
                {
                    open.Push(need.Text);
                }
            }
        }

        return [.. jobs.Where(job => wanted.Contains(job.Id))];
    }

    private static HashSet<string> Ancestors(WorkflowFile file, Job job)
    {
        var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Stack<string>(job.Needs.Select(need => need.Text));
        while (open.TryPop(out var id))
        {
            if (file.FindJob(id) is { } needed && found.Add(needed.Id))
            {
                foreach (var need in needed.Needs)
                {
                    open.Push(need.Text);
                }
            }
        }

        return found;
    }

    /// <summary>Matrix jobs as one need: a failure counts over a cancellation; of equal outputs the last that is set wins.</summary>
    private static JobOutcome Merge(JobOutcome[] outcomes)
    {
        if (outcomes is [var only])
        {
            return only;
        }

        var result = outcomes.Any(o => o.Result == Outcome.Failure) ? Outcome.Failure
            : outcomes.Any(o => o.Result == Outcome.Cancelled) ? Outcome.Cancelled
            : outcomes.All(o => o.Result == Outcome.Skipped) ? Outcome.Skipped
            : Outcome.Success;
        var outputs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in outcomes.SelectMany(outcome => outcome.Outputs))
        {
            outputs[name] = value;
        }

        return new JobOutcome(result, [.. outputs]);
    }

    private static ObjectValue NeedOf(JobOutcome outcome)
    {
        var outputs = new ObjectValue();
        foreach (var (name, value) in outcome.Outputs)
        {
            outputs[name] = value;
        }

        return new ObjectValue { { "result", outcome.Result.ToString().ToLowerInvariant() }, { "outputs", outputs } };
    }

    private static Outcome Worst(Outcome a, Outcome b) =>
        a == Outcome.Failure || b == Outcome.Failure ? Outcome.Failure : a == Outcome.Cancelled || b == Outcome.Cancelled ? Outcome.Cancelled : Outcome.Success;

    private static ObjectValue Object(IEnumerable<KeyValuePair<string, string>> members)
    {
        var value = new ObjectValue();
        foreach (var (name, text) in members)
        {
            value[name] = text;
        }

        return value;
    }

    private static ObjectValue Copy(ObjectValue source)
    {
        var copy = new ObjectValue();
        foreach (var (name, value) in source.Members)
        {
            copy[name] = value;
        }

        return copy;
    }
}
