using System.Collections.Concurrent;

namespace Keyless.Tests;

/// <summary>Folders for a test that nobody deletes: they go when the tests have ended.</summary>
internal static class TestFolder
{
    private static readonly ConcurrentBag<string> Made = [];

    static TestFolder() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var folder in Made)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // A process that a test left behind may still write to it.
            }
        }
    };

    public static string New(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        Made.Add(folder);
        return folder;
    }
}
