using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;

namespace Keyless.Cli.Commands.Workflow;

/// <summary>The workflow files that a command means, and the repository they stand in.</summary>
internal static class WorkflowFiles
{
    private static readonly string[] Extensions = [".yml", ".yaml"];

    /// <summary>The files of paths: a file is itself, a folder its <c>.github/workflows</c>, else its own YAML files. Null with the problem said.</summary>
    public static IReadOnlyList<string>? Find(IReadOnlyList<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (path == "-" || !Directory.Exists(path))
            {
                files.Add(path);
                continue;
            }

            var workflows = Path.Combine(path, ".github", "workflows");
            var folder = Directory.Exists(workflows) ? workflows : path;
            var found = Directory.EnumerateFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
            if (found.Count == 0)
            {
                Terminal.Error.Problem($"there is no workflow in `{Path.Combine(path, ".github", "workflows")}`");
                return null;
            }

            files.AddRange(found);
        }

        return files;
    }

    /// <summary>Reads a called workflow of the same repository; workflows of other repositories are not at hand.</summary>
    public static Func<WorkflowReference, SourceText?> Resolver(string file) => reference =>
        reference is WorkflowReference.Local local && InputFile.TryRead(Path.Combine(RepositoryOf(file), local.Path), out var source, out _) ? source : null;

    /// <summary>Whether a file stands where GitHub looks for workflows, so that what it names is at hand.</summary>
    public static bool IsInRepository(string file) => file != "-" && Path.GetFullPath(file).Replace('\\', '/').Contains("/.github/workflows/", StringComparison.Ordinal);

    /// <summary>Reads the metadata of an action of the same repository.</summary>
    public static Func<string, SourceText?> ActionMetadata(string file) => path =>
        new[] { "action.yml", "action.yaml", "Dockerfile" }.Select(name => Path.Combine(RepositoryOf(file), path, name))
            .Where(File.Exists).Select(found => InputFile.TryRead(found, out var source, out _) ? source : null).FirstOrDefault();

    /// <summary>The folder above <c>.github</c>; the current one for files elsewhere.</summary>
    public static string RepositoryOf(string file)
    {
        for (var folder = file == "-" ? null : Path.GetDirectoryName(Path.GetFullPath(file)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.GetFileName(folder) == ".github")
            {
                return Path.GetDirectoryName(folder) ?? folder;
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
