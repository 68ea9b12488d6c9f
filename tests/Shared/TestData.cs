using System.Runtime.CompilerServices;

namespace Keyless.Tests;

/// <summary>The files under <c>testdata/</c>, shared by all test projects.</summary>
internal static class TestData
{
    /// <summary>The root of the checkout.</summary>
    public static string Repository { get; } = FindRepository();

    public static string PathOf(string relative) => Path.Combine(Repository, "testdata", relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>The files of a folder that match, as paths relative to <c>testdata/</c>, in a stable order.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(PathOf(""), path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static string FindRepository([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Keyless.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"no Keyless.slnx above {here}");
    }
}
