using System.Globalization;
using Keyless.Runner.Git;

namespace Keyless.Runner.BuiltIn;

/// <summary>What a checkout needs to know of the run.</summary>
/// <param name="Repository"><c>owner/name</c> of the run.</param>
/// <param name="Ref">The run's full ref.</param>
/// <param name="JobToken">The job's own token, which opens no other server.</param>
public sealed record CheckoutSource(GitProgram Git, Snapshot Snapshot, string Repository, string Ref, string Workspace, string JobToken);

/// <summary>
/// <c>actions/checkout</c>, built in: the run's commit into the workspace from this machine, as a repository of its own that borrows
/// the objects. Other repositories are fetched with Git, as the published action does.
/// </summary>
public sealed class Checkout(ActionHost host, CheckoutSource source)
{
    private GitProgram Git => source.Git;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var repository = host.Input("repository") is { Length: > 0 } named ? named : source.Repository;
        if (repository.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            host.Fail($"Invalid repository '{repository}'. Expected format {{owner}}/{{repo}}.");
            return;
        }

        var folder = Path.GetFullPath(Path.Combine(source.Workspace, host.Input("path")));
        if (folder != source.Workspace && !folder.StartsWith(source.Workspace + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            host.Fail($"Repository path '{folder}' is not under '{source.Workspace}'");
            return;
        }

        host.Info($"Syncing repository: {repository}");
        var problem = repository.Equals(source.Repository, StringComparison.OrdinalIgnoreCase)
            ? await CheckOutOwnAsync(folder, cancellation)
            : await CheckOutOtherAsync(repository, folder, cancellation);
        problem ??= await CompleteAsync(folder, cancellation);
        if (problem is not null)
        {
            host.Fail(problem);
        }
    }

    private async Task<string?> CheckOutOwnAsync(string folder, CancellationToken cancellation)
    {
        var wanted = host.Input("ref");
        var (reference, sha) = await ResolveAsync(wanted, cancellation);
        if (sha is null)
        {
            return $"A branch or tag with the name '{wanted}' could not be found";
        }

        if (await PrepareAsync(folder, source.Repository, cancellation) is { } problem)
        {
            return problem;
        }

        // The store's objects are borrowed, not copied; one commit without its parents is what depth 1 gives.
        var git = Path.Combine(folder, ".git");
        Directory.CreateDirectory(Path.Combine(git, "objects", "info"));
        await File.WriteAllTextAsync(Path.Combine(git, "objects", "info", "alternates"), Path.Combine(source.Snapshot.Store, "objects") + "\n", cancellation);
        var depth = int.TryParse(host.Input("fetch-depth"), CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : 1;
        var shallow = Path.Combine(git, "shallow");
        File.Delete(shallow);
        if (depth > 0)
        {
            await File.WriteAllTextAsync(shallow, await BoundaryAsync(sha, depth, cancellation), cancellation);
        }

        if (depth == 0 || host.Input("fetch-tags") == "true")
        {
            await CopyRefsAsync(folder, heads: depth == 0, cancellation);
        }

        var target = sha;
        if (reference is not null)
        {
            target = TrackingRef(reference);
            await Git.RunAsync(folder, ["update-ref", target, sha], Variables, cancellation: cancellation);
        }

        return await CheckOutCommitAsync(folder, reference, target, sha, cancellation);
    }

    /// <summary>A branch stands on a local branch of its name, everything else is detached.</summary>
    private async Task<string?> CheckOutCommitAsync(string folder, string? reference, string target, string sha, CancellationToken cancellation)
    {
        const string Heads = "refs/heads/";
        if (host.Input("sparse-checkout").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } patterns)
        {
            var cone = host.Input("sparse-checkout-cone-mode") == "false" ? "--no-cone" : "--cone";
            if (await Git.RunAsync(folder, ["sparse-checkout", "set", cone, .. patterns], Variables, cancellation: cancellation) is { Succeeded: false } sparse)
            {
                return sparse.Errors.Trim();
            }
        }

        string[] arguments = reference?.StartsWith(Heads, StringComparison.Ordinal) == true
            ? ["-B", reference[Heads.Length..], target]
            : ["--detach", target];
        var checkout = await Git.RunAsync(folder, ["checkout", "--quiet", "--force", .. arguments], Variables, cancellation: cancellation);
        if (!checkout.Succeeded)
        {
            return $"The process '{Git.Path}' failed with exit code {checkout.Code}: {checkout.Errors.Trim()}";
        }

        host.Info($"Checked out {reference ?? sha} at {sha[..7]}");
        if (host.Version.IsAtLeast(4))
        {
            host.SetOutput("ref", reference ?? sha);
            host.SetOutput("commit", sha);
        }

        return null;
    }

