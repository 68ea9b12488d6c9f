using System.CommandLine;
using System.CommandLine.Parsing;

namespace Keyless.Cli;

/// <summary>The <c>keyless</c> executable: one command a file under <c>Commands/</c>, listed in <see cref="CommandTable"/>.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Keyless: GitHub's OpenID Connect chain to AWS, whole, on one machine. Every refusal says why.");
        foreach (var command in CommandTable.All())
        {
            root.Add(command);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return Misused(parsed);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.No;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The machine said no: a full disk, a missing right. Its own words name the file.
            Terminal.Error.Problem(e.Message);
            return ExitCode.Wrong;
        }
    }

    private static int Misused(ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
        {
            Terminal.Error.Problem(error.Message);
        }

        Terminal.Error.WriteLine($"see {PathOf(parsed.CommandResult)} --help");
        return ExitCode.Wrong;
    }

    private static string PathOf(CommandResult command)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = command; at is CommandResult named; at = at.Parent)
        {
            names.Push(named.Parent is null ? "keyless" : named.Command.Name);
        }

        return string.Join(' ', names);
    }
}
