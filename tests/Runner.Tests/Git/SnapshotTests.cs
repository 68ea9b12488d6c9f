using Keyless.Runner.Git;
using Xunit;

namespace Runner.Tests.Git;

/// <summary>The user's repository is read and never written.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly GitProgram _git = GitProgram.Find() ?? throw new InvalidOperationException("the tests need git");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_clean_repository_is_its_head()
    {
        var repository = await RepositoryAsync();
        var (snapshot, problem) = await TakeAsync(repository);
        Assert.Null(problem);
        Assert.Equal((await _git.RunAsync(repository, ["rev-parse", "HEAD"])).Text, snapshot!.Sha);
        Assert.Equal("refs/heads/main", snapshot.Ref);
        Assert.Equal("octo-org/octo-repo", snapshot.Repository);
        Assert.Empty(snapshot.Uncommitted);
    }

    [Fact]
    public async Task Uncommitted_changes_become_a_commit_that_only_the_run_sees()
    {
        var repository = await RepositoryAsync();
        _folder.Write("repository/a.txt", "changed\n");
        _folder.Write("repository/new.txt", "new\n");
        _folder.Write("repository/ignored.log", "no\n");
        var before = await StateAsync(repository);
        var (snapshot, _) = await TakeAsync(repository);
        Assert.Equal(["a.txt", "new.txt"], snapshot!.Uncommitted.Order());
        Assert.Equal(before, await StateAsync(repository));
        Assert.Equal(".gitignore\na.txt\nnew.txt", (await _git.RunAsync(snapshot.Store, ["ls-tree", "--name-only", "-r", snapshot.Sha])).Text);
        Assert.False((await _git.RunAsync(repository, ["cat-file", "-e", snapshot.Sha])).Succeeded);
    }

    [Fact]
    public async Task Uncommitted_changes_can_be_left_out()
    {
        var repository = await RepositoryAsync();
        _folder.Write("repository/a.txt", "changed\n");
        var (snapshot, _) = await new SnapshotTaker(_git, repository, Path.Combine(_folder.Path, "store")).TakeAsync(committedOnly: true, CancellationToken.None);
        Assert.Equal((await _git.RunAsync(repository, ["rev-parse", "HEAD"])).Text, snapshot!.Sha);
    }

    [Fact]
    public async Task A_folder_inside_a_repository_is_taken_as_files()
    {
        var repository = await RepositoryAsync();
        _folder.Write("repository/sub/b.txt", "b\n");
        _folder.Write("repository/sub/.keyless/keyless.db", "state\n");
        var (snapshot, _) = await TakeAsync(Path.Combine(repository, "sub"));
        Assert.Null(snapshot!.Source);
        Assert.Equal("b.txt", (await _git.RunAsync(snapshot.Store, ["ls-tree", "--name-only", "-r", snapshot.Sha])).Text);
    }

    [Theory]
    [InlineData("https://github.com/octo-org/octo-repo.git", "octo-org/octo-repo")]
    [InlineData("https://github.com/octo-org/octo-repo", "octo-org/octo-repo")]
    [InlineData("git@github.com:octo-org/octo-repo.git", "octo-org/octo-repo")]
    [InlineData("ssh://git@github.com/octo-org/octo-repo", "octo-org/octo-repo")]
    [InlineData("/srv/git/octo-repo", null)]
    [InlineData("file:///srv/git/octo-repo", null)]
    [InlineData("", null)]
    public void A_remote_names_owner_and_repository(string url, string? expected) => Assert.Equal(expected, SnapshotTaker.RepositoryOf(url));

    private Task<SnapshotResult> TakeAsync(string folder) => new SnapshotTaker(_git, folder, Path.Combine(_folder.Path, "store")).TakeAsync(committedOnly: false, CancellationToken.None);

    private async Task<string> RepositoryAsync()
    {
        _folder.Write("repository/a.txt", "a\n");
        _folder.Write("repository/.gitignore", "*.log\n");
        var repository = Path.Combine(_folder.Path, "repository");
        foreach (var arguments in (string[][])
                 [
                     ["init", "--quiet", "--initial-branch=main", "."],
                     ["remote", "add", "origin", "git@github.com:octo-org/octo-repo.git"],
                     ["add", "--all"],
                     ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=first"],
                 ])
        {
            Assert.True((await _git.RunAsync(repository, arguments)).Succeeded);
        }

        return repository;
    }

    /// <summary>
    /// Every file of the repository with its bytes, Git's own included, and with its time. Git marks an object that it meets again as
    /// fresh, also one that it only borrows, so times below <c>objects</c> are left out.
    /// </summary>
    private static async Task<string> StateAsync(string repository)
    {
        var lines = new List<string>();
        foreach (var file in Directory.EnumerateFiles(repository, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var time = file.Contains("/.git/objects/", StringComparison.Ordinal) ? default : File.GetLastWriteTimeUtc(file);
            lines.Add($"{file} {time:O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file)))}");
        }

        return string.Join('\n', lines);
    }
}
