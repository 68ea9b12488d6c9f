using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using Keyless.Language.Diagnostics;

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
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,

                // `run` and `serve` end by rules of their own: clean-ups run, requests drain.
                ProcessTerminationTimeout = parsed.CommandResult.Command.Name is "run" or "serve" ? null : TimeSpan.FromSeconds(2),
            });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.No;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // The machine said no: a full disk, a missing right, a damaged file. Its own words name the file.
            Terminal.Error.Problem(e.Message);
            return ExitCode.Wrong;
        }
        catch (DbException e)
        {
            // Damage that shows only when a database is read on.
            Terminal.Error.Problem($"a database of the data folder cannot be used: {e.Message} Restore the folder from a backup, or give another one with `--data`");
            return ExitCode.Wrong;
        }
        catch (Exception e)
        {
            // A bug. The trace is for us, not for the user.
            Terminal.Error.Problem($"internal error: {e.GetType().Name}: {e.Message}");
            Terminal.Error.WriteLine(
                Environment.GetEnvironmentVariable("KEYLESS_TRACE") == "1" ? e.ToString() : "this is a bug; KEYLESS_TRACE=1 shows where it happened");
            return ExitCode.Wrong;
        }
    }

    private static int Misused(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            var known = word.StartsWith('-')
                ? command.Options.SelectMany(option => option.Aliases.Append(option.Name))
                : command.Subcommands.Select(sub => sub.Name);
            var near = known.FirstOrDefault(name => word.Length >= 4 && name.StartsWith(word, StringComparison.Ordinal)) ?? Suggest.Nearest(word, known);
            var kind = word.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            Terminal.Error.Problem($"`{word}` is no {kind} of {PathOf(parsed.CommandResult)}{(near is null ? "" : $"; did you mean `{near}`?")}");
        }
        else
        {
            foreach (var error in parsed.Errors)
            {
                Terminal.Error.Problem(Worded(error));
            }
        }

        Terminal.Error.WriteLine($"see {PathOf(parsed.CommandResult)} --help");
        return ExitCode.Wrong;
    }

    /// <summary>The library's errors, as every command words its own.</summary>
    private static string Worded(ParseError error)
    {
        switch (error.SymbolResult)
        {
            case OptionResult { Tokens: [var given, ..] } option when error.Message.Contains("Must be one of", StringComparison.Ordinal):
                var values = error.Message.Split('\n').Skip(1).Select(line => line.Trim().Trim('\'')).Where(value => value.Length > 0).ToList();
                return $"`{option.IdentifierToken?.Value} {given.Value}`: expected {string.Join(", ", values)}{(Suggest.Nearest(given.Value, values) is { } near ? $"; did you mean `{near}`?" : "")}";
            case OptionResult { Tokens: [var given, ..] } option when error.Message.StartsWith("Cannot parse", StringComparison.Ordinal):
                return $"`{option.IdentifierToken?.Value} {given.Value}` is no {(option.Option.ValueType == typeof(int) ? "whole number" : "value of that option")}";
            case OptionResult { Tokens: [] } option:
                return $"`{option.IdentifierToken?.Value}` wants a value: {option.Option.Description}";
            case CommandResult when error.Message.StartsWith("Required argument", StringComparison.Ordinal):
            case ArgumentResult:
                var argument = error.SymbolResult is ArgumentResult missing ? missing.Argument : ((CommandResult)error.SymbolResult).Command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0);
                return argument is null ? error.Message : $"{argument.Name} is missing: {argument.Description}";
            case CommandResult { Command.Subcommands: { Count: > 0 } commands } when error.Message.StartsWith("Required command", StringComparison.Ordinal):
                return $"say which command: {string.Join(", ", commands.Select(sub => sub.Name))}";
            default:
                return error.Message;
        }
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
