using System.Collections.Immutable;

namespace Keyless.Runner.Git;

/// <summary>The commit that a run works on, in a store of the run's own that borrows the user's objects.</summary>
/// <param name="Store">A bare repository in the run's folder; the user's repository is only ever read.</param>
/// <param name="Ref">The full ref of the branch that is checked out; null when none is.</param>
public sealed record Snapshot(string Store, string Sha, string? Ref)
{
    /// <summary>The paths whose uncommitted state is part of <see cref="Sha"/>.</summary>
    public ImmutableArray<string> Uncommitted { get; init; } = [];

    /// <summary>The Git folder of the user's repository, for its other refs; null for a folder of files without a repository of its own.</summary>
    public string? Source { get; init; }

    /// <summary><c>owner/name</c> of the remote <c>origin</c>.</summary>
    public string? Repository { get; init; }

    public string DefaultBranch { get; init; } = "main";

    public CommitFacts Commit { get; init; } = new("", "keyless", "keyless@localhost", "1970-01-01T00:00:00Z");
}

/// <summary>What event payloads tell of a commit.</summary>
public sealed record CommitFacts(string Message, string AuthorName, string AuthorEmail, string Timestamp);

/// <summary>The outcome of taking a snapshot: one of both.</summary>
public sealed record SnapshotResult(Snapshot? Snapshot, string? Problem);

/// <summary>
/// Takes a folder's state as one commit: HEAD, with uncommitted changes as a commit on top of it, or for a folder that is no repository
/// of its own all its files as one commit. Objects made on the way go to the run's store, never to the user's repository.
/// </summary>
public sealed class SnapshotTaker(GitProgram git, string folder, string store)
{
    private const string CommitterDate = "1577836800 +0000";

    public async Task<SnapshotResult> TakeAsync(bool committedOnly, CancellationToken cancellation)
    {
        var where = await git.RunAsync(folder, ["rev-parse", "--show-toplevel", "--git-common-dir", "--git-path", "index"], cancellation: cancellation);
        return where.Succeeded && where.Text.Split('\n') is [var top, var common, var index] && IsSameFolder(top, folder)
            ? await TakeRepositoryAsync(Absolute(common), Absolute(index), committedOnly, cancellation)
            : where.Errors.Contains("dubious ownership", StringComparison.Ordinal) && Directory.Exists(Path.Combine(folder, ".git"))
                ? new SnapshotResult(null, $"git refuses the repository because it belongs to somebody else; allow it with: git config --global --add safe.directory {folder}")
                : await TakeFilesAsync(cancellation);
    }

