using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Runner.BuiltIn;
using Keyless.Runner.Git;

namespace Keyless.Runner.Actions;

/// <summary>Finds the files of actions: built in, from a folder of unpacked <c>owner/repo@ref</c> trees, or fetched with Git into such a folder.</summary>
internal sealed class ActionStore(RunOptions options, GitProgram git)
{
    public const string Checkout = "actions/checkout";
    public const string ConfigureAwsCredentials = "aws-actions/configure-aws-credentials";
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(60);
    private static readonly string[] MetadataNames = ["action.yml", "action.yaml", "Dockerfile", "dockerfile"];

    /// <summary>The built-in actions and their newest major version.</summary>
    private static readonly Dictionary<string, int> BuiltIns = new(StringComparer.OrdinalIgnoreCase)
    {
        [Checkout] = 7,
        [ConfigureAwsCredentials] = 6,
    };

    /// <summary>What people mean when they misspell.</summary>
    private static readonly string[] Popular =
    [
        Checkout, ConfigureAwsCredentials, "actions/setup-node", "actions/setup-python", "actions/setup-java", "actions/setup-go", "actions/setup-dotnet",
        "actions/cache", "actions/upload-artifact", "actions/download-artifact", "actions/github-script", "actions/upload-pages-artifact", "actions/deploy-pages",
        "aws-actions/amazon-ecr-login", "aws-actions/amazon-ecs-deploy-task-definition", "aws-actions/amazon-ecs-render-task-definition", "aws-actions/setup-sam",
        "aws-actions/aws-cloudformation-github-deploy", "docker/login-action", "docker/build-push-action", "docker/setup-buildx-action", "docker/setup-qemu-action",
        "docker/metadata-action", "hashicorp/setup-terraform", "ruby/setup-ruby", "pnpm/action-setup", "astral-sh/setup-uv", "softprops/action-gh-release",
    ];

    private readonly string _fetched = Path.Combine(options.DataFolder, "actions");

    public bool IsBuiltIn(ActionReference.InRepository reference) => IsBuiltIn(reference, options);

    public static bool IsBuiltIn(ActionReference.InRepository reference, RunOptions options) =>
        !options.RealActions && reference.Path.Length == 0 && BuiltIns.ContainsKey(reference.FullName);

