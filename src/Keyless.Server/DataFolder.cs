using System.Text;
using Keyless.Server.Storage;

namespace Keyless.Server;

/// <summary>The small files of a data folder that tell other processes about it. Databases and objects have their own types.</summary>
public sealed class DataFolder(string path)
{
    /// <summary>Where a repository's sandbox and the server beside it keep everything.</summary>
    public const string DefaultName = ".keyless";

    private string EndpointFile => System.IO.Path.Combine(path, "endpoint");

    private string PinnedFile => System.IO.Path.Combine(path, "pinned-issuers");

    private string AccountsFile => System.IO.Path.Combine(path, "accounts");

    private string PublicUrlFile => System.IO.Path.Combine(path, "public-url");

    public string Path => path;

    /// <summary>Where clients reach the server of this folder through a proxy; null when there is none.</summary>
    public Uri? PublicUrl => Lines(PublicUrlFile) is [var url, ..] && Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri : null;

    /// <summary>Where the server of this folder listens; null when none runs, also when one was killed and left its file.</summary>
    public Uri? Endpoint =>
        File.Exists(EndpointFile) && IsLocked() && Uri.TryCreate(File.ReadAllText(EndpointFile).Trim(), UriKind.Absolute, out var uri) ? uri : null;

    /// <summary>Issuers whose tokens this folder's own keys sign: what a sandbox pinned stays pinned for the server on its state.</summary>
    public IReadOnlyList<string> PinnedIssuers => Lines(PinnedFile);

    /// <summary>The accounts that exist here, the default one first; empty for a new folder.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public IReadOnlyList<string> Accounts => [.. Lines(AccountsFile).Select(AccountOf)];

    /// <summary>Makes the folder where there is none.</summary>
    /// <exception cref="IOException">There can be none; the message says why.</exception>
    internal void Create()
    {
        try
        {
            PrivateFile.CreateFolder(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"`{path}` cannot be the data folder: {(File.Exists(path) ? "it is a file" : fault.Message)}; give another `--data`", fault);
        }
    }

    /// <summary>Keeps other processes off the folder until disposed: state is in memory, two servers would not see each other's.</summary>
    internal IDisposable Lock()
    {
        try
        {
            return OpenLock();
        }
        catch (IOException inUse)
        {
            throw new IOException(
                Endpoint is { } endpoint
                    ? $"`{path}` is in use by the server at {endpoint}: stop it, or give another `--data`"
                    : $"`{path}` is in use by another `keyless`: wait for it to end, or give another `--data`",
                inUse);
        }
    }

    /// <summary>Keeps other applies off the stacks until disposed; null when one is under way.</summary>
    internal IDisposable? LockStacks()
    {
        try
        {
            return Open("stacks.lock");
        }
        catch (IOException)
        {
            return null;
        }
    }

    private FileStream OpenLock() => Open("lock");

    private FileStream Open(string name) => new(System.IO.Path.Combine(path, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);

    private bool IsLocked()
    {
        try
        {
            OpenLock().Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    internal void Announce(Uri endpoint) => Replace(EndpointFile, endpoint.ToString());

    internal void Withdraw() => File.Delete(EndpointFile);

    /// <summary>Remembers accounts and pins, adding to those it has.</summary>
    internal void Remember(IEnumerable<string> accounts, IEnumerable<string> pinnedIssuers)
    {
        Add(AccountsFile, Accounts, accounts);
        Add(PinnedFile, PinnedIssuers, pinnedIssuers);
    }

    /// <summary>Remembers where clients reach the server: tokens minted without it carry its issuer too. Null leaves what is known.</summary>
    internal void RememberPublicUrl(Uri? url)
    {
        if (url is not null && url != PublicUrl)
        {
            Replace(PublicUrlFile, url.GetLeftPart(UriPartial.Authority));
        }
    }

    private string AccountOf(string line) => line.Length == 12 && line.All(char.IsAsciiDigit)
        ? line
        : throw new InvalidDataException($"`{AccountsFile}` must hold account ids of twelve digits, one a line, and has `{line}`");

    private static void Add(string file, IReadOnlyList<string> present, IEnumerable<string> more)
    {
        var all = more.Union(present, StringComparer.Ordinal).ToArray();
        if (!all.SequenceEqual(present, StringComparer.Ordinal))
        {
            Replace(file, string.Join('\n', all));
        }
    }

    private static IReadOnlyList<string> Lines(string file) =>
        File.Exists(file) ? [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)] : [];

    private static void Replace(string file, string text)
    {
        File.Delete(file);
        PrivateFile.Create(file, Encoding.UTF8.GetBytes(text + "\n"));
    }
}
