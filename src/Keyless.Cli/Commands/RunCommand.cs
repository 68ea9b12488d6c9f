using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.InteropServices;
using Keyless.Cli.Commands.Run;
using Keyless.Language.Diagnostics;
using Keyless.Runner;
using Keyless.Server;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless run</c>: the workflows of a repository, for real, against a sandbox of GitHub's issuer and AWS.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> Where = new("PATH") { Description = "A repository's folder, or a workflow file in one", DefaultValueFactory = _ => "." };
    private static readonly Option<string[]> Workflow = new("--workflow", "-W") { Description = "Only this workflow file, relative to the folder; may be repeated" };
    private static readonly Option<string?> Event = new("--event") { Description = "The event: push, pull_request, workflow_dispatch, ..." };
    private static readonly Option<string?> EventFile = new("--event-file", "-e") { Description = "The event's payload, a JSON file" };
    private static readonly Option<string?> Repository = new("--repository") { Description = "OWNER/NAME; default: Git's remote `origin`" };
    private static readonly Option<string?> RepositoryId = new("--repository-id") { Description = "The repository's id" };
    private static readonly Option<string?> OwnerId = new("--owner-id") { Description = "The owner's id" };
    private static readonly Option<string?> Visibility = new("--visibility") { Description = "public, private or internal" };
    private static readonly Option<string?> Ref = new("--ref") { Description = "The ref the run is for, refs/heads/main; default: the current branch" };
    private static readonly Option<bool> FromFork = new("--from-fork") { Description = "The pull request comes from another repository" };
    private static readonly Option<string?> Actor = new("--actor") { Description = "Who started it" };
    private static readonly Option<string[]> Input = new("--input") { Description = "An input of workflow_dispatch, NAME=VALUE; may be repeated" };
    private static readonly Option<string[]> Secret = new("--secret", "-s") { Description = "A secret, NAME=VALUE, or NAME to take it from the environment; may be repeated" };
    private static readonly Option<string?> SecretFile = new("--secret-file") { Description = "A file of NAME=VALUE lines" };
    private static readonly Option<string[]> Var = new("--var") { Description = "A configuration variable, NAME=VALUE; may be repeated" };
    private static readonly Option<string[]> Env = new("--env") { Description = "A variable of every job's environment, NAME=VALUE; may be repeated" };
    private static readonly Option<string?> Job = new("--job", "-j") { Description = "Only this job, and what it needs" };
    private static readonly Option<string[]> Matrix = new("--matrix") { Description = "Only matrix jobs with this value, KEY:VALUE; may be repeated" };
    private static readonly Option<string?> Stack = new("--stack") { Description = "The CloudFormation template of the sandbox" };
    private static readonly Option<string[]> Parameter = new("--parameter") { Description = "A parameter of the template, NAME=VALUE; may be repeated" };
    private static readonly Option<string?> Data = new("--data") { Description = $"The sandbox's state; default: {DataFolder.DefaultName}" };
    private static readonly Option<bool> ImmutableSubject = new("--immutable-subject") { Description = "Subjects carry ids: repo:OWNER@ID/NAME@ID:..." };
    private static readonly Option<string?> Actions = new("--actions") { Description = "built-in, or real: run the published actions too where built-in ones exist" };
    private static readonly Option<string?> ActionCache = new("--action-cache") { Description = "A folder of unpacked actions, OWNER/NAME@REF" };
    private static readonly Option<bool> NoProxy = new("--no-proxy") { Description = "No proxy for clients that know no endpoint variables" };
    private static readonly Option<bool> CommittedOnly = new("--committed-only") { Description = "Leave uncommitted changes out" };
    private static readonly Option<bool> Keep = new("--keep") { Description = "Keep the jobs' folders" };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show debug lines" };
    private static readonly Option<bool> PlanOnly = new("--plan", "-n") { Description = "Only say what would run" };
    private static readonly Option<bool> ListOnly = new("--list", "-l") { Description = "Only list workflows and jobs" };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line: what happens, then the result" };

    /// <summary>Those that <c>keyless.yaml</c> may set.</summary>
    private static readonly ImmutableArray<Option> Settings =
    [
        Workflow, Event, EventFile, Repository, RepositoryId, OwnerId, Visibility, Ref, Actor, Input, Secret, SecretFile, Var, Env, Job, Matrix, Stack, Parameter, Data,
        ImmutableSubject, Actions, ActionCache, NoProxy, CommittedOnly,
    ];

    public static Command Create()
    {
        var command = new Command("run", "Run the repository's workflows against a sandbox") { Where };
        foreach (var option in (IEnumerable<Option>)[.. Settings, FromFork, Keep, Verbose, PlanOnly, ListOnly, Json])
        {
            command.Add(option);
        }

        Actions.AcceptOnlyFromAmong("built-in", "real");
        Visibility.AcceptOnlyFromAmong("public", "private", "internal");
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        if (!TryFindFolder(parsed.GetRequiredValue(Where), out var folder, out var file, out var problem))
        {
            Terminal.Error.Problem(problem);
            return ExitCode.Wrong;
        }

        var (settings, problems) = SettingsFile.Read(folder, [.. Settings.Select(NameOf)]);
        if (!problems.IsEmpty)
        {
            Terminal.Error.Write(TextRenderer.Render(problems));
            return ExitCode.Wrong;
        }

        if (Options(parsed, settings, folder, file, out var wrong) is not { } options)
        {
            Terminal.Error.Problem(wrong!);
            return ExitCode.Wrong;
        }

        if (parsed.GetValue(ListOnly))
        {
            return RunList.Write(options, parsed.GetValue(Json));
        }

        // The first Ctrl-C lets `always()` steps and clean-ups run, the second ends everything.
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var killed = new CancellationTokenSource();
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, cancelled, killed));
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, cancelled, killed));
        var isPlan = parsed.GetValue(PlanOnly);
        if (parsed.GetValue(Json))
        {
            using var lines = new JsonLines();
            var outcome = await new Session(options, lines.Take, TimeProvider.System) { PlanOnly = isPlan }.RunAsync(cancelled.Token, killed.Token);
            lines.Result(outcome);
            return outcome.Succeeded ? ExitCode.Done : ExitCode.No;
        }

        var live = new LiveOutput(Terminal.Out);
        var result = await new Session(options, live.Take, TimeProvider.System) { PlanOnly = isPlan }.RunAsync(cancelled.Token, killed.Token);
        new RunSummary(Terminal.Out, Terminal.Error, options).Write(result, isPlan);
        return result.Succeeded ? ExitCode.Done : ExitCode.No;
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource cancelled, CancellationTokenSource killed)
    {
        signal.Cancel = true;
        (cancelled.IsCancellationRequested ? killed : cancelled).Cancel();
    }

    /// <summary>The repository's folder, and the workflow file when one was named: <c>FOLDER/.github/workflows/FILE</c>, or any other file.</summary>
    internal static bool TryFindFolder(string path, out string folder, out string? file, out string problem)
    {
        (folder, file, problem) = (Path.GetFullPath(path), null, "");
        if (Directory.Exists(folder))
        {
            return true;
        }

        if (!File.Exists(folder))
        {
            problem = $"there is no folder or workflow file `{path}`";
            return false;
        }

        var full = folder;
        var above = Path.GetDirectoryName(full)!;
        folder = above.EndsWith(Path.Combine(".github", "workflows"), StringComparison.Ordinal) ? Path.GetDirectoryName(Path.GetDirectoryName(above))! : above;
        file = Path.GetRelativePath(folder, full).Replace('\\', '/');
        return true;
    }

    private static RunOptions? Options(ParseResult parsed, SettingsFile settings, string folder, string? file, out string? problem)
    {
        problem = null;
        string? Text(Option<string?> option) => parsed.GetValue(option) ?? (settings[NameOf(option)] is [var set, ..] ? set : null);
        ImmutableArray<string> Texts(Option<string[]> option) => [.. settings[NameOf(option)], .. parsed.GetValue(option) ?? []];
        bool Flag(Option<bool> option) => parsed.GetValue(option) || settings[NameOf(option)] is ["true"];
        string? File(Option<string?> option) =>
            parsed.GetValue(option) is { } given ? Path.GetFullPath(given) : settings[NameOf(option)] is [var set, ..] ? Path.GetFullPath(set, folder) : null;

        var repository = Text(Repository);
        if (repository is not null && repository.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            problem = $"`--repository {repository}` is no OWNER/NAME";
            return null;
        }

        var pairs = new Pairs();
        var options = new RunOptions
        {
            Folder = folder,
            Workflows = file is not null ? [file] : Texts(Workflow),
            DataFolder = Path.GetFullPath(Text(Data) ?? DataFolder.DefaultName),
            Event = Text(Event),
            EventFile = File(EventFile),
            Repository = repository,
            RepositoryId = Text(RepositoryId),
            OwnerId = Text(OwnerId),
            Visibility = Text(Visibility),
            Ref = Text(Ref),
            Actor = Text(Actor),
            FromFork = parsed.GetValue(FromFork),
            ImmutableSubject = Flag(ImmutableSubject),
            Inputs = pairs.Read("--input", Texts(Input), RunOptions.NoCase),
            Secrets = pairs.Read("--secret", [.. SecretLines(File(SecretFile), ref problem), .. Texts(Secret)], RunOptions.NoCase, fromEnvironment: true),
            Vars = pairs.Read("--var", Texts(Var), RunOptions.NoCase),
            Env = pairs.Read("--env", Texts(Env), ImmutableSortedDictionary<string, string>.Empty),
            Job = Text(Job),
            Matrix = [.. pairs.Read("--matrix", Texts(Matrix), RunOptions.NoCase, separator: ':')],
            Stack = File(Stack),
            StackParameters = pairs.Read("--parameter", Texts(Parameter), ImmutableSortedDictionary<string, string>.Empty),
            RealActions = Text(Actions) == "real",
            ActionCache = File(ActionCache),
            Proxy = !Flag(NoProxy),
            CommittedOnly = Flag(CommittedOnly),
            KeepFolders = parsed.GetValue(Keep),
            Debug = parsed.GetValue(Verbose),
        };
        problem ??= pairs.Problem ?? options.Workflows.Where(path => !System.IO.File.Exists(Path.Combine(folder, path))).Select(path => $"there is no workflow file `{path}` in `{InputFile.Shown(folder)}`").FirstOrDefault();
        if (options.EventFile is { } payload && !System.IO.File.Exists(payload))
        {
            problem ??= $"there is no file `{InputFile.Shown(payload)}`";
        }

        return problem is null ? options : null;
    }

    private static IEnumerable<string> SecretLines(string? path, ref string? problem)
    {
        if (path is null)
        {
            return [];
        }

        if (!InputFile.TryRead(path, out var source, out var unreadable))
        {
            problem = unreadable;
            return [];
        }

        return source.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'));
    }

    private static string NameOf(Option option) => option.Name.TrimStart('-');

    /// <summary>Reads <c>NAME=VALUE</c> options and keeps the first mistake.</summary>
    private sealed class Pairs
    {
        public string? Problem { get; private set; }

        public ImmutableSortedDictionary<string, string> Read(
            string option, ImmutableArray<string> texts, ImmutableSortedDictionary<string, string> empty, bool fromEnvironment = false, char separator = '=')
        {
            var pairs = empty.ToBuilder();
            foreach (var text in texts)
            {
                var at = text.IndexOf(separator);
                if (at > 0)
                {
                    pairs[text[..at]] = text[(at + 1)..].Trim('"');
                }
                else if (fromEnvironment && at < 0)
                {
                    pairs[text] = Environment.GetEnvironmentVariable(text) ?? "";
                    Problem ??= pairs[text].Length > 0 ? null : $"`{option} {text}` takes its value from the environment, where `{text}` is not set";
                }
                else
                {
                    // Not the text itself: it may be a secret with its name forgotten.
                    Problem ??= $"`{option}` wants NAME{separator}VALUE";
                }
            }

            return pairs.ToImmutable();
        }
    }
}
