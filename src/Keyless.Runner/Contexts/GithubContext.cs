using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Steps;

namespace Keyless.Runner.Contexts;

/// <summary>
/// The <c>github</c> context and the <c>GITHUB_</c> and <c>RUNNER_</c> variables, one from the same facts as the other. GitHub Docs,
/// "Contexts reference" and "Variables reference".
/// </summary>
public static class GithubContext
{
    public const string ServerUrl = "https://github.com";
    private const string ApiUrl = "https://api.github.com";
    private const string GraphqlUrl = "https://api.github.com/graphql";

    /// <summary>The context before a job runs: all that planning may use.</summary>
    public static ObjectValue OfRun(RunFacts run) => new()
    {
        { "actor", run.Actor },
        { "actor_id", run.ActorId },
        { "api_url", ApiUrl },
        { "base_ref", run.BaseRef },
        { "event", run.Payload },
        { "event_name", run.Event },
        { "graphql_url", GraphqlUrl },
        { "head_ref", run.HeadRef },
        { "ref", run.Ref },
        { "ref_name", run.RefName },
        { "ref_protected", false },
        { "ref_type", run.RefType },
        { "repository", run.Repository },
        { "repository_id", run.RepositoryId },
        { "repository_owner", run.Owner },
        { "repository_owner_id", run.OwnerId },
        { "repository_visibility", run.Visibility },
        { "repositoryUrl", $"git://github.com/{run.Repository}.git" },
        { "retention_days", "90" },
        { "run_attempt", "1" },
        { "run_id", run.RunId },
        { "run_number", run.RunNumber },
        { "secret_source", "Actions" },
        { "server_url", ServerUrl },
        { "sha", run.Sha },
        { "triggering_actor", run.Actor },
        { "workflow", run.WorkflowName },
        { "workflow_ref", run.WorkflowRef },
        { "workflow_sha", run.Sha },
    };

    /// <summary>The context inside a job.</summary>
    public static ObjectValue OfJob(RunFacts run, string jobId, string token, JobFolders folders)
    {
        var github = OfRun(run);
        github["job"] = jobId;
        github["token"] = token;
        github["workspace"] = folders.Workspace;
        github["event_path"] = folders.EventFile;
        github["action_repository"] = "";
        github["action_ref"] = "";
        return github;
    }

    public static ObjectValue Runner(JobFolders folders, bool debug) => new()
    {
        { "os", OperatingSystem.IsMacOS() ? "macOS" : OperatingSystem.IsWindows() ? "Windows" : "Linux" },
        { "arch", System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToUpperInvariant() },
        { "name", "keyless" },
        { "environment", "github-hosted" },
        { "temp", folders.Temp },
        { "tool_cache", Path.Combine(folders.Root, "tools") },
        { "workspace", folders.PipelineWorkspace },
        { "debug", debug ? "1" : Value.Null },
    };

    /// <summary>The variables that belong to the runner: no step can change them for its own process.</summary>
    public static void AddVariables(Dictionary<string, string> environment, ObjectValue github, ObjectValue runner)
    {
        foreach (var name in (ReadOnlySpan<string>)
                 [
                     "action", "action_path", "action_ref", "action_repository", "actor", "actor_id", "api_url", "base_ref", "event_name", "event_path",
                     "graphql_url", "head_ref", "job", "ref", "ref_name", "ref_protected", "ref_type", "repository", "repository_id", "repository_owner",
                     "repository_owner_id", "retention_days", "run_attempt", "run_id", "run_number", "server_url", "sha", "triggering_actor", "workflow",
                     "workflow_ref", "workflow_sha", "workspace", "env", "output", "path", "state", "step_summary",
                 ])
        {
            if (github.TryGet(name, out var value))
            {
                environment["GITHUB_" + name.ToUpperInvariant()] = value.ToText();
            }
        }

        foreach (var (name, value) in runner.Members)
        {
            if (value.Kind != ValueKind.Null)
            {
                environment["RUNNER_" + name.ToUpperInvariant()] = value.ToText();
            }
        }
    }
}
