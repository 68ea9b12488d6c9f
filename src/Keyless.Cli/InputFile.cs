using System.Diagnostics.CodeAnalysis;
using System.Text;
using Keyless.Language.Diagnostics;

namespace Keyless.Cli;

/// <summary>Reads what a command is given: a file, or standard input as <c>-</c>.</summary>
internal static class InputFile
{
    /// <summary>Larger than any policy, workflow or template.</summary>
    public const int MaxBytes = 16 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text with the name that messages print; or why it cannot be read, in a sentence.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out SourceText? source, [NotNullWhen(false)] out string? problem)
    {
        source = null;
        problem = null;
        if (path.Length == 0)
        {
            problem = "the name of a file is empty; `-` reads standard input";
            return false;
        }

        try
        {
            var bytes = path == "-" ? ReadInput() : File.ReadAllBytes(path);
            if (bytes.Length > MaxBytes)
            {
                problem = $"`{path}` has more than {MaxBytes >> 20} MiB";
                return false;
            }

            var content = bytes.AsSpan();
            content = content.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? content[3..] : content;
            source = new SourceText(path == "-" ? "<stdin>" : Shown(path), Strict.GetString(content));
            return true;
        }
        catch (DecoderFallbackException)
        {
            problem = $"`{path}` is no UTF-8 text";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = Missing(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = Directory.Exists(path) ? $"`{path}` is a folder; name a file in it" : $"`{path}` cannot be read: {e.Message}";
        }

        return false;
    }

    /// <summary>The path as messages print it: relative to the current folder where it lies below it.</summary>
    public static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static string Missing(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        var near = Directory.Exists(folder)
            ? Suggest.Nearest(Path.GetFileName(path), Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)))
            : null;
        return near is null
            ? $"there is no file `{path}`"
            : $"there is no file `{path}`; did you mean `{Path.Combine(Path.GetDirectoryName(path) ?? "", near)}`?";
    }

    private static byte[] ReadInput()
    {
        using var input = Console.OpenStandardInput();
        using var kept = new MemoryStream();
        var buffer = new byte[64 << 10];
        int read;
        while (kept.Length <= MaxBytes && (read = input.Read(buffer)) > 0)
        {
            kept.Write(buffer, 0, read);
        }

        return kept.ToArray();
    }
}