    private async Task<string?> CheckOutOtherAsync(string repository, string folder, CancellationToken cancellation)
    {
        if (await PrepareAsync(folder, repository, cancellation) is { } problem)
        {
            return problem;
        }

        var reference = host.Input("ref") is { Length: > 0 } named ? named : "HEAD";
        string[] depth = host.Input("fetch-depth") is "0" ? [] : [$"--depth={(host.Input("fetch-depth") is { Length: > 0 } given ? given : "1")}"];
        string[] token = host.Input("token") is { Length: > 0 } secret && secret != source.JobToken
            ? ["-c", $"http.extraheader=AUTHORIZATION: basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("x-access-token:" + secret))}"]
            : [];
        var fetch = await Git.RunAsync(folder, [.. token, "fetch", "--quiet", "--no-tags", .. depth, "origin", reference], Variables, cancellation: cancellation);
        if (!fetch.Succeeded)
        {
            return $"cannot fetch `{repository}`: {fetch.Errors.Trim()}";
        }

        var sha = (await Git.RunAsync(folder, ["rev-parse", "FETCH_HEAD"], Variables, cancellation: cancellation)).Text;
        return await CheckOutCommitAsync(folder, null, sha, sha, cancellation);
    }

    /// <summary>Empties a folder that holds something else; one that holds the repository already is reset and cleaned.</summary>
    private async Task<string?> PrepareAsync(string folder, string repository, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var url = $"{host.Variable("GITHUB_SERVER_URL")}/{repository}";
        if (Directory.Exists(Path.Combine(folder, ".git")))
        {
            var origin = await Git.RunAsync(folder, ["config", "--get", "remote.origin.url"], Variables, cancellation: cancellation);
            if (origin.Text == url)
            {
                if (host.Input("clean") != "false")
                {
                    await Git.RunAsync(folder, ["clean", "-ffdx"], Variables, cancellation: cancellation);
                    await Git.RunAsync(folder, ["reset", "--hard", "--quiet", "HEAD"], Variables, cancellation: cancellation);
                }

                return null;
            }
        }

        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        string[] format = source.Snapshot.Sha.Length == 64 ? ["--object-format=sha256"] : [];
        var init = await Git.RunAsync(folder, ["-c", "init.defaultBranch=main", "init", "--quiet", .. format, "."], Variables, cancellation: cancellation);
        if (!init.Succeeded)
        {
            return init.Errors.Trim();
        }

        await File.AppendAllTextAsync(
            Path.Combine(folder, ".git", "config"), $"[remote \"origin\"]\n\turl = {url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[gc]\n\tauto = 0\n", cancellation);
        return null;
    }

    private async Task<string?> CompleteAsync(string folder, CancellationToken cancellation)
    {
        var submodules = host.Input("submodules");
        if (submodules is "true" or "recursive")
        {
            string[] recursive = submodules == "recursive" ? ["--recursive"] : [];
            var update = await Git.RunAsync(folder, ["submodule", "update", "--init", "--force", "--depth=1", .. recursive], Variables, cancellation: cancellation);
            if (!update.Succeeded)
            {
                return $"cannot fetch the submodules: {update.Errors.Trim()}";
            }
        }

        if (host.Input("lfs") == "true" && await Git.RunAsync(folder, ["lfs", "pull"], Variables, cancellation: cancellation) is { Succeeded: false } lfs)
        {
            return $"cannot fetch the files kept in Git LFS: {lfs.Errors.Trim()}";
        }

        return null;
    }

