using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Actions;
using Keyless.Runner.Contexts;
using Keyless.Runner.Processes;
using Keyless.Runner.Protocol;
using Keyless.Server.Audit;
using Keyless.Server.Oidc;

namespace Keyless.Runner.Steps;

/// <summary>
/// Runs one job: 1. what it starts from, 2. the actions it uses and their <c>pre</c> phases, 3. its steps, 4. the <c>post</c> phases in
/// reverse, 5. what it hands on. GitHub Docs, "Workflow syntax", jobs.job_id.
/// </summary>
internal sealed class JobRun
{
    private readonly long _started;
    private readonly CancellationTokenSource _stopping;
    private readonly List<StepReport> _steps = [];
    private readonly Stack<ActionUse> _posts = new();
    private readonly HashSet<(Step? Step, string Operation, string Summary)> _told = [];
    private readonly Dictionary<Step, ActionUse> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly string _token = "ghs_" + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(18)).ToLowerInvariant();
    private ObjectValue _github;
    private readonly ObjectValue _runner;
    private RegisteredJob? _registered;

    public JobRun(RunServices run, PlannedJob plan, Action<RunEvent> report, CancellationToken cancellation)
    {
        Run = run;
        Plan = plan;
        _started = run.Time.GetTimestamp();
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var folder = Path.Combine(run.Folder, Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4)));
        var folders = JobFolders.Create(folder, run.Facts.Repository);
        var masker = new SecretMasker();
        foreach (var secret in plan.Secrets)
        {
            masker.Add(secret);
        }

        masker.Add(_token);
        masker.Add(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("x-access-token:" + _token)));
        State = new JobState(plan.Name, folders, masker, report) { Debug = run.Options.Debug };
        _github = GithubContext.OfJob(run.Facts, plan.Job.Id, _token, folders);
        _runner = GithubContext.Runner(folders, run.Options.Debug);
        Tracking = "github_" + Guid.NewGuid().ToString("D");
        Environment = new StepEnvironment(run.Sandbox.Variables, Tracking);
    }

    public RunServices Run { get; }

    public PlannedJob Plan { get; }

    public JobState State { get; }

    public StepEnvironment Environment { get; }

    /// <summary>The job's <c>GITHUB_TOKEN</c>: opens nothing anywhere.</summary>
    public string Token => _token;

    public string? DefaultShell { get; private set; }

    public string? DefaultFolder { get; private set; }

    private string Tracking { get; }

    public CancellationToken Stopping => _stopping.Token;

    public async Task<JobOutcome> RunAsync()
    {
        State.Report(new RunEvent.JobStarted(Plan.Name));
        var outputs = ImmutableArray<KeyValuePair<string, string>>.Empty;
        try
        {
            // 1.
            if (Begin())
            {
                using var limit = Run.Time.CreateTimer(_ => TimeOut(), null, TimeLimit(), Timeout.InfiniteTimeSpan);
                using var registration = _stopping.Token.Register(() => State.Status = Outcome.Cancelled);
                if (_stopping.IsCancellationRequested)
                {
                    State.Status = Outcome.Cancelled;
                }

                // 2.
                var scope = new StepScope { Inputs = Plan.Contexts["inputs"] };
                if (await PrepareAsync(Plan.Job.Steps, scope))
                {
                    // 3.
                    var runner = new StepRunner(this);
                    foreach (var step in Plan.Job.Steps)
                    {
                        await runner.RunAsync(step, scope);
                    }

                    // 4.
                    while (_posts.TryPop(out var use))
                    {
                        await runner.RunPostAsync(use);
                    }
                }

                // 5.
                outputs = Outputs(scope);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            State.Status = Outcome.Cancelled;
        }
        finally
        {
            End();
        }

        var result = State.Status;
        var shown = new JobReport(Plan.Name, Plan.Path, result, Run.Time.GetElapsedTime(_started))
        {
            Steps = [.. _steps],
            Annotations = [.. State.Annotations],
            Outputs = outputs,
            Summary = State.Summary.ToString(),
        };
        State.Report(new RunEvent.JobEnded(Plan.Name, shown));
        var tolerated = result == Outcome.Failure && Tolerates();
        return new JobOutcome(tolerated ? Outcome.Success : result, outputs);
    }

    /// <summary>The contexts of a place inside the job.</summary>
    public EvaluationContext Context(StepScope scope, IReadOnlyDictionary<string, string> env, StatusFunction? status = null, ObjectValue? github = null)
    {
        var contexts = new ObjectValue();
        foreach (var name in (string[])["needs", "strategy", "matrix", "vars"])
        {
            contexts[name] = Plan.Contexts[name];
        }

        contexts["github"] = github ?? _github;
        contexts["secrets"] = WithToken(Plan.Contexts["secrets"]);
        contexts["inputs"] = scope.Inputs;
        contexts["runner"] = _runner;
        contexts["steps"] = scope.Steps;
        contexts["job"] = JobContext();
        var environment = new ObjectValue(caseSensitive: true);
        foreach (var (name, value) in env)
        {
            environment[name] = value;
        }

        contexts["env"] = environment;
        return new EvaluationContext
        {
            Contexts = contexts,
            Status = status ?? ((_, _) => false),
            HashFiles = (patterns, follow) => FileHasher.Hash(State.Folders.Workspace, patterns, follow, Run.Time),
        };
    }

    /// <summary>The <c>github</c> context of one step.</summary>
    public ObjectValue GithubFor(string stepId, ActionFolder? action, CommandFiles? files)
    {
        var github = new ObjectValue();
        foreach (var (name, value) in _github.Members)
        {
            github[name] = value;
        }

        github["action"] = stepId;
        if (action is not null)
        {
            github["action_path"] = action.Path;
            github["action_repository"] = action.Repository;
            github["action_ref"] = action.Ref;
        }

        if (files is not null)
        {
            github["env"] = files.Env;
            github["output"] = files.Output;
            github["path"] = files.Path;
            github["state"] = files.State;
            github["step_summary"] = files.Summary;
        }

        return github;
    }

    /// <summary>The environment of a process of a step: see <see cref="StepEnvironment"/>.</summary>
    public Dictionary<string, string> ProcessEnvironment(IReadOnlyDictionary<string, string> env, ObjectValue github) =>
        Environment.Build(State, env, environment =>
        {
            GithubContext.AddVariables(environment, github, _runner);
            if (_registered is { Access.Granted: true } job)
            {
                environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = job.RequestUrl;
                environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = job.RequestToken;
            }
        });

    /// <summary>The <c>env</c> context of a scope between its steps.</summary>
    public Dictionary<string, string> EnvOf(StepScope scope)
    {
        var env = new Dictionary<string, string>(State.Env, StringComparer.Ordinal);
        foreach (var (name, value) in scope.OuterEnv)
        {
            env[name] = value;
        }

        return env;
    }

    public ActionUse UseOf(UsesStep step, StepScope scope)
    {
        if (!_uses.TryGetValue(step, out var use))
        {
            _uses[step] = use = new ActionUse(step, scope);
        }

        return use;
    }

    public void AddPost(ActionUse use) => _posts.Push(use);

    public void Add(StepReport step)
    {
        _steps.Add(step);
        State.Report(new RunEvent.StepEnded(State.Name, step));
    }

    /// <summary>Tells what the sandbox decided since the last time.</summary>
    /// <param name="step">The step that asked; null at the end of the job.</param>
    public void ReportDecisions(Step? step)
    {
        foreach (var decision in Run.Sandbox.TakeDecisions(_registered?.Id))
        {
            bool isRepeated;
            lock (_told)
            {
                isRepeated = !_told.Add((step, decision.EventName, decision.Summary));
            }

            State.Report(new RunEvent.Decided(State.Name, decision, decision.Allowed ? [] : [.. Run.Template?.PermissionsOf(decision) ?? [], .. InputPlaces(decision, step as UsesStep)], isRepeated));
        }
    }

    /// <summary>Where the workflow says what a refused parameter carried, and where the step stands.</summary>
    private static IEnumerable<string> InputPlaces(DecisionRecord decision, UsesStep? step)
    {
        if (step is null)
        {
            yield break;
        }

        foreach (var check in decision.Checks.Where(check => !check.Passed))
        {
            var input = check.Place switch
            {
                "RoleArn" or "role" => "role-to-assume",
                "DurationSeconds" => "role-duration-seconds",
                "RoleSessionName" => "role-session-name",
                "aud" => "audience",
                { } place when place.StartsWith("account ", StringComparison.Ordinal) => "role-to-assume",
                _ => "",
            };
            if (step.With?[input] is { } given)
            {
                yield return $"{given.Source.Name}:{given.Source.PositionOf(given.Span.Start)} (`{input}`)";
                yield break;
            }
        }

        yield return $"{step.Source.Name}:{step.Source.PositionOf(step.Uses.Span.Start)} (the step)";
    }

    /// <summary>The missing permission behind missing credentials: the one thing that the action itself cannot tell.</summary>
    public void ExplainMissingToken(UsesStep step)
    {
        if (_registered is { Access: { Granted: false } access } && step.With?["role-to-assume"] is not null)
        {
            var at = Plan.Job.Permissions?.Span ?? Plan.Workflow.Permissions?.Span ?? Plan.Job.Span;
            State.Line(LineKind.Help, $"{Plan.Job.Source.Name}:{Plan.Job.Source.PositionOf(at.Start)}: {access.Reason}{(access.Help is { } help ? $"; {help}" : "")}");
        }
    }

    /// <summary>Problems of an evaluation, where they stand.</summary>
    public static string Describe(IEnumerable<Diagnostic> diagnostics) =>
        string.Join('\n', diagnostics.Select(d => $"{d.Source.Name}:{d.Start}: {d.Message}{(d.Help is { } help ? $"; {help}" : "")}"));

    /// <summary>Evaluates what a job sets for all its steps; false when it cannot start.</summary>
    private bool Begin()
    {
        var job = Plan.Job;
        foreach (var (name, value) in Run.Options.Env)
        {
            State.Env[name] = value;
        }

        if (job.Container is not null || job.Services is not null)
        {
            var at = (job.Container ?? job.Services)!;
            return FailJob($"{at.Source.Name}:{at.Source.PositionOf(at.Span.Start)}: `{(job.Container is null ? "services" : "container")}` needs Docker, and this runner runs jobs on the machine itself",
                "install what the image holds on this machine, and leave the key out of a copy of the workflow for local runs");
        }

        if (!MergeEnv(Plan.Workflow.Env) || !MergeEnv(job.Env))
        {
            return false;
        }

        var context = Context(new StepScope { Inputs = Plan.Contexts["inputs"] }, State.Env);
        string? Text(Template? own, Template? outer) => (own ?? outer) is { } template && TemplateEvaluator.Evaluate(template, context) is { IsOk: true, Value: var value } && value.ToText() is { Length: > 0 } text ? text : null;
        DefaultShell = Text(job.Defaults.Shell, Plan.Workflow.Defaults.Shell);
        DefaultFolder = Text(job.Defaults.WorkingDirectory, Plan.Workflow.Defaults.WorkingDirectory);
        File.WriteAllText(State.Folders.EventFile, ValueJson.Write(Run.Facts.Payload));
        _registered = Run.Sandbox.Register(Plan.Facts, Plan.Access);
        State.Masker.Add(_registered.RequestToken);
        return true;
    }

    private bool MergeEnv(Template? env)
    {
        if (env is null)
        {
            return true;
        }

        var (value, problems) = TemplateEvaluator.Evaluate(env, Context(new StepScope { Inputs = Plan.Contexts["inputs"] }, State.Env));
        if (!problems.IsEmpty)
        {
            return FailJob(Describe(problems), null);
        }

        foreach (var (name, text) in value.AsObject?.Members ?? [])
        {
            State.Env[name] = text.ToText();
        }

        return true;
    }

    private bool FailJob(string message, string? help)
    {
        var annotation = new Annotation(AnnotationLevel.Error, State.Masker.Apply(help is null ? message : $"{message}: {help}"));
        State.Annotations.Add(annotation);
        State.Report(new RunEvent.Annotated(State.Name, annotation));
        State.Status = Outcome.Failure;
        return false;
    }

    private TimeSpan TimeLimit()
    {
        const double Default = 360;
        var minutes = Plan.Job.TimeoutMinutes is { } template
            && TemplateEvaluator.Evaluate(template, Context(new StepScope { Inputs = Plan.Contexts["inputs"] }, State.Env)) is { IsOk: true, Value: var value }
            && value.ToNumber() is > 0 and var given ? given : Default;
        return TimeSpan.FromMinutes(Math.Min(minutes, 35 * 24 * 60));
    }

    private void TimeOut()
    {
        FailJob($"the job has exceeded its time limit of {TimeLimit().TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes", "raise `timeout-minutes` of the job");
        _stopping.Cancel();
    }

    private bool Tolerates() =>
        Plan.Job.ContinueOnError is { } template
        && TemplateEvaluator.Evaluate(template, Context(new StepScope { Inputs = Plan.Contexts["inputs"] }, State.Env)) is { IsOk: true, Value.IsTruthy: true };

    /// <summary>Finds every published action before the first step, and runs their <c>pre</c> phases.</summary>
    private async Task<bool> PrepareAsync(ImmutableArray<Step> steps, StepScope scope)
    {
        var pending = new List<ActionUse>();
        foreach (var problem in await CollectAsync(steps, scope, pending))
        {
            FailJob(problem, null);
        }

        if (State.Status == Outcome.Failure)
        {
            return false;
        }

        var runner = new StepRunner(this);
        foreach (var use in pending)
        {
            await runner.RunPreAsync(use);
        }

        return true;
    }

    private async Task<List<string>> CollectAsync(ImmutableArray<Step> steps, StepScope scope, List<ActionUse> withPre)
    {
        var problems = new List<string>();
        foreach (var step in Flatten(steps).OfType<UsesStep>())
        {
            if (step.Action is not ActionReference.InRepository reference || Run.Actions.IsBuiltIn(reference))
            {
                if (Run.Actions.ProblemOf(step) is { } wrong)
                {
                    problems.Add(wrong);
                }

                continue;
            }

            var use = UseOf(step, scope);
            var (action, problem) = await Run.Actions.LoadAsync(step, reference, _stopping.Token);
            if (action is null)
            {
                problems.Add(problem!);
                continue;
            }

            use.Action = action;
            switch (action.File.Runs)
            {
                case ActionRuns.Node { Pre: not null }:
                    withPre.Add(use);
                    break;
                case ActionRuns.Composite composite when scope.Depth < StepScope.Deepest:
                    problems.AddRange(await CollectAsync(composite.Steps, CompositeAction.ScopeOf(use, scope), withPre));
                    break;
            }
        }

        return problems;
    }

    private static IEnumerable<Step> Flatten(ImmutableArray<Step> steps) =>
        steps.SelectMany(step => step is ParallelStep parallel ? Flatten(parallel.Steps) : [step]);

    /// <summary>Evaluated also after a failure. Empty ones are dropped, and those that would carry a secret out of the job.</summary>
    private ImmutableArray<KeyValuePair<string, string>> Outputs(StepScope scope)
    {
        var outputs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        if (Plan.Job.Outputs is not Template.Map map)
        {
            return [];
        }

        var context = Context(scope, State.Env);
        foreach (var (key, template) in map.Entries)
        {
            var name = key.LiteralText ?? "";
            var (value, problems) = TemplateEvaluator.Evaluate(template, context);
            if (!problems.IsEmpty)
            {
                FailJob(Describe(problems), null);
            }
            else if (value.ToText() is { Length: > 0 } text)
            {
                if (State.Masker.Finds(text))
                {
                    var warning = new Annotation(AnnotationLevel.Warning, $"skip output `{name}` since it may contain a secret");
                    State.Annotations.Add(warning);
                    State.Report(new RunEvent.Annotated(State.Name, warning));
                    continue;
                }

                outputs.Add(new(name, text));
            }
        }

        return outputs.ToImmutable();
    }

    private void End()
    {
        ReportDecisions(null);
        _registered?.Dispose();
        ProcessTree.EndOrphans(StepEnvironment.TrackingVariable, Tracking);
        _stopping.Dispose();
        if (!Run.Options.KeepFolders)
        {
            Folders.TryDelete(State.Folders.Root);
        }
    }

    private Value WithToken(Value secrets)
    {
        var all = new ObjectValue();
        foreach (var (name, value) in secrets.AsObject?.Members ?? [])
        {
            all[name] = value;
        }

        all["GITHUB_TOKEN"] = _token;
        return all;
    }

    private ObjectValue JobContext() => new()
    {
        { "status", State.Status switch { Outcome.Failure => "failure", Outcome.Cancelled => "cancelled", _ => "success" } },
        { "check_run_id", double.Parse(Plan.Facts.CheckRunId, CultureInfo.InvariantCulture) },
        { "workflow_ref", Plan.Facts.JobWorkflowRef ?? Run.Facts.WorkflowRef },
        { "workflow_sha", Plan.Facts.JobWorkflowSha ?? Run.Facts.Sha },
        { "workflow_repository", Run.Facts.Repository },
        { "workflow_file_path", Plan.Workflow.Source.Name },
        { "container", new ObjectValue() },
        { "services", new ObjectValue() },
    };
}
