using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Actions;
using Keyless.Runner.Contexts;
using Keyless.Runner.Events;
using Keyless.Runner.Git;
using Keyless.Server.CloudFormation;

namespace Keyless.Runner;

/// <summary>What came of <c>keyless run</c>: the runs, or what stood in their way.</summary>
public sealed record SessionResult
{
    public ImmutableArray<RunReport> Runs { get; init; } = [];

    /// <summary>What is wrong with a workflow file or the template.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>A sentence on what stood in the way; null when nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Help { get; init; }

    public StackResult? Stack { get; init; }

    /// <summary>What is wrong with the template's trust policies although they were obeyed.</summary>
    public ImmutableArray<Diagnostic> Findings { get; init; } = [];

    public bool Succeeded => Problem is null && Diagnostics.All(d => d.Severity != Severity.Error) && !Runs.IsEmpty && Runs.All(run => run.Result is Outcome.Success or Outcome.Skipped);
}

/// <summary>
/// One <c>keyless run</c> from the folder to the report: 1. the workflow files, 2. the event that starts them, 3. the folder's state as a
/// commit and the sandbox, side by side, 4. the template, 5. the workflows.
/// </summary>
public sealed class Session(RunOptions options, Action<RunEvent> report, TimeProvider time)
{
    private const string WorkflowFolder = ".github/workflows";

    /// <summary>Events in the order in which one is chosen when none is asked for.</summary>
    private static readonly string[] Usual = ["push", "workflow_dispatch", "pull_request", "schedule", "release", "repository_dispatch"];

    /// <summary>Whether jobs are only named, with what their tokens would say, and no step runs.</summary>
    public bool PlanOnly { get; init; }

    /// <param name="cancelled">Ends the run as Ctrl-C does.</param>
    /// <param name="killed">Ends it at once.</param>
    public async Task<SessionResult> RunAsync(CancellationToken cancelled, CancellationToken killed)
    {
        // 1.
        var (files, problem) = FindWorkflows(options);
        if (problem is not null)
        {
            return problem;
        }

        if (GitProgram.Find() is not { } git)
        {
            return new SessionResult { Problem = "`git` is not installed on this machine, and the run works on a commit", Help = $"install it with: {Steps.MissingProgram.HowToInstall("git")}" };
        }

        var workflows = new List<(string Path, WorkflowFile File)>();
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var path in files)
        {
            var parsed = WorkflowParser.Parse(Read(path), new WorkflowParseOptions { ResolveCallee = Resolve, Policy = PermissionPolicy.Restricted });
            diagnostics.AddRange(parsed.Diagnostics);
            if (parsed.IsValid)
            {
                workflows.Add((path, parsed.Workflow!));
            }
        }

        if (diagnostics.Any(d => d.Severity == Severity.Error))
        {
            return new SessionResult { Diagnostics = diagnostics.ToImmutable() };
        }

        // 2.
        ObjectValue? given = null;
        Node? givenNode = null;
        if (options.EventFile is { } eventFile)
        {
            var (value, error) = ValueJson.Read(File.ReadAllText(eventFile));
            if (error is not null || value.AsObject is null)
            {
                return new SessionResult { Problem = $"`{Shown(eventFile)}` is no JSON object{(error is null ? "" : $": {error}")}" };
            }

            given = value.AsObject;
            givenNode = JsonReader.Read(new SourceText(Shown(eventFile), File.ReadAllText(eventFile))).Root;
        }

        var eventName = options.Event ?? Usual.Concat(workflows.SelectMany(w => w.File.On).Select(trigger => trigger.Event)).FirstOrDefault(name => workflows.Any(w => w.File.On.Any(trigger => trigger.Event == name)));
        if (eventName is null)
        {
            return new SessionResult { Problem = "no workflow names an event that could start it", Help = $"add `on: push` to a workflow in {WorkflowFolder}" };
        }

