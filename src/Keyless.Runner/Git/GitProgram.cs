using System.Text;
using Keyless.Runner.Processes;

namespace Keyless.Runner.Git;

/// <summary>What a Git command said.</summary>
public sealed record GitAnswer(int Code, string Output, string Errors)
{
    public bool Succeeded => Code == 0;

    /// <summary>The output without the line end.</summary>
    public string Text => Output.TrimEnd('\n', '\r');
}

/// <summary>
/// Runs <c>git</c> for the runner itself: never in a way that writes to the user's repository, and blind to variables that would point
/// it elsewhere (a hook that starts us sets <c>GIT_DIR</c>).
/// </summary>
public sealed class GitProgram(string path)
{
    /// <summary>The installed Git; null when there is none.</summary>
    public static GitProgram? Find() => Programs.Find("git", Environment.GetEnvironmentVariable("PATH")) is { } path ? new GitProgram(path) : null;

    public string Path => path;

    public async Task<GitAnswer> RunAsync(
        string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? variables = null, string? input = null, CancellationToken cancellation = default)
    {
        var info = new System.Diagnostics.ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in info.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
        {
            info.Environment.Remove(name);
        }

        // Status and diff must not refresh the user's index on the way; nothing may ask for a password.
        info.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        info.Environment["GIT_TERMINAL_PROMPT"] = "0";
        info.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        using var process = System.Diagnostics.Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        }

        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new GitAnswer(process.ExitCode, await output, await errors);
    }
}