    public static bool IsCheckout(ActionFolder folder) => folder.Repository.Equals(Checkout, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a step's reference before anything is fetched; null when nothing is.</summary>
    public string? ProblemOf(UsesStep step)
    {
        if (step.Action is not ActionReference.InRepository reference || !BuiltIns.TryGetValue(reference.FullName, out var newest) || !IsBuiltIn(reference))
        {
            return null;
        }

        var version = ActionVersion.Of(reference.Ref);
        return version.Major is < 1 || (version.Major > newest && version.Major != int.MaxValue)
            ? $"{Place(step)}: `{reference.FullName}` has no version `{reference.Ref}`; write `{reference.FullName}@v{newest}`"
            : null;
    }

    public async Task<(LoadedAction? Action, string? Problem)> LoadAsync(UsesStep step, ActionReference.InRepository reference, CancellationToken cancellation)
    {
        var (folder, problem) = FindUnpacked(reference) is { } unpacked
            ? (unpacked, null)
            : await FetchAsync(step, reference, cancellation);
        return folder is null ? (null, problem) : Load(step, Path.Combine(folder, reference.Path), reference.Path, reference.FullName, reference.Ref);
    }

    /// <summary>An action of the workspace, there only once something has put it there.</summary>
    public static (LoadedAction? Action, string? Problem) LoadLocal(UsesStep step, string folder, string shown) =>
        Load(step, folder, shown, "", "");

    /// <summary>The metadata file of a folder; null when there is none.</summary>
    public static string? FindMetadata(string folder) => MetadataNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    public static string NeedsDocker(UsesStep step, string what) =>
        $"{Place(step)}: {what} needs Docker, and this runner runs jobs on the machine itself: leave the step out of local runs, for example with `if: ${{{{ !vars.LOCAL }}}}` and `--var LOCAL=true`";

    private static (LoadedAction? Action, string? Problem) Load(UsesStep step, string folder, string shown, string repository, string reference)
    {
        if (FindMetadata(folder) is not { } file)
        {
            return (null, repository.Length > 0
                ? $"{Place(step)}: `{step.Uses.Text}` has no `action.yml` or `action.yaml`{(shown.Length > 0 ? $" in `{shown}`" : "")}"
                : $"{Place(step)}: there is no `action.yml`, `action.yaml` or `Dockerfile` in `{(shown.Length == 0 ? "." : shown)}` of the workspace: did an `actions/checkout` step run before this one?");
        }

        if (Path.GetFileName(file).StartsWith('D') || Path.GetFileName(file).StartsWith('d'))
        {
            return (new LoadedAction(new ActionFolder(folder, repository, reference), ActionFile.OfDockerfile(new SourceText(Path.GetFileName(file), ""))), null);
        }

        var name = repository.Length > 0 ? $"{repository}@{reference}/{Path.Combine(shown, Path.GetFileName(file))}" : Path.Combine(shown, Path.GetFileName(file));
        var (action, problems) = ActionParser.Parse(new SourceText(name, File.ReadAllText(file)));
        return action is null || problems.Any(problem => problem.Severity == Severity.Error)
            ? (null, string.Join('\n', problems.Where(problem => problem.Severity == Severity.Error).Select(problem => $"{problem.Source.Name}:{problem.Start}: {problem.Message}")))
            : (new LoadedAction(new ActionFolder(folder, repository, reference), action), null);
    }

    private string? FindUnpacked(ActionReference.InRepository reference)
    {
        foreach (var root in (string?[])[options.ActionCache, _fetched])
        {
            foreach (var layout in root is null ? [] : (string[])
                     [
                         $"{reference.Owner}/{reference.Repository}@{reference.Ref}",
                         $"{reference.Owner}/{reference.Repository}/{reference.Ref}",
                         $"{reference.Owner}-{reference.Repository}@{reference.Ref}",
                     ])
            {
                var folder = Path.Combine(root!, layout);
                if (Directory.Exists(folder))
                {
                    return folder;
                }
            }
        }

        return null;
    }

    private async Task<(string? Folder, string? Problem)> FetchAsync(UsesStep step, ActionReference.InRepository reference, CancellationToken cancellation)
    {
        // A near miss of a well-known name is a typo: asking the network would only make it wait.
        var near = Popular.Contains(reference.FullName, StringComparer.OrdinalIgnoreCase) ? null : Suggest.Nearest(reference.FullName, Popular);
        if (near is not null)
        {
            return (null, $"{Place(step)}: there is no action `{reference.FullName}` here; did you mean `{near}@{reference.Ref}`?");
        }

        var target = Path.Combine(_fetched, reference.Owner, $"{reference.Repository}@{reference.Ref.Replace('/', '_')}");
        var aside = Path.Combine(_fetched, $".fetching-{Guid.NewGuid():N}");
        Directory.CreateDirectory(aside);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(FetchLimit);
            await git.RunAsync(aside, ["-c", "init.defaultBranch=main", "init", "--quiet", "."], cancellation: limit.Token);
            var fetch = await git.RunAsync(aside, ["fetch", "--quiet", "--depth=1", $"https://github.com/{reference.FullName}", reference.Ref], cancellation: limit.Token);
            var checkout = fetch.Succeeded ? await git.RunAsync(aside, ["checkout", "--quiet", "--detach", "FETCH_HEAD"], cancellation: limit.Token) : fetch;
            if (!checkout.Succeeded)
            {
                return (null, $"{Place(step)}: cannot fetch the action `{step.Uses.Text}`: {checkout.Errors.Trim().Split('\n')[^1]}; check the name and the version, or unpack it to DIR/{reference.FullName}@{reference.Ref} and add --action-cache DIR");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Folders.TryDelete(Path.Combine(aside, ".git"));
            if (!Directory.Exists(target))
            {
                Directory.Move(aside, target);
            }

            return (target, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"{Place(step)}: fetching the action `{step.Uses.Text}` took longer than {FetchLimit.TotalSeconds} s; unpack it to DIR/{reference.FullName}@{reference.Ref} and add --action-cache DIR");
        }
        finally
        {
            Folders.TryDelete(aside);
        }
    }

    private static string Place(UsesStep step) => $"{step.Source.Name}:{step.Source.PositionOf(step.Uses.Span.Start)}";
}
