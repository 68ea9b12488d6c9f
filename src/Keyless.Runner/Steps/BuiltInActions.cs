using Keyless.Language.Workflow;
using Keyless.Runner.Actions;
using Keyless.Runner.BuiltIn;

namespace Keyless.Runner.Steps;

/// <summary>Runs the built-in equivalents of published actions with the effects of a step.</summary>
internal static class BuiltInActions
{
    private static readonly string[] CheckoutInputs =
    [
        "repository", "ref", "token", "ssh-key", "ssh-known-hosts", "ssh-strict", "ssh-user", "persist-credentials", "path", "clean", "filter", "sparse-checkout",
        "sparse-checkout-cone-mode", "fetch-depth", "fetch-tags", "show-progress", "lfs", "submodules", "set-safe-directory", "github-server-url", "allow-unsafe-pr-checkout",
    ];

    public static async Task RunAsync(
        JobRun job, ActionUse use, ActionReference.InRepository reference, StepExecution execution, Dictionary<string, string> env, CancellationToken cancellation)
    {
        var github = job.GithubFor(use.Step.Id, null, null);
        use.Inputs = ActionInputs.Given(use.Step, job.Context(use.Scope, env, github: github), execution);
        var isCheckout = reference.FullName.Equals(ActionStore.Checkout, StringComparison.OrdinalIgnoreCase);
        ActionInputs.WarnOfUnknown(use.Step, isCheckout ? CheckoutInputs : ConfigureAwsCredentials.InputsOf(ActionVersion.Of(reference.Ref)), execution);
        if (execution.HasFailed)
        {
            return;
        }

        var host = new Host(job, use, ActionVersion.Of(reference.Ref), execution, job.ProcessEnvironment(env, github));
        if (isCheckout)
        {
            var source = new CheckoutSource(job.Run.Git, job.Run.Snapshot, job.Run.Facts.Repository, job.Run.Facts.Ref, job.State.Folders.Workspace, job.Token);
            await new Checkout(host, source).RunAsync(cancellation);
        }
        else
        {
            job.AddPost(use);
            await new ConfigureAwsCredentials(host, job.Run.Http, job.Run.Sandbox.BaseAddress, job.Run.Time).RunAsync(cancellation);
        }
    }

    public static Task CleanUpAsync(JobRun job, ActionUse use, StepExecution execution, Dictionary<string, string> env)
    {
        var version = use.Step.Action is ActionReference.InRepository reference ? ActionVersion.Of(reference.Ref) : default;
        var host = new Host(job, use, version, execution, job.ProcessEnvironment(env, job.GithubFor(use.Step.Id, null, null)));
        new ConfigureAwsCredentials(host, job.Run.Http, job.Run.Sandbox.BaseAddress, job.Run.Time).CleanUp();
        return Task.CompletedTask;
    }

    private sealed class Host(JobRun job, ActionUse use, ActionVersion version, StepExecution execution, IReadOnlyDictionary<string, string> environment) : ActionHost
    {
        public override ActionVersion Version => version;

        public override IReadOnlyDictionary<string, string> Environment => environment;

        public override string Input(string name) => use.Inputs.GetValueOrDefault(name, "").Trim();

        public override void Info(string line) => execution.Write(line);

        public override void Debug(string line)
        {
            if (job.State.Debug)
            {
                job.State.Line(LineKind.Debug, line);
            }
        }

        public override void Notice(string message) => execution.Annotate(new Annotation(AnnotationLevel.Notice, message));

        public override void Warning(string message) => execution.Annotate(new Annotation(AnnotationLevel.Warning, message));

        public override void Fail(string message) => execution.Fail(message);

        public override void SetSecret(string value) => job.State.Masker.Add(value);

        public override void ExportVariable(string name, string value) => job.State.Env[name] = value;

        public override void SetOutput(string name, string value) => execution.SetOutput(name, value);

        public override void SaveState(string name, string value) => use.State[name] = value;

        public override string State(string name) => use.State.GetValueOrDefault(name, "");
    }
}
