using System.Text;
using Keyless.Runner.Processes;

namespace Keyless.Runner.Steps;

/// <summary>How a script is run: the program with its arguments, the file's ending, the script as written to the file.</summary>
public sealed record ShellCommand(string Program, IReadOnlyList<string> Arguments, string Extension, string Script);

/// <summary>The value of <c>shell</c>. GitHub Docs, "Workflow syntax", jobs.job_id.steps[*].shell.</summary>
public static class Shell
{
    private const string Placeholder = "{0}";

    /// <param name="shell">As written; null for the platform's own.</param>
    /// <param name="scriptFile">Makes the path of the script file for an ending.</param>
    /// <returns>The command, or what is wrong.</returns>
    public static (ShellCommand? Command, string? Problem) Resolve(string? shell, string script, string? searchPath, Func<string, string> scriptFile)
    {
        if (string.IsNullOrWhiteSpace(shell))
        {
            shell = OperatingSystem.IsWindows() ? "pwsh" : Programs.Find("bash", searchPath) is not null ? "bash -e {0}" : "sh";
            return Resolve(shell, script, searchPath, scriptFile, ".sh");
        }

        return Resolve(shell.Trim(), script, searchPath, scriptFile, "");
    }

    private static (ShellCommand? Command, string? Problem) Resolve(
        string shell, string script, string? searchPath, Func<string, string> scriptFile, string customExtension)
    {
        var (format, extension, body) = shell.ToLowerInvariant() switch
        {
            "bash" => ("bash --noprofile --norc -e -o pipefail {0}", ".sh", script),
            "sh" => ("sh -e {0}", ".sh", script),
            "python" => ("python {0}", ".py", script),
            "pwsh" => ("pwsh -command \". '{0}'\"", ".ps1", PowerShell(script)),
            "powershell" => ("powershell -command \". '{0}'\"", ".ps1", PowerShell(script)),
            "cmd" => ("cmd /D /E:ON /V:OFF /S /C \"CALL \"{0}\"\"", ".cmd", "@echo off\r\n" + script.ReplaceLineEndings("\r\n")),
            _ => (shell, customExtension, script),
        };
        if (!format.Contains(Placeholder, StringComparison.Ordinal))
        {
            return (null, $"`shell: {shell}` names no shell and has no `{{0}}` for the script's file: write one of `bash`, `sh`, `python`, `pwsh`, or a command such as `perl {{0}}`");
        }

        var file = scriptFile(extension);
        var words = Split(format);
        var program = Programs.Find(words[0], searchPath);
        return program is null
            ? (null, $"`{words[0]}` is not installed on this machine; install it with: {MissingProgram.HowToInstall(words[0])}")
            : (new ShellCommand(program, [.. words.Skip(1).Select(word => word.Replace(Placeholder, file))], extension, body), null);
    }

    private static string PowerShell(string script) =>
        $"$ErrorActionPreference = 'stop'\n{script}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) {{ exit $LASTEXITCODE }}";

    /// <summary>Words of a command line: blanks separate, double quotes group, a backslash keeps a quote.</summary>
    internal static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, started) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && i + 1 < line.Length && line[i + 1] == '"')
            {
                word.Append('"');
                (i, started) = (i + 1, true);
            }
            else if (c == '"')
            {
                (quoted, started) = (!quoted, true);
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (started)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    started = false;
                }
            }
            else
            {
                word.Append(c);
                started = true;
            }
        }

        if (started)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
