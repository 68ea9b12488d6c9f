using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keyless.Server.Storage;

/// <summary>
/// The bytes of objects as files: written aside, synced, renamed, their folder synced. A file has a random name and no meaning until a
/// row of the <see cref="BucketStore"/> names it, so a crash leaves at worst a file that nothing names; <see cref="Sweep"/> removes those.
/// </summary>
public sealed partial class ObjectFiles
{
    private readonly string _folder;
    private readonly string _aside;
    private readonly Lock _gate = new();
    private readonly SortedSet<long> _readers = [];
    private readonly Queue<(long Ticket, string File)> _unwanted = [];
    private long _ticket;

    public ObjectFiles(string folder)
    {
        _folder = folder;
        _aside = Path.Combine(folder, "aside");
        PrivateFile.CreateFolder(folder);
        PrivateFile.CreateFolder(_aside);
    }

    /// <summary>Up to this size bytes live in the row: a file of its own costs several times as much to make durable.</summary>
    public const int MaxInline = 16 << 10;

    /// <summary>Starts to store bytes.</summary>
    public ObjectWriter Begin() => new(this);

    /// <summary>Where a stored file is.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file[..2], file);

    /// <summary>
    /// Holds back the removal of files until disposed, so that a read that has begun ends well. Of this process only: one that reads what
    /// another removes sees its connection end.
    /// </summary>
    public IDisposable BeginRead()
    {
        lock (_gate)
        {
            var ticket = ++_ticket;
            _readers.Add(ticket);
            return new Reader(this, ticket);
        }
    }

    /// <summary>Removes files that no row names any more, as soon as no earlier read needs them.</summary>
    public void Remove(IReadOnlyList<string> files)
    {
        if (files.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var file in files)
            {
                _unwanted.Enqueue((_ticket, file));
            }
        }

        RemoveUnwanted();
    }

    /// <summary>Removes what crashes left: files aside, and files that <paramref name="isNamed"/> does not know, if older than that.</summary>
    public int Sweep(Func<string, bool> isNamed, DateTimeOffset olderThan)
    {
        var removed = 0;
        foreach (var path in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            var isAside = Path.GetDirectoryName(path) == _aside;
            if (File.GetLastWriteTimeUtc(path) < olderThan.UtcDateTime && (isAside || !isNamed(Path.GetFileName(path))))
            {
                File.Delete(path);
                removed++;
            }
        }

        return removed;
    }

    internal (SafeFileHandle Handle, string Name) Create()
    {
        var name = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        return (File.OpenHandle(Path.Combine(_aside, name), FileMode.CreateNew, FileAccess.Write), name);
    }

    /// <summary>Makes a file that was written aside durable under its final name.</summary>
    internal void Publish(SafeFileHandle handle, string name)
    {
        RandomAccess.FlushToDisk(handle);
        handle.Dispose();
        var folder = Path.Combine(_folder, name[..2]);
        if (!Directory.Exists(folder))
        {
            PrivateFile.CreateFolder(folder);
            SyncFolder(_folder);
        }

        File.Move(Path.Combine(_aside, name), Path.Combine(folder, name));
        SyncFolder(folder);
    }

    internal void Discard(string name) => File.Delete(Path.Combine(_aside, name));

    private void RemoveUnwanted()
    {
        while (true)
        {
            string file;
            lock (_gate)
            {
                if (!_unwanted.TryPeek(out var oldest) || (_readers.Count > 0 && _readers.Min <= oldest.Ticket))
                {
                    return;
                }

                file = _unwanted.Dequeue().File;
            }

            File.Delete(PathOf(file));
        }
    }

    private void EndRead(long ticket)
    {
        lock (_gate)
        {
            _readers.Remove(ticket);
            if (_unwanted.Count == 0)
            {
                return;
            }
        }

        RemoveUnwanted();
    }

    /// <summary>A rename is durable when its folder is; fsync(2).</summary>
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open `{folder}` to sync it: errno {Marshal.GetLastPInvokeError()}");
        }

        var synced = Fsync(descriptor);
        var errno = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (synced != 0)
        {
            throw new IOException($"cannot sync `{folder}`: errno {errno}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);

    private sealed class Reader(ObjectFiles files, long ticket) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                files.EndRead(ticket);
            }
        }
    }
}

/// <summary>Durable bytes that no row names yet.</summary>
/// <param name="File">Null when <paramref name="Inline"/> has them.</param>
public sealed record StoredBytes(long Size, string? File, byte[]? Inline);

/// <summary>Receives the bytes of one object or part. What is not kept is gone after <see cref="Dispose"/>.</summary>
public sealed class ObjectWriter : IDisposable
{
    private readonly ObjectFiles _files;
    private byte[]? _small = ArrayPool<byte>.Shared.Rent(ObjectFiles.MaxInline);
    private SafeFileHandle? _handle;
    private string? _name;
    private bool _published;
    private bool _kept;

    internal ObjectWriter(ObjectFiles files) => _files = files;

    public long Size { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_handle is null && Size + bytes.Length <= ObjectFiles.MaxInline)
        {
            bytes.CopyTo(_small.AsSpan((int)Size));
        }
        else
        {
            if (_handle is null)
            {
                (_handle, _name) = _files.Create();
                RandomAccess.Write(_handle, _small.AsSpan(0, (int)Size), 0);
            }

            RandomAccess.Write(_handle, bytes, Size);
        }

        Size += bytes.Length;
    }

    /// <summary>Makes the bytes durable. They stay only if <see cref="Keep"/> follows.</summary>
    public StoredBytes Finish()
    {
        if (_handle is null)
        {
            return new StoredBytes(Size, null, _small.AsSpan(0, (int)Size).ToArray());
        }

        _files.Publish(_handle, _name!);
        _published = true;
        return new StoredBytes(Size, _name, null);
    }

    /// <summary>A row names the bytes now.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        if (_small is not null)
        {
            ArrayPool<byte>.Shared.Return(_small);
            _small = null;
        }

        if (_name is not null && !_kept)
        {
            _handle!.Dispose();
            if (_published)
            {
                _files.Remove([_name]);
            }
            else
            {
                _files.Discard(_name);
            }
        }
    }
}
