using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Runner.Contexts;

/// <summary>
/// <c>hashFiles</c>: SHA-256 over the SHA-256 of each file inside the workspace that the patterns select. GitHub Docs, "Evaluate
/// expressions in workflows and actions", hashFiles; patterns as in <c>@actions/glob</c>.
/// </summary>
public static class FileHasher
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static HashFilesResult Hash(string workspace, ImmutableArray<string> patterns, bool followSymbolicLinks, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var rules = new List<(bool Excludes, Regex Path)>();
        foreach (var line in patterns.SelectMany(pattern => pattern.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!line.StartsWith('#'))
            {
                var excludes = line.StartsWith('!');
                rules.Add((excludes, Compile(line.TrimStart('!'), workspace)));
            }
        }

        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var found = false;
        foreach (var path in Files(workspace, followSymbolicLinks).Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(workspace, path).Replace('\\', '/');
            var selected = false;
            foreach (var (excludes, rule) in rules)
            {
                if (rule.IsMatch(relative))
                {
                    selected = !excludes;
                }
            }

            if (!selected)
            {
                continue;
            }

            if (time.GetElapsedTime(started) > Limit)
            {
                return new HashFilesResult(null, $"hashFiles took longer than {Limit.TotalSeconds} seconds");
            }

            using var file = File.OpenRead(path);
            all.AppendData(SHA256.HashData(file));
            found = true;
        }

        return new HashFilesResult(found ? Convert.ToHexStringLower(all.GetHashAndReset()) : "", null);
    }

    private static IEnumerable<string> Files(string workspace, bool followSymbolicLinks)
    {
        var folders = new Stack<string>([workspace]);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                var isLink = entry.LinkTarget is not null;
                var target = isLink ? entry.ResolveLinkTarget(returnFinalTarget: true) : entry;
                if (isLink && (!followSymbolicLinks || target is not { Exists: true } || !visited.Add(target.FullName)))
                {
                    continue;
                }

                if (target is DirectoryInfo)
                {
                    folders.Push(entry.FullName);
                }
                else if (target is FileInfo)
                {
                    yield return entry.FullName;
                }
            }
        }
    }

    /// <summary>A pattern that names a folder selects what is in it.</summary>
    private static Regex Compile(string pattern, string workspace)
    {
        var text = pattern.Replace('\\', '/').TrimEnd('/');
        if (text.StartsWith(workspace + "/", StringComparison.Ordinal))
        {
            text = text[(workspace.Length + 1)..];
        }

        text = text.StartsWith("./", StringComparison.Ordinal) ? text[2..] : text;
        var regex = new StringBuilder("^");
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' when i + 1 < text.Length && text[i + 1] == '*' && (i == 0 || text[i - 1] == '/'):
                    i++;
                    if (i + 1 < text.Length && text[i + 1] == '/')
                    {
                        i++;
                        regex.Append("(?:[^/]+/)*");
                    }
                    else
                    {
                        regex.Append(".*");
                    }

                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when text.IndexOf(']', i + 1) is > 0 and var close:
                    regex.Append('[').Append(text[i + 1] is '!' or '^' ? "^" : "").Append(Regex.Escape(text[(text[i + 1] is '!' or '^' ? i + 2 : i + 1)..close]).Replace("\\-", "-")).Append(']');
                    i = close;
                    break;
                default:
                    regex.Append(Regex.Escape(text[i].ToString()));
                    break;
            }
        }

        return new Regex(regex.Append("(?:/.*)?$").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }
}
