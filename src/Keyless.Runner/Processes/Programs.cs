namespace Keyless.Runner.Processes;

/// <summary>Finds programs on a search path that is not this process's own.</summary>
public static class Programs
{
    /// <summary>The file a shell would run for the name; null when there is none.</summary>
    public static string? Find(string name, string? searchPath)
    {
        if (name.Contains('/') || (OperatingSystem.IsWindows() && name.Contains('\\')))
        {
            return IsExecutable(name) ? name : null;
        }

        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat", ""] : [""];
        foreach (var folder in (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var ending in endings)
            {
                var candidate = Path.Combine(folder, name + ending);
                if (IsExecutable(candidate))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);
}
