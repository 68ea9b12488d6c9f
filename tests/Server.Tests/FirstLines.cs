using System.Text.Json;
using Keyless.Server.Audit;
using Xunit;

namespace Keyless.Tests;

/// <summary>
/// What every refusal of every test must be like: a first line that is short and says more than AWS does. Servers for tests ask when they
/// stop, so that whatever a test provokes is held to it.
/// </summary>
internal static class FirstLines
{
    private const int Longest = 220;

    public static void Check(string dataFolder)
    {
        using var reader = AuditReader.OpenFolder(dataFolder);
        foreach (var stored in reader?.Query(new AuditFilter { Allowed = false }) ?? [])
        {
            var line = DecisionText.Render(stored).Split('\n')[0];
            Assert.True(line.Length <= Longest, $"{line.Length} characters: {line}");
            using var document = JsonDocument.Parse(stored.Json);
            var (record, told) = (document.RootElement, "");
            if (record.TryGetProperty("errorMessage", out var message))
            {
                told = message.GetString();
            }

            // The unknown operation and the like, whose text is whole as it is.
            var cause = record.GetProperty("decision").GetProperty("summary").GetString();
            Assert.True(cause != told || told!.Length == 0, $"AWS's text repeated: {stored.Json}");
        }
    }
}