        // 3.
        var folder = Directory.CreateTempSubdirectory("keyless-").FullName;
        try
        {
            var taking = new SnapshotTaker(git, options.Folder, Path.Combine(folder, "store.git")).TakeAsync(options.CommittedOnly, cancelled);
            var starting = Sandbox.StartAsync(options, folder, time, cancelled);
            await using var sandbox = await starting;
            var (snapshot, wrong) = await taking;
            if (snapshot is null)
            {
                return new SessionResult { Problem = wrong };
            }

            // 4.
            StackResult? stack = null;
            TemplateFacts? facts = null;
            if (options.Stack is { } template)
            {
                if (!File.Exists(template))
                {
                    return new SessionResult { Problem = $"there is no template `{Shown(template)}`", Help = "name an existing CloudFormation file with --stack, or with `stack:` in keyless.yaml" };
                }

                var source = new SourceText(Shown(template), File.ReadAllText(template));
                stack = await sandbox.ApplyAsync(source, options.StackParameters, cancelled);
                if (stack.Failed)
                {
                    return new SessionResult { Diagnostics = stack.Diagnostics, Stack = stack };
                }

                facts = new TemplateFacts(source, stack);
            }

            // 5.
            var findings = Task.Run(() => facts?.TrustFindings(options.Repository ?? snapshot.Repository) ?? [], CancellationToken.None);
            var result = await RunTriggeredAsync(workflows, eventName, given, givenNode, snapshot, git, sandbox, folder, facts, cancelled, killed);
            return result with { Stack = stack, Findings = await findings };
        }
        finally
        {
            if (!options.KeepFolders)
            {
                Folders.TryDelete(folder);
            }
        }
    }

    /// <summary>The workflow files that the options mean, relative to the folder.</summary>
    public static (ImmutableArray<string> Files, SessionResult? Problem) FindWorkflows(RunOptions options)
    {
        if (!options.Workflows.IsEmpty)
        {
            return (options.Workflows, null);
        }

        var folder = Path.Combine(options.Folder, WorkflowFolder);
        var files = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Where(file => file.EndsWith(".yml", StringComparison.Ordinal) || file.EndsWith(".yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(file => $"{WorkflowFolder}/{Path.GetFileName(file)}")]
            : ImmutableArray<string>.Empty;
        return files.IsEmpty
            ? ([], new SessionResult
            {
                Problem = $"there is no workflow in `{Path.Combine(Shown(options.Folder), WorkflowFolder)}`",
                Help = "run it in the top folder of a repository with workflows, or name a workflow file",
            })
            : (files, null);
    }

    private async Task<SessionResult> RunTriggeredAsync(
        List<(string Path, WorkflowFile File)> workflows, string eventName, ObjectValue? given, Node? givenNode, Snapshot snapshot, GitProgram git, Sandbox sandbox, string folder, TemplateFacts? template,
        CancellationToken cancelled, CancellationToken killed)
    {
        var reference = options.Ref is { } asked ? asked.StartsWith("refs/", StringComparison.Ordinal) ? asked : $"refs/heads/{asked}" : snapshot.Ref ?? $"refs/heads/{snapshot.DefaultBranch}";
        var happened = EventFacts.Of(eventName, givenNode, new EventFacts.Known(reference, snapshot.Sha, snapshot.DefaultBranch)
        {
            RefIsGiven = options.Ref is not null,
            Repository = options.Repository ?? snapshot.Repository,
        });
        Tell(snapshot, happened.Repository);
        var runs = ImmutableArray.CreateBuilder<RunReport>();
        var reasons = new List<string>();
        var missingJobs = new List<string>();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var (path, file) in workflows)
        {
            var decision = Triggers.Decide(file.On, new TriggerEvent(eventName)
            {
                Ref = happened.Ref,
                BaseRef = happened.BaseRef,
                Action = given?["action"].AsString,
                Message = snapshot.Commit.Message,
            });
            if (!decision.Runs)
            {
                reasons.Add($"{file.Source.Name}: {decision.Reason}");
                continue;
            }

            if (options.Job is { } job && file.FindJob(job) is null)
            {
                var near = Suggest.Nearest(job, file.Jobs.Select(j => j.Id));
                missingJobs.Add($"{file.Source.Name} has no job `{job}`{(near is null ? $", only {string.Join(", ", file.Jobs.Select(j => $"`{j.Id}`"))}" : $"; did you mean `{near}`?")}");
                continue;
            }

            var facts = Facts(path, file, eventName, happened, snapshot, given);
            var (inputs, wrong) = eventName == "workflow_dispatch"
                ? CallInputs.OfDispatch(file, options.Inputs, new EvaluationContext { Contexts = new ObjectValue { { "github", GithubContext.OfRun(facts) }, { "vars", new ObjectValue() } } })
                : (new ObjectValue(), null);
            if (wrong is not null)
            {
                return new SessionResult { Problem = wrong };
            }

            // Steps see every input as text in the event, typed in the `inputs` context.
            if (facts.Payload["inputs"].AsObject is { } texts)
            {
                foreach (var (name, value) in inputs.Members)
                {
                    texts[name] = value.ToText();
                }
            }

            var services = new RunServices(options, facts, snapshot, git, new ActionStore(options, git), sandbox, http, folder, time) { Killed = killed, PlanOnly = PlanOnly, Template = template };
            runs.Add(await RunOneAsync(services, file, inputs, cancelled));
        }

        return runs.Count > 0 ? new SessionResult { Runs = runs.ToImmutable() }
            : missingJobs.Count > 0 ? new SessionResult { Problem = string.Join("; ", missingJobs) }
            : new SessionResult { Problem = $"nothing runs on `{eventName}`: {string.Join("; ", reasons)}", Help = "choose another event with --event, or another ref with --ref" };
    }

    private async Task<RunReport> RunOneAsync(RunServices services, WorkflowFile file, ObjectValue inputs, CancellationToken cancelled)
    {
        var jobs = ImmutableArray.CreateBuilder<JobReport>();
        var decisions = ImmutableArray.CreateBuilder<Server.Audit.DecisionRecord>();
        var gate = new Lock();
        void Collect(RunEvent happened)
        {
            lock (gate)
            {
                switch (happened)
                {
                    case RunEvent.JobEnded ended:
                        jobs.Add(ended.Report);
                        break;
                    case RunEvent.Decided decided:
                        decisions.Add(decided.Decision);
                        break;
                }

                report(happened);
            }
        }

        using var run = new WorkflowRun(services, Collect);
        var secrets = options.Secrets;
        if (services.Facts.IsPullRequestOfFork && !secrets.IsEmpty)
        {
            secrets = RunOptions.NoCase;
            report(new RunEvent.Note("a pull request from a fork gets no secrets, as on GitHub"));
        }

        report(new RunEvent.WorkflowStarted(services.Facts));
        var (result, _) = await run.RunAsync(new WorkflowLevel(file, inputs, secrets, []), cancelled);
        return new RunReport(services.Facts, result, jobs.ToImmutable()) { Decisions = decisions.ToImmutable() };
    }

    private RunFacts Facts(string path, WorkflowFile file, string eventName, EventFacts happened, Snapshot snapshot, ObjectValue? given)
    {
        var repository = options.Repository ?? happened.Repository ?? snapshot.Repository ?? $"local/{Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Folder))}";
        var repositoryId = options.RepositoryId ?? happened.RepositoryId ?? "1";
        var ownerId = options.OwnerId ?? happened.OwnerId ?? "1";
        var visibility = options.Visibility ?? happened.Visibility ?? "private";
        var actor = options.Actor ?? happened.Actor ?? "octocat";
        var actorId = (options.Actor is null ? happened.ActorId : null) ?? JobFacts.KnownActorId(actor) ?? "1";
        var fromFork = happened.FromFork || (options.FromFork && eventName.StartsWith("pull_request", StringComparison.Ordinal));
        var payload = EventPayload.Of(
            new EventSubject(eventName, repository, repositoryId, ownerId, visibility, actor, actorId, happened.Ref, happened.Sha)
            {
                HeadRef = happened.HeadRef,
                BaseRef = happened.BaseRef,
                FromFork = fromFork,
                DefaultBranch = snapshot.DefaultBranch,
                Commit = snapshot.Commit,
                Inputs = options.Inputs,
                WorkflowPath = path,
            },
            given);
        var (id, number) = NextRun();
        return new RunFacts
        {
            Event = eventName,
            Repository = repository,
            RepositoryId = repositoryId,
            OwnerId = ownerId,
            Visibility = visibility,
            Actor = actor,
            ActorId = actorId,
            FromFork = fromFork,
            PullRequestAuthor = happened.PullRequestAuthor,
            Enterprise = happened.Enterprise,
            EnterpriseId = happened.EnterpriseId,
            Ref = happened.Ref,
            Sha = snapshot.Sha,
            HeadRef = happened.HeadRef,
            BaseRef = happened.BaseRef,
            WorkflowPath = path,
            WorkflowName = file.Name ?? path,
            RunId = id,
            RunNumber = number,
            Payload = payload,
            ImmutableSubject = options.ImmutableSubject,
            RepositoryCreatedAt = happened.RepositoryCreatedAt,
        };
    }

    private void Tell(Snapshot snapshot, string? inPayload)
    {
        if (!snapshot.Uncommitted.IsEmpty)
        {
            var shown = string.Join(", ", snapshot.Uncommitted.Take(3)) + (snapshot.Uncommitted.Length > 3 ? ", ..." : "");
            report(new RunEvent.Note($"{snapshot.Uncommitted.Length} uncommitted change{(snapshot.Uncommitted.Length == 1 ? "" : "s")} included ({shown}); --committed-only leaves {(snapshot.Uncommitted.Length == 1 ? "it" : "them")} out"));
        }
        else if (snapshot.Source is null)
        {
            report(new RunEvent.Note("the folder is no Git repository of its own: its files are taken as one commit"));
        }

        if ((options.Repository ?? inPayload ?? snapshot.Repository) is null)
        {
            report(new RunEvent.Note("Git knows no remote `origin`, so the repository's name is made up; --repository OWNER/NAME tells it"));
        }
    }

    /// <summary>An id that no other run has, and the run's number in this sandbox.</summary>
    private (string Id, string Number) NextRun()
    {
        var file = Path.Combine(options.DataFolder, "run-number");
        var number = File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var last) ? last + 1 : 1;
        File.WriteAllText(file, number.ToString(CultureInfo.InvariantCulture));
        return ((time.GetUtcNow().ToUnixTimeMilliseconds() / 100).ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture));
    }

    private SourceText Read(string path) => new(Shown(Path.Combine(options.Folder, path)), File.ReadAllText(Path.Combine(options.Folder, path)));

    private SourceText? Resolve(WorkflowReference reference)
    {
        var path = reference switch
        {
            WorkflowReference.Local local => Path.Combine(options.Folder, local.Path),
            WorkflowReference.Remote remote when options.ActionCache is { } cache => Path.Combine(cache, remote.Owner, $"{remote.Repository}@{remote.Ref}", remote.Path),
            _ => null,
        };
        return path is not null && File.Exists(path) ? new SourceText(Shown(path), File.ReadAllText(path)) : null;
    }

    /// <summary>The path as messages print it: relative to the current folder where it lies below it.</summary>
    internal static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
