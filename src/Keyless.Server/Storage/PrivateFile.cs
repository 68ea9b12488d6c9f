namespace Keyless.Server.Storage;

/// <summary>Files that only their owner may read: mode 0600 from the moment they exist.</summary>
public static class PrivateFile
{
    /// <summary>Writes a new file whole: aside, synced, then renamed. Fails when it exists.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: false);

    /// <summary>Writes a file whole in place of the one that is there: a reader sees the old one or the new one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: true);

    /// <summary>Makes an empty file where there is none, for a library that will fill it.</summary>
    public static void Touch(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        OnlyForOwner(options);
        new FileStream(path, options).Dispose();
    }

    /// <summary>
    /// Holds a file against other processes, so that it can be read and then replaced: what one of them wrote in between is not lost.
    /// Waits for whoever holds it.
    /// </summary>
    public static FileStream Hold(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        OnlyForOwner(options);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path + ".lock", options);
            }
            catch (IOException) when (attempt < 2000)
            {
                Thread.Sleep(5);
            }
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        OnlyForOwner(options);
        using (var file = new FileStream(aside, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(aside, path, overwrite);
    }

    private static void OnlyForOwner(FileStreamOptions options)
    {
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
    }

    /// <summary>Makes a folder that only its owner may enter.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
