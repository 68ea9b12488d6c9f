using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Runner.Actions;
using Keyless.Runner.Processes;
using Keyless.Runner.Steps;

namespace Keyless.Runner;

/// <summary>A program that a workflow needs.</summary>
/// <param name="Why">The place that needs it, <c>FILE:LINE:COLUMN</c>, or what it is for.</param>
/// <param name="Path">Where it is; null when the machine lacks it.</param>
/// <param name="Install">The command that installs it.</param>
public sealed record NeededProgram(string Name, string Why, string? Path, string Install)
{
    /// <summary>What it says of itself; null when it was not asked.</summary>
    public string? Version { get; init; }

    /// <summary>Something to know although it is there.</summary>
    public string? Remark { get; init; }
}

/// <summary>Finds out what this machine lacks for workflows, without running them.</summary>
public sealed partial class Doctor(RunOptions options)
{
    /// <summary>Programs that scripts commonly call and machines commonly lack; the shell's own words are not among them.</summary>
    private static readonly HashSet<string> Watched =
    [
        "aws", "node", "npm", "npx", "yarn", "pnpm", "python", "python3", "pip", "pip3", "docker", "jq", "yq", "zip", "unzip", "curl", "wget", "make", "cmake", "gcc", "g++",
        "go", "cargo", "rustc", "java", "mvn", "gradle", "ruby", "bundle", "gem", "php", "composer", "dotnet", "terraform", "tofu", "sam", "cdk", "gh", "kubectl", "helm", "rsync", "rg", "hugo",
    ];

    private readonly Dictionary<string, NeededProgram> _needs = new(StringComparer.Ordinal);
    private readonly string? _searchPath = Environment.GetEnvironmentVariable("PATH");

    public async Task<(ImmutableArray<NeededProgram> Programs, ImmutableArray<Diagnostic> Problems, string? Fault)> ExamineAsync(CancellationToken cancellation)
    {
        Need("git", "the run works on a commit");
        Need("bash", "the default shell of `run` steps");
        var (files, problem) = Session.FindWorkflows(options);
        var problems = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var file in files)
        {
            var path = Path.Combine(options.Folder, file);
            var parsed = WorkflowParser.Parse(new SourceText(Session.Shown(path), await File.ReadAllTextAsync(path, cancellation)));
            problems.AddRange(parsed.Diagnostics);
            foreach (var job in parsed.Workflow?.Jobs.OfType<StepsJob>() ?? [])
            {
                Examine(job, parsed.Workflow!);
            }
        }

        if (_needs.GetValueOrDefault("aws") is { Path: { } aws } found)
        {
            _needs["aws"] = await WithVersionAsync(found, aws, cancellation);
        }

        if (_needs.GetValueOrDefault("node") is { Path: { } node } javascript)
        {
            _needs["node"] = javascript with { Version = await AskAsync(node, cancellation) };
        }

        return ([.. _needs.Values], problems.ToImmutable(), problem?.Problem);
    }

    private void Examine(StepsJob job, WorkflowFile file)
    {
        if ((job.Container ?? job.Services) is { } container)
        {
            _needs["docker"] = new NeededProgram("docker", Place(container.Source, container.Span), null, "this runner runs jobs on the machine itself: containers and services are not started");
        }

        foreach (var step in job.Steps)
        {
            switch (step)
            {
                case RunStep run:
                    Examine(run, job, file);
                    break;
                case UsesStep { Action: ActionReference.Docker } uses:
                    _needs["docker"] = new NeededProgram("docker", Place(uses.Source, uses.Uses.Span), null, "this runner runs jobs on the machine itself: docker actions do not run");
                    break;
                case UsesStep { Action: ActionReference.InRepository published } uses when !ActionStore.IsBuiltIn(published, options):
                    Need("node", Place(uses.Source, uses.Uses.Span));
                    break;
                case UsesStep { Action: ActionReference.Local local } uses when IsJavaScript(Path.Combine(options.Folder, local.Path)):
                    Need("node", Place(uses.Source, uses.Uses.Span));
                    break;
            }
        }
    }

    private void Examine(RunStep step, StepsJob job, WorkflowFile file)
    {
        var shell = (step.Shell ?? job.Defaults.Shell ?? file.Defaults.Shell)?.LiteralText;
        if (shell is { Length: > 0 })
        {
            Need(Shell.Split(shell)[0], Place(step.Source, (step.Shell ?? step.Run).Span));
        }

        var text = step.Run.Node is ScalarNode scalar ? scalar.Text : "";
        foreach (Match match in Command().Matches(shell is null or "bash" or "sh" ? text : ""))
        {
            if (Watched.Contains(match.Groups["name"].Value))
            {
                Need(match.Groups["name"].Value, Place(step.Source, step.Run.Span));
            }
        }
    }

    private void Need(string name, string why) =>
        _needs.TryAdd(name, new NeededProgram(name, why, Programs.Find(name, _searchPath), MissingProgram.HowToInstall(name)));

    private static bool IsJavaScript(string folder) =>
        ActionStore.FindMetadata(folder) is { } file
        && ActionParser.Parse(new SourceText(file, File.ReadAllText(file))).Action?.Runs is ActionRuns.Node;

    private static async Task<NeededProgram> WithVersionAsync(NeededProgram aws, string path, CancellationToken cancellation)
    {
        var version = await AskAsync(path, cancellation);
        var match = AwsVersion().Match(version ?? "");
        var knowsEndpoints = !match.Success
            || (int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), int.Parse(match.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)) is var (major, minor)
            && (major > 2 || (major == 2 && minor >= 13) || (major == 1 && minor >= 29));
        return aws with { Version = version, Remark = knowsEndpoints ? null : "it knows no endpoint variables, and reaches the sandbox through the run's proxy" };
    }

    private static async Task<string?> AskAsync(string program, CancellationToken cancellation)
    {
        string? first = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
        await ChildProcess.RunAsync(new ProcessStart(program, ["--version"], Path.GetTempPath(), environment), line => first ??= line, limit.Token);
        return first;
    }

    private static string Place(SourceText source, SourceSpan span) => $"{source.Name}:{source.PositionOf(span.Start)}";

    // A command stands at the beginning of a line or behind an operator, variables set for it and `sudo` aside.
    [GeneratedRegex(@"(?:^|[|;&(]|\$\(|\bthen\b|\bdo\b|\belse\b)\s*(?:sudo\s+)?(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?<name>[a-z][a-z0-9+._-]*)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(@"aws-cli/(\d+)\.(\d+)")]
    private static partial Regex AwsVersion();
}
