using System.Diagnostics;

namespace Language.Tests.Policy.Prove;

/// <summary>cvc5 as an oracle: https://cvc5.github.io.</summary>
internal static class Cvc5
{
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "cvc5")));

    /// <summary>Whether some check is satisfiable; null when that is open because a check took too long.</summary>
    public static async Task<bool?> Ask(IEnumerable<string> queries, CancellationToken cancellation, int millisecondsPerCheck = 100)
    {
        var unknown = false;
        foreach (var query in queries)
        {
            var start = new ProcessStartInfo("cvc5", ["--lang=smt2", "--incremental", "--strings-exp", "--tlimit=4000", $"--tlimit-per={millisecondsPerCheck}", "-"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            try
            {
                await process.StandardInput.WriteAsync(query.AsMemory(), cancellation);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It gave up early; what it printed says why.
            }

            var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync(cancellation);
            if (lines.FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) is { } error)
            {
                throw new InvalidOperationException($"{error} {await errors}");
            }

            if (lines.Contains("sat"))
            {
                return true;
            }

            unknown |= lines.Any(line => line != "unsat");
        }

        return unknown ? null : false;
    }
}
