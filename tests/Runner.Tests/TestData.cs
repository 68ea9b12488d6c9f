using System.Text.Json;

namespace Runner.Tests;

/// <summary>The files under <c>testdata/</c>, found from wherever the tests run.</summary>
internal static class TestData
{
    public static readonly string Root = FindRoot();

    public static JsonElement[] ReadLines(string path) =>
        [.. File.ReadLines(Path.Combine(Root, path)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Keyless.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests run outside the repository");
        }

        return Path.Combine(folder, "testdata");
    }
}
