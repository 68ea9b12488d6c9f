using System.Diagnostics;
using Keyless.Tests;

namespace EndToEnd;

/// <summary>What one run of the product printed.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error, TimeSpan Took)
{
    public string All => Output + Error;
}

/// <summary>
/// The product as a user starts it: the published executable when <c>KEYLESS_EXECUTABLE</c> names it, else the build beside these tests.
/// </summary>
internal static class Product
{
    private static readonly string? Executable = Environment.GetEnvironmentVariable("KEYLESS_EXECUTABLE");

    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "keyless.dll");

    public static ProcessStartInfo Start(string folder, params string[] arguments)
    {
        var info = new ProcessStartInfo
        {
            FileName = Executable ?? "dotnet",
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in Executable is null ? ["exec", Assembly, .. arguments] : arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    public static Task<Outcome> Run(string folder, params string[] arguments) => Run(Start(folder, arguments));

    public static async Task<Outcome> Run(ProcessStartInfo info, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new Outcome(process.ExitCode, await output, await error, watch.Elapsed);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{info.FileName} {string.Join(' ', info.ArgumentList)} did not end", e);
        }
    }

    /// <summary>A folder of its own with a copy of an example, outside the checkout's Git work tree.</summary>
    public static string CopyExample(string name)
    {
        var source = Path.Combine(TestData.Repository, "examples", name);
        var target = TestFolder.New("keyless-example-");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Where(f => !f.Contains("/.keyless/", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }
}
