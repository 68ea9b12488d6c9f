using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Protocol;

namespace Keyless.Runner.Steps;

/// <summary>What the steps of one job share and change.</summary>
public sealed class JobState(string name, JobFolders folders, SecretMasker masker, Action<RunEvent> report)
{
    /// <summary>As shown in the log.</summary>
    public string Name { get; } = name;

    public JobFolders Folders { get; } = folders;

    public SecretMasker Masker { get; } = masker;

    /// <summary>The <c>env</c> context between steps: workflow, job and <c>GITHUB_ENV</c> so far.</summary>
    public Dictionary<string, string> Env { get; } = new(StringComparer.Ordinal);

    /// <summary>Folders put before the search path, the newest first.</summary>
    public List<string> SearchFolders { get; } = [];

    public ProblemMatchers Matchers { get; } = new();

    public List<Annotation> Annotations { get; } = [];

    public System.Text.StringBuilder Summary { get; } = new();

    /// <summary>How the job stands; what <c>job.status</c> says.</summary>
    public Outcome Status { get; set; } = Outcome.Success;

    /// <summary>Whether debug lines are shown: <c>ACTIONS_STEP_DEBUG</c>.</summary>
    public bool Debug { get; init; }

    /// <summary>Old output commands still work; one remark a job is enough.</summary>
    public bool WarnedOfOldCommands { get; set; }

    public void Report(RunEvent happened) => report(happened);

    public void Line(LineKind kind, string text) => Report(new RunEvent.Line(Name, kind, Masker.Apply(text)));
}
