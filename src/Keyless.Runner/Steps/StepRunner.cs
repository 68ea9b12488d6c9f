using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Actions;

namespace Keyless.Runner.Steps;

/// <summary>
/// The life of a step: 1. its environment, 2. its name and condition, 3. its time limit, 4. the run, 5. the environment files, 6. what
/// its result means. GitHub Docs, "Workflow syntax", jobs.job_id.steps.
/// </summary>
internal sealed class StepRunner(JobRun job)
{
    private JobState State => job.State;

    public async Task RunAsync(Step step, StepScope scope)
    {
        switch (step)
        {
            case ParallelStep parallel:
                foreach (var inner in parallel.Steps)
                {
                    await RunAsync(inner, scope);
                }

                return;
            case WaitStep or CancelStep:
                // Background steps run where they stand here, so that nothing is left to wait for or to cancel.
                return;
        }

        var started = job.Run.Time.GetTimestamp();

        // 1.
        var env = job.EnvOf(scope);
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        var status = scope.IsComposite ? Status.OfCompositeSteps(State.Status, scope.Course) : Status.OfSteps(State.Status);
        var github = job.GithubFor(step.Id, scope.Action, null);
        var envProblem = EvaluateEnv(step.Env, job.Context(scope, env, status, github), own);
        foreach (var (name, value) in own)
        {
            env[name] = value;
        }

        // 2.
        var context = job.Context(scope, env, status, github);
        var title = Title(step, context);
        var execution = step is UsesStep uses ? new StepExecution(State, title, env) { State = job.UseOf(uses, scope).State } : new StepExecution(State, title, env);
        var (holds, conditionProblem) = envProblem is null ? Holds(step.If, context) : (true, envProblem);
        if (!holds && conditionProblem is null)
        {
            Finish(step, scope, execution, Outcome.Skipped, Outcome.Skipped, started);
            return;
        }

        Announce(step, scope, title);
        if (conditionProblem is not null)
        {
            execution.Fail(conditionProblem);
        }

        // 3. and 4. A cancellation stops a running step unless its condition still holds then, as `always()` does.
        var limit = execution.HasFailed ? null : Minutes(step.TimeoutMinutes, context, execution);
        var wasCancelled = false;
        if (!execution.HasFailed)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(job.Run.Killed);
            var stopsOnCancel = job.Stopping.IsCancellationRequested || !Holds(step.If, job.Context(scope, env, Status.OfSteps(Outcome.Cancelled), github)).Holds;
            using var registration = stopsOnCancel && !job.Stopping.IsCancellationRequested ? job.Stopping.Register(stop.Cancel) : default;
            using var timer = limit is { } time ? job.Run.Time.CreateTimer(_ => stop.Cancel(), null, time, Timeout.InfiniteTimeSpan) : null;
            void TellDecisions() => job.ReportDecisions(step);

            // A published action may repeat a refused request for minutes: the reason is told at once.
            job.Run.Sandbox.Decided += TellDecisions;
            try
            {
                await ExecuteAsync(step, scope, execution, env, own, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // What it was doing was stopped in the middle.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The machine said no: a full disk, a file that a script made unreadable.
                execution.Fail(e.Message);
            }
            finally
            {
                job.Run.Sandbox.Decided -= TellDecisions;
            }

            wasCancelled = stop.IsCancellationRequested && (job.Run.Killed.IsCancellationRequested || job.Stopping.IsCancellationRequested);
            if (stop.IsCancellationRequested && !wasCancelled)
            {
                execution.Fail($"the step `{title}` has timed out after {limit!.Value.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes");
            }
        }

        // 6.
        var outcome = wasCancelled ? Outcome.Cancelled : execution.HasFailed ? Outcome.Failure : Outcome.Success;
        var conclusion = outcome == Outcome.Failure && IsTolerated(step, context, execution) ? Outcome.Success : outcome;
        Finish(step, scope, execution, outcome, conclusion, started);
    }

    /// <summary>The <c>pre</c> phase of a published action: always, unless <c>pre-if</c> says otherwise.</summary>
    public Task RunPreAsync(ActionUse use) => use.Action?.File.Runs is ActionRuns.Node { Pre: { } entry } node
        ? RunPhaseAsync(use, "Pre", entry, node.PreIf)
        : Task.CompletedTask;

    /// <summary>The <c>post</c> phase of an action that has run.</summary>
    public async Task RunPostAsync(ActionUse use)
    {
        if (use.Action is null)
        {
            await RunBuiltInPostAsync(use);
        }
        else if (use.Action.File.Runs is ActionRuns.Node { Post: { } entry } node)
        {
            await RunPhaseAsync(use, "Post", entry, node.PostIf);
        }
    }