    private async Task<SnapshotResult> TakeRepositoryAsync(string common, string index, bool committedOnly, CancellationToken cancellation)
    {
        var status = git.RunAsync(folder, ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all"], cancellation: cancellation);
        var remote = git.RunAsync(folder, ["config", "--get", "remote.origin.url"], cancellation: cancellation);
        var commit = git.RunAsync(folder, ["log", "-1", "--format=%an%x00%ae%x00%cI%x00%B"], cancellation: cancellation);
        if (await status is not { Succeeded: true } state)
        {
            return new SnapshotResult(null, $"git cannot read the repository: {(await status).Errors.Trim()}");
        }

        var (head, branch, changed) = ReadStatus(state.Output);
        WriteStore(common, head?.Length == 64);
        var snapshot = new Snapshot(store, head ?? "", branch is null ? null : $"refs/heads/{branch}")
        {
            Source = common,
            Repository = RepositoryOf((await remote).Text),
            DefaultBranch = DefaultBranchOf(common) ?? "main",
            Commit = (await commit).Text.Split('\0') is [var name, var email, var date, var message] ? new CommitFacts(message, name, email, date) : new Snapshot("", "", null).Commit,
        };
        if (head is null && (committedOnly || changed.IsEmpty))
        {
            return new SnapshotResult(null, "the repository has no commit yet: make one, or add the files that the run should see");
        }

        if (changed.IsEmpty || committedOnly)
        {
            return new SnapshotResult(snapshot, null);
        }

        if (File.Exists(index))
        {
            // A copy of the index knows which files did not change, so only the others are read.
            File.Copy(index, Path.Combine(store, "index"));
        }

        var (sha, problem) = await CommitFilesAsync(head, "uncommitted changes", cancellation);
        return sha is null ? new SnapshotResult(null, problem) : new SnapshotResult(snapshot with { Sha = sha, Uncommitted = changed }, null);
    }

    private async Task<SnapshotResult> TakeFilesAsync(CancellationToken cancellation)
    {
        WriteStore(common: null, longHashes: false);
        var (sha, problem) = await CommitFilesAsync(parent: null, "files of the folder", cancellation);
        return sha is null
            ? new SnapshotResult(null, problem)
            : new SnapshotResult(new Snapshot(store, sha, null) { Commit = new CommitFacts("files of the folder", "keyless", "keyless@localhost", "2020-01-01T00:00:00Z") }, null);
    }

    private async Task<(string? Sha, string? Problem)> CommitFilesAsync(string? parent, string message, CancellationToken cancellation)
    {
        var variables = new Dictionary<string, string>
        {
            ["GIT_DIR"] = store,
            ["GIT_WORK_TREE"] = folder,
            ["GIT_INDEX_FILE"] = Path.Combine(store, "index"),
            ["GIT_AUTHOR_NAME"] = "keyless",
            ["GIT_AUTHOR_EMAIL"] = "keyless@localhost",
            ["GIT_AUTHOR_DATE"] = CommitterDate,
            ["GIT_COMMITTER_NAME"] = "keyless",
            ["GIT_COMMITTER_EMAIL"] = "keyless@localhost",
            ["GIT_COMMITTER_DATE"] = CommitterDate,
        };
        var add = await git.RunAsync(folder, ["-c", "core.safecrlf=false", "-c", "advice.addEmbeddedRepo=false", "add", "--all", "."], variables, cancellation: cancellation);
        if (!add.Succeeded)
        {
            return (null, $"git cannot take the folder's files: {add.Errors.Trim()}");
        }

        var tree = await git.RunAsync(folder, ["write-tree"], variables, cancellation: cancellation);
        var commit = await git.RunAsync(folder, ["commit-tree", tree.Text, .. parent is null ? (string[])[] : ["-p", parent], "-m", message], variables, cancellation: cancellation);
        return tree.Succeeded && commit.Succeeded ? (commit.Text, null) : (null, $"git cannot make a commit of the folder's files: {(tree.Errors + commit.Errors).Trim()}");
    }

    /// <summary>A bare repository that borrows the objects of the user's; written by hand because <c>git init</c> copies templates and hooks.</summary>
    private void WriteStore(string? common, bool longHashes)
    {
        Directory.CreateDirectory(Path.Combine(store, "objects", "info"));
        Directory.CreateDirectory(Path.Combine(store, "refs"));
        Directory.CreateDirectory(Path.Combine(store, "info"));
        File.WriteAllText(Path.Combine(store, "HEAD"), "ref: refs/heads/main\n");
        File.WriteAllText(
            Path.Combine(store, "config"),
            $"[core]\n\trepositoryformatversion = {(longHashes ? 1 : 0)}\n\tbare = true\n{(longHashes ? "[extensions]\n\tobjectformat = sha256\n" : "")}");
        var excluded = "/.keyless/\n";
        if (common is not null)
        {
            File.WriteAllText(Path.Combine(store, "objects", "info", "alternates"), Path.Combine(common, "objects") + "\n");
            CopyIfPresent("shallow");
            if (File.Exists(Path.Combine(common, "info", "exclude")))
            {
                excluded += File.ReadAllText(Path.Combine(common, "info", "exclude"));
            }
        }

        File.WriteAllText(Path.Combine(store, "info", "exclude"), excluded);

        void CopyIfPresent(string name)
        {
            if (File.Exists(Path.Combine(common, name)))
            {
                File.Copy(Path.Combine(common, name), Path.Combine(store, name));
            }
        }
    }

    /// <summary>git-status(1), "Porcelain Format Version 2".</summary>
    private static (string? Head, string? Branch, ImmutableArray<string> Changed) ReadStatus(string output)
    {
        string? head = null, branch = null;
        var changed = ImmutableArray.CreateBuilder<string>();
        var entries = output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            switch (entry[0])
            {
                case '#' when entry.StartsWith("# branch.oid ", StringComparison.Ordinal):
                    head = entry["# branch.oid ".Length..] is var oid && oid != "(initial)" ? oid : null;
                    break;
                case '#' when entry.StartsWith("# branch.head ", StringComparison.Ordinal):
                    branch = entry["# branch.head ".Length..] is var name && name != "(detached)" ? name : null;
                    break;
                case '1':
                    changed.Add(entry.Split(' ', 9)[^1]);
                    break;
                case '2':
                    changed.Add(entry.Split(' ', 10)[^1]);
                    i++; // the old path of a rename follows as an entry of its own
                    break;
                case 'u':
                    changed.Add(entry.Split(' ', 11)[^1]);
                    break;
                case '?':
                    changed.Add(entry[2..]);
                    break;
            }
        }

        return (head, branch, changed.ToImmutable());
    }

    /// <summary><c>owner/name</c> of a GitHub address in any of its spellings.</summary>
    internal static string? RepositoryOf(string url)
    {
        var text = url.Trim().TrimEnd('/');
        text = text.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? text[..^4] : text;

        // A path on this machine tells nothing about an owner.
        if (!text.Contains("://", StringComparison.Ordinal) && !text.Contains(':'))
        {
            return null;
        }

        return text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || text.Split('/', ':') is not [.., { Length: > 0 } owner, { Length: > 0 } name]
            ? null
            : $"{owner}/{name}";
    }

    private static string? DefaultBranchOf(string common)
    {
        const string Prefix = "ref: refs/remotes/origin/";
        var path = Path.Combine(common, "refs", "remotes", "origin", "HEAD");
        return File.Exists(path) && File.ReadAllText(path).Trim() is var text && text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : null;
    }

    private string Absolute(string path) => Path.GetFullPath(path, folder);

    private static bool IsSameFolder(string a, string b) => Real(a) == Real(b);

    private static string Real(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return full;
        }

        var target = new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true);
        return target is null ? Path.Combine(Real(parent), Path.GetFileName(full)) : Real(target.FullName);
    }
}
