namespace Keyless.Runner.Steps;

/// <summary>The folders of one job, all of the run's own: nothing a step writes reaches the user's files.</summary>
public sealed record JobFolders
{
    private JobFolders(string root, string repository)
    {
        Root = root;
        var name = repository[(repository.IndexOf('/', StringComparison.Ordinal) + 1)..];
        PipelineWorkspace = Path.Combine(root, "work", name);
        Workspace = Path.Combine(PipelineWorkspace, name);
        Temp = Path.Combine(root, "temp");
        Home = Path.Combine(root, "home");
        Actions = Path.Combine(root, "actions");
        CommandFiles = Path.Combine(Temp, "_runner_file_commands");
        WorkflowFiles = Path.Combine(Temp, "_github_workflow");
    }

    public string Root { get; }

    /// <summary><c>RUNNER_WORKSPACE</c>: the folder that holds the workspace.</summary>
    public string PipelineWorkspace { get; }

    /// <summary><c>GITHUB_WORKSPACE</c>.</summary>
    public string Workspace { get; }

    /// <summary><c>RUNNER_TEMP</c>.</summary>
    public string Temp { get; }

    /// <summary>A fresh <c>HOME</c>, so that no settings or credentials of the user's leak in.</summary>
    public string Home { get; }

    /// <summary>Where published actions of this job are unpacked.</summary>
    public string Actions { get; }

    public string CommandFiles { get; }

    public string WorkflowFiles { get; }

    public string EventFile => Path.Combine(WorkflowFiles, "event.json");

    public static JobFolders Create(string root, string repository)
    {
        var folders = new JobFolders(root, repository);
        foreach (var folder in (string[])[folders.Workspace, folders.CommandFiles, folders.WorkflowFiles, folders.Home])
        {
            Directory.CreateDirectory(folder);
        }

        return folders;
    }
}