    private async Task RunPhaseAsync(ActionUse use, string phase, string entry, Condition? condition)
    {
        var started = job.Run.Time.GetTimestamp();
        var env = job.EnvOf(use.Scope);
        if (phase == "Pre")
        {
            var own = new Dictionary<string, string>(StringComparer.Ordinal);
            EvaluateEnv(use.Step.Env, job.Context(use.Scope, env), own);
            use.Env = own;
        }

        foreach (var (name, value) in use.Env)
        {
            env[name] = value;
        }

        var context = job.Context(use.Scope, env, Status.OfSteps(State.Status));
        var title = $"{phase} {(use.Title.Length > 0 ? use.Title : Title(use.Step, context))}";
        var execution = new StepExecution(State, title, env) { State = use.State };
        var (holds, problem) = condition is null ? (true, null) : Holds(condition, context);
        if (!holds && problem is null)
        {
            return;
        }

        State.Report(new RunEvent.StepStarted(State.Name, title, null));
        if (problem is not null)
        {
            execution.Fail(problem);
        }
        else
        {
            if (phase == "Pre")
            {
                use.Inputs = ActionInputs.Evaluate(use.Step, use.Action!.File, job.Context(use.Scope, env), job.Context(new StepScope(), job.State.Env), execution);
            }

            use.HasRun = true;
            await new NodeAction(job, use, execution).RunAsync(entry, env, job.Run.Killed);
        }

        if (phase == "Pre" && use.Action!.File.Runs is ActionRuns.Node { Post: not null } && !execution.HasFailed)
        {
            // Registered by the main phase too; once is enough.
            use.HasRun = true;
        }

        FinishPhase(execution, started);
    }

    private async Task RunBuiltInPostAsync(ActionUse use)
    {
        var started = job.Run.Time.GetTimestamp();
        var env = job.EnvOf(use.Scope);
        foreach (var (name, value) in use.Env)
        {
            env[name] = value;
        }

        var execution = new StepExecution(State, $"Post {use.Title}", env) { State = use.State };
        await BuiltInActions.CleanUpAsync(job, use, execution, env);
        FinishPhase(execution, started);
    }

    private void FinishPhase(StepExecution execution, long started)
    {
        var outcome = execution.HasFailed ? Outcome.Failure : Outcome.Success;
        job.ReportDecisions(null);
        job.Add(new StepReport(execution.Title, "", outcome, outcome, job.Run.Time.GetElapsedTime(started)));
        if (execution.HasFailed && State.Status == Outcome.Success)
        {
            State.Status = Outcome.Failure;
        }
    }

    private async Task ExecuteAsync(
        Step step, StepScope scope, StepExecution execution, Dictionary<string, string> env, Dictionary<string, string> own, CancellationToken cancellation)
    {
        switch (step)
        {
            case RunStep run:
                await new ScriptStep(job, run, scope, execution).RunAsync(env, cancellation);
                break;
            case UsesStep uses:
                var use = job.UseOf(uses, scope);
                (use.Scope, use.Env, use.Title) = (scope, own, execution.Title);
                await UseAsync(use, execution, env, cancellation);
                break;
        }
    }

    private async Task UseAsync(ActionUse use, StepExecution execution, Dictionary<string, string> env, CancellationToken cancellation)
    {
        var step = use.Step;
        if (step.Action is ActionReference.InRepository published && job.Run.Actions.IsBuiltIn(published))
        {
            await BuiltInActions.RunAsync(job, use, published, execution, env, cancellation);
            return;
        }

        if (use.Action is null)
        {
            var (action, problem) = step.Action switch
            {
                ActionReference.Local local => ActionStore.LoadLocal(step, Path.Combine(State.Folders.Workspace, local.Path), local.Path),
                ActionReference.BesideFile beside => ActionStore.LoadLocal(step, Path.Combine(use.Scope.Action?.Path ?? State.Folders.Workspace, beside.Path), beside.Path),
                ActionReference.Docker docker => (null, ActionStore.NeedsDocker(step, $"the image `{docker.Image}`")),
                ActionReference.InRepository remote => await job.Run.Actions.LoadAsync(step, remote, cancellation),
                _ => throw new InvalidOperationException("every form of `uses` is listed"),
            };
            if (action is null)
            {
                execution.Fail(problem!);
                return;
            }

            use.Action = action;
        }

        var file = use.Action.File;
        var context = job.Context(use.Scope, env, github: job.GithubFor(step.Id, use.Scope.Action, null));
        use.Inputs = ActionInputs.Evaluate(step, file, context, job.Context(new StepScope(), State.Env), execution);
        if (execution.HasFailed)
        {
            return;
        }

        switch (file.Runs)
        {
            case ActionRuns.Node node:
                if (step.Action is ActionReference.Local && node.Pre is not null)
                {
                    execution.Annotate(new Annotation(AnnotationLevel.Warning, "`pre` of a local action does not run: its files are there only once the steps have begun"));
                }

                if (node.Post is not null)
                {
                    job.AddPost(use);
                }

                use.HasRun = true;
                await new NodeAction(job, use, execution).RunAsync(node.Main, env, cancellation);
                break;
            case ActionRuns.Composite composite:
                await new CompositeAction(job, this, use, execution).RunAsync(composite, env);
                break;
            case ActionRuns.Docker:
                execution.Fail(ActionStore.NeedsDocker(step, $"the action `{step.Uses.Text}`"));
                break;
        }
    }

