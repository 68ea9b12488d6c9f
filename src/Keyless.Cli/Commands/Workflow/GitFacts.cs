namespace Keyless.Cli.Commands.Workflow;

/// <summary>What a repository's own files tell: its name on GitHub, branch and commit. Reading two small files beats starting <c>git</c>.</summary>
internal sealed record GitFacts(string? Repository, string? Ref, string? Sha)
{
    public static GitFacts Of(string folder)
    {
        var git = Path.Combine(folder, ".git");
        var head = Read(Path.Combine(git, "HEAD"))?.Trim();
        var reference = head?.StartsWith("ref: ", StringComparison.Ordinal) == true ? head[5..] : null;
        var sha = reference is null ? head : Read(Path.Combine(git, reference))?.Trim();
        return new GitFacts(RepositoryOf(Read(Path.Combine(git, "config"))), reference, sha?.Length == 40 ? sha : null);
    }

    /// <summary><c>owner/name</c> out of the URL of <c>origin</c>, over HTTPS or SSH.</summary>
    internal static string? RepositoryOf(string? config)
    {
        var inOrigin = false;
        foreach (var line in (config ?? "").Split('\n').Select(l => l.Trim()))
        {
            if (line.StartsWith('['))
            {
                inOrigin = line == "[remote \"origin\"]";
            }
            else if (inOrigin && line.StartsWith("url", StringComparison.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                var url = line[(equals + 1)..].Trim();
                url = url.EndsWith(".git", StringComparison.Ordinal) ? url[..^4] : url;
                var parts = url.Replace(':', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
                return url.Contains("github.", StringComparison.OrdinalIgnoreCase) && parts.Length >= 3 ? $"{parts[^2]}/{parts[^1]}" : null;
            }
        }

        return null;
    }

    private static string? Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
