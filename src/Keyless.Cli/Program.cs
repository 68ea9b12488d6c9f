using System.CommandLine;

namespace Keyless.Cli;

/// <summary>The <c>keyless</c> executable: one command a file under <c>Commands/</c>, listed here.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Keyless: GitHub's OpenID Connect chain to AWS, whole, on one machine. Every refusal says why.");
        foreach (var command in CommandTable.All())
        {
            root.Add(command);
        }

        return await root.Parse(args).InvokeAsync();
    }
}