    private void Announce(Step step, StepScope scope, string title)
    {
        if (scope.IsComposite)
        {
            State.Line(LineKind.Group, title);
            return;
        }

        var manner = step is UsesStep { Action: ActionReference.InRepository published } && job.Run.Actions.IsBuiltIn(published) ? "built in" : null;
        State.Report(new RunEvent.StepStarted(State.Name, State.Masker.Apply(title), manner));
    }

    private void Finish(Step step, StepScope scope, StepExecution execution, Outcome outcome, Outcome conclusion, long started)
    {
        if (outcome != Outcome.Skipped || step.HasOwnId)
        {
            Publish(step, scope, execution, outcome, conclusion);
        }

        if (outcome != Outcome.Skipped)
        {
            job.ReportDecisions(step);
            if (execution.HasFailed && step is UsesStep { Action: ActionReference.InRepository used } uses && used.FullName.Equals(ActionStore.ConfigureAwsCredentials, StringComparison.OrdinalIgnoreCase))
            {
                job.ExplainMissingToken(uses);
            }
        }

        if (scope.IsComposite)
        {
            scope.Course = Worst(scope.Course, conclusion);
            if (outcome != Outcome.Skipped)
            {
                State.Line(LineKind.EndGroup, "");
            }

            return;
        }

        State.Status = Worst(State.Status, conclusion);
        job.Add(new StepReport(State.Masker.Apply(execution.Title), step.Id, outcome, conclusion, job.Run.Time.GetElapsedTime(started)));
    }

    private static void Publish(Step step, StepScope scope, StepExecution execution, Outcome outcome, Outcome conclusion)
    {
        if (!step.HasOwnId)
        {
            return;
        }

        var outputs = new ObjectValue();
        foreach (var (name, value) in execution.Outputs)
        {
            outputs[name] = value;
        }

        scope.Steps[step.Id] = new ObjectValue
        {
            { "outputs", outputs },
            { "outcome", Word(outcome) },
            { "conclusion", Word(conclusion) },
        };
    }

    private static string? EvaluateEnv(Template? template, EvaluationContext context, Dictionary<string, string> env)
    {
        if (template is null)
        {
            return null;
        }

        var (value, problems) = TemplateEvaluator.Evaluate(template, context);
        foreach (var (name, text) in problems.IsEmpty ? value.AsObject?.Members ?? [] : [])
        {
            env[name] = text.ToText();
        }

        return problems.IsEmpty ? null : JobRun.Describe(problems);
    }

    private static (bool Holds, string? Problem) Holds(Condition condition, EvaluationContext context)
    {
        var (holds, problem) = TemplateEvaluator.Evaluate(condition, context);
        return (holds, problem is null ? null : JobRun.Describe([problem]));
    }

    private static TimeSpan? Minutes(Template? template, EvaluationContext context, StepExecution execution)
    {
        if (template is null)
        {
            return null;
        }

        var (value, problems) = TemplateEvaluator.Evaluate(template, context);
        if (!problems.IsEmpty)
        {
            execution.Fail(JobRun.Describe(problems));
            return null;
        }

        // Fractions are cut; nothing and zero mean no limit.
        var minutes = Math.Truncate(value.ToNumber());
        return minutes >= 1 ? TimeSpan.FromMinutes(Math.Min(minutes, 35 * 24 * 60)) : null;
    }

    private static bool IsTolerated(Step step, EvaluationContext context, StepExecution execution)
    {
        if (step.ContinueOnError is null)
        {
            return false;
        }

        var (value, problems) = TemplateEvaluator.Evaluate(step.ContinueOnError, context);
        if (!problems.IsEmpty)
        {
            execution.Fail(JobRun.Describe(problems));
        }

        return problems.IsEmpty && value.IsTruthy;
    }

    private static string Title(Step step, EvaluationContext context)
    {
        if (step.Name is { } name && TemplateEvaluator.Evaluate(name, context) is { IsOk: true, Value: var value } && value.ToText() is { Length: > 0 } text)
        {
            return text;
        }

        return step switch
        {
            UsesStep uses => $"Run {uses.Uses.Text}",
            RunStep run => "Run " + FirstLine(TemplateEvaluator.Evaluate(run.Run, context) is { IsOk: true, Value: var script } ? script.ToText() : run.Source[run.Run.Span]),
            _ => step.Id,
        };
    }

    private static string FirstLine(string script) => script.TrimStart().Split('\n')[0].TrimEnd();

    private static Outcome Worst(Outcome before, Outcome now) => (before, now) switch
    {
        (Outcome.Cancelled, _) or (_, Outcome.Cancelled) => Outcome.Cancelled,
        (Outcome.Failure, _) or (_, Outcome.Failure) => Outcome.Failure,
        _ => Outcome.Success,
    };

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Success => "success",
        Outcome.Failure => "failure",
        Outcome.Cancelled => "cancelled",
        _ => "skipped",
    };
}
