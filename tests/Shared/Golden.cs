using Xunit;

namespace Keyless.Tests;

/// <summary>Expected outputs kept as files. <c>./dev accept</c> rewrites them; the diff is reviewed.</summary>
internal static class Golden
{
    private static readonly bool Accepting = Environment.GetEnvironmentVariable("KEYLESS_ACCEPT") == "1";

    /// <summary>Compares text with the file at a path relative to <c>testdata/</c>.</summary>
    public static void Check(string relative, string actual) => CheckFile(TestData.PathOf(relative), actual);

    /// <summary>Compares text with any file of the checkout, such as a generated page under <c>docs/</c>.</summary>
    public static void CheckFile(string path, string actual)
    {
        actual = actual.ReplaceLineEndings("\n");
        if (Accepting)
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing: run ./dev accept and review what it writes");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
