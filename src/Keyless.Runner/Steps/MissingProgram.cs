using System.Globalization;
using System.Text.RegularExpressions;

namespace Keyless.Runner.Steps;

/// <summary>Reads from a shell's words which program it did not find, and knows how to get it.</summary>
public static partial class MissingProgram
{
    /// <summary>What to install for a program: Debian's package, Homebrew's formula.</summary>
    private static readonly Dictionary<string, (string Apt, string Brew)> Packages = new(StringComparer.Ordinal)
    {
        ["aws"] = ("awscli", "awscli"),
        ["node"] = ("nodejs", "node"),
        ["npm"] = ("npm", "node"),
        ["npx"] = ("npm", "node"),
        ["python"] = ("python-is-python3", "python"),
        ["python3"] = ("python3", "python"),
        ["pip"] = ("python3-pip", "python"),
        ["pip3"] = ("python3-pip", "python"),
        ["pwsh"] = ("powershell", "powershell"),
        ["docker"] = ("docker.io", "docker"),
        ["go"] = ("golang", "go"),
        ["cargo"] = ("cargo", "rust"),
        ["ruby"] = ("ruby", "ruby"),
        ["java"] = ("default-jre", "openjdk"),
        ["mvn"] = ("maven", "maven"),
        ["sam"] = ("", "aws-sam-cli"),
        ["cdk"] = ("", "aws-cdk"),
        ["terraform"] = ("", "hashicorp/tap/terraform"),
        ["dotnet"] = ("dotnet-sdk-10.0", "dotnet"),
        ["gh"] = ("gh", "gh"),
        ["rg"] = ("ripgrep", "ripgrep"),
    };

    /// <summary>The program and the line of the script; null for any other line.</summary>
    public static (string Program, int? Line)? In(string line)
    {
        var match = NotFound().Match(line);
        return match.Success
            ? (match.Groups["program"].Value, int.TryParse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture, out var number) ? number : null)
            : null;
    }

    /// <summary>The command that installs the program on this machine.</summary>
    public static string HowToInstall(string program)
    {
        var (apt, brew) = Packages.GetValueOrDefault(program, (program, program));
        if (OperatingSystem.IsMacOS())
        {
            return $"brew install {brew}";
        }

        return apt.Length == 0
            ? $"see the documentation of `{program}`: Debian and Ubuntu do not package it"
            : File.Exists("/usr/bin/apt-get") ? $"{(Environment.IsPrivilegedProcess ? "" : "sudo ")}apt-get install {apt}"
            : File.Exists("/usr/bin/dnf") ? $"sudo dnf install {apt}"
            : File.Exists("/sbin/apk") ? $"apk add {apt}"
            : $"install the package `{apt}`";
    }

    // bash: `x.sh: line 3: aws: command not found`; dash: `x.sh: 3: aws: not found`; a shebang of env: `env: 'node': No such file or directory`
    [GeneratedRegex(@"^.+?: (?:line )?(?<line>\d+): (?<program>[\w.+-]+): (?:command )?not found$|^(?:/usr/bin/)?env: ['‘]?(?<program>[\w.+-]+)['’]?: No such file or directory$", RegexOptions.CultureInvariant)]
    private static partial Regex NotFound();
}