    /// <summary>The full ref, where there is one, and its commit.</summary>
    private async Task<(string? Ref, string? Sha)> ResolveAsync(string wanted, CancellationToken cancellation)
    {
        string[] own = ["", source.Ref, source.Snapshot.Sha, .. source.Ref.Split('/', 3) is ["refs", "heads" or "tags", var name] ? (string[])[name] : []];
        if (own.Contains(wanted))
        {
            return (wanted == source.Snapshot.Sha || source.Ref.Length == 0 ? null : source.Ref, source.Snapshot.Sha);
        }

        if (source.Snapshot.Source is { } repository)
        {
            string[] candidates = wanted.StartsWith("refs/", StringComparison.Ordinal) ? [wanted] : [$"refs/heads/{wanted}", $"refs/tags/{wanted}", $"refs/remotes/origin/{wanted}"];
            foreach (var candidate in candidates)
            {
                var found = await Git.RunAsync(repository, ["rev-parse", "--verify", "--quiet", $"{candidate}^{{commit}}"], cancellation: cancellation);
                if (found.Succeeded)
                {
                    return (candidate.Replace("refs/remotes/origin/", "refs/heads/"), found.Text);
                }
            }

            if (wanted.Length >= 40 && wanted.All(char.IsAsciiHexDigit)
                && (await Git.RunAsync(repository, ["cat-file", "-e", $"{wanted}^{{commit}}"], cancellation: cancellation)).Succeeded)
            {
                return (null, wanted);
            }
        }

        return (null, null);
    }

    /// <summary>The commits whose parents a fetch of that depth leaves out.</summary>
    private async Task<string> BoundaryAsync(string sha, int depth, CancellationToken cancellation)
    {
        if (depth == 1)
        {
            return sha + "\n";
        }

        var log = await Git.RunAsync(source.Snapshot.Store, ["rev-list", "--parents", "--topo-order", sha], cancellation: cancellation);
        var parents = log.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(line => line[0], line => line[1..]);
        var level = new HashSet<string>([sha]);
        for (var i = 1; i < depth && level.Count > 0; i++)
        {
            level = [.. level.SelectMany(commit => parents.GetValueOrDefault(commit, []))];
        }

        return string.Concat(level.Select(commit => commit + "\n"));
    }

    private async Task CopyRefsAsync(string folder, bool heads, CancellationToken cancellation)
    {
        if (source.Snapshot.Source is not { } repository)
        {
            return;
        }

        string[] kinds = heads ? ["refs/remotes/origin", "refs/heads", "refs/tags"] : ["refs/tags"];
        var refs = await Git.RunAsync(repository, ["for-each-ref", "--format=%(objectname) %(refname)", .. kinds], cancellation: cancellation);
        var commands = refs.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .Where(line => !line[1].EndsWith("/HEAD", StringComparison.Ordinal))
            .Select(line => (Name: line[1].StartsWith("refs/tags/", StringComparison.Ordinal) ? line[1] : line[1].Replace("refs/heads/", "refs/remotes/origin/"), Id: line[0]))
            .DistinctBy(line => line.Name)
            .Select(line => $"update {line.Name} {line.Id}\n");
        await Git.RunAsync(folder, ["update-ref", "--stdin"], Variables, string.Concat(commands), cancellation);
    }

    private static string TrackingRef(string reference) =>
        reference.StartsWith("refs/heads/", StringComparison.Ordinal) ? "refs/remotes/origin/" + reference["refs/heads/".Length..]
        : reference.StartsWith("refs/pull/", StringComparison.Ordinal) ? "refs/remotes/pull/" + reference["refs/pull/".Length..]
        : reference;

    /// <summary>Git in the job: its home, not the user's.</summary>
    private Dictionary<string, string> Variables => new() { ["HOME"] = host.Variable("HOME"), ["GIT_CONFIG_NOSYSTEM"] = "1" };
}
