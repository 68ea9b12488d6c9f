namespace Keyless.Runner.Steps;

/// <summary>
/// What every process of a job starts from. It is built, never inherited: of the user's shell only the search path and the language
/// come along, so no ambient credentials leak in or win.
/// </summary>
public sealed class StepEnvironment(IReadOnlyDictionary<string, string> sandbox, string trackingId)
{
    /// <summary>Found in <c>/proc</c> when the job ends: what a job left running carries it.</summary>
    public const string TrackingVariable = "RUNNER_TRACKING_ID";

    /// <summary>Variables of the user's shell that say where programs are and how text is written, and nothing about who the user is.</summary>
    private static readonly string[] Inherited = ["LANG", "LC_ALL", "TZ", "TMPDIR", "SHELL", "USER", "LOGNAME", "SystemRoot", "ComSpec", "PATHEXT"];

    /// <summary>The lowest layer, which everything in the workflow overrides.</summary>
    public Dictionary<string, string> Base(string home)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = home,
        };
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        environment.TryAdd("LANG", "C.UTF-8");
        environment[TrackingVariable] = trackingId;
        foreach (var (name, value) in sandbox)
        {
            environment[name] = value;
        }

        return environment;
    }

    /// <summary>The layers on top of each other: base, the <c>env</c> context, folders before the search path, what the runner owns.</summary>
    public Dictionary<string, string> Build(JobState job, IReadOnlyDictionary<string, string> env, Action<Dictionary<string, string>> addOwn)
    {
        var environment = Base(job.Folders.Home);
        foreach (var (name, value) in env)
        {
            environment[name] = value;
        }

        if (job.SearchFolders.Count > 0)
        {
            environment["PATH"] = string.Join(Path.PathSeparator, [.. job.SearchFolders, environment["PATH"]]);
        }

        environment.TryAdd("CI", "true");
        environment["GITHUB_ACTIONS"] = "true";
        addOwn(environment);
        return environment;
    }
}
