using Keyless.Runner.Actions;
using Keyless.Runner.Processes;

namespace Keyless.Runner.Steps;

/// <summary>
/// One phase of a JavaScript action. Older AWS SDKs know no endpoint variable: a module loaded before the action sends their requests to
/// the sandbox. GitHub Docs, "Metadata syntax", runs for JavaScript actions.
/// </summary>
internal sealed class NodeAction(JobRun job, ActionUse use, StepExecution execution)
{
    public async Task RunAsync(string entry, IReadOnlyDictionary<string, string> env, CancellationToken cancellation)
    {
        var action = use.Action!;
        var folders = job.State.Folders;
        var files = new CommandFiles(folders.CommandFiles);
        var environment = job.ProcessEnvironment(env, job.GithubFor(use.Step.Id, action.Folder, files));
        foreach (var (name, value) in use.Inputs)
        {
            environment[ActionInputs.VariableOf(name)] = value;
        }

        foreach (var (name, value) in use.State)
        {
            environment["STATE_" + name] = value;
        }

        // In front of the job's own options, never in place of them; `run` steps never see it.
        environment["NODE_OPTIONS"] = $"--require={job.Run.Sandbox.RerouteModule()} {environment.GetValueOrDefault("NODE_OPTIONS")}".TrimEnd();
        environment["KEYLESS_SANDBOX_URL"] = job.Run.Sandbox.BaseAddress.ToString();
        if (action.Folder.Repository.Equals(ActionStore.ConfigureAwsCredentials, StringComparison.OrdinalIgnoreCase))
        {
            // The sandbox's answers do not change by asking again; from v4.2 on the action knows the variable.
            environment.TryAdd("RETRY_MAX_ATTEMPTS", "1");
        }

        if (ActionStore.IsCheckout(action.Folder))
        {
            Sandbox.AddGitSource(environment, job.Run.Snapshot, job.Run.Facts);
        }

        var file = Path.GetFullPath(entry, action.Folder.Path);
        if (!File.Exists(file))
        {
            execution.Fail($"the action `{use.Step.Uses.Text}` has no file `{entry}`: {(action.Folder.Repository.Length == 0 ? "build it before the step" : "the reference may name a commit without the built files")}");
            return;
        }

        if (Programs.Find("node", environment["PATH"]) is not { } node)
        {
            execution.Fail($"`node` is not installed on this machine, and `{use.Step.Uses.Text}` is a JavaScript action; install it with: {MissingProgram.HowToInstall("node")}");
            return;
        }

        var end = await ChildProcess.RunAsync(new ProcessStart(node, [file], folders.Workspace, environment), execution.Receive, cancellation);
        files.Apply(execution);
        switch (end)
        {
            case ProcessEnd.Exited { Code: not 0 } when execution.HasErrors:
                execution.MarkFailed();
                break;
            case ProcessEnd.Exited { Code: not 0 } exited:
                execution.Fail($"`{use.Step.Uses.Text}` ended with exit code {exited.Code}");
                break;
            case ProcessEnd.NotStarted failed:
                execution.Fail($"`node` did not start: {failed.Reason}");
                break;
        }
    }
}
