using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Runner;
using Keyless.Server;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless doctor</c>: what this machine lacks for the workflows of a repository, and how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A repository's folder, or a workflow file in one", DefaultValueFactory = _ => "." };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var command = new Command("doctor", "Say what this machine lacks for a workflow") { path, json };
        command.SetAction((parsed, cancellation) => Run(parsed.GetRequiredValue(path), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> Run(string path, bool json, CancellationToken cancellation)
    {
        if (!RunCommand.TryFindFolder(path, out var folder, out var file, out var problem))
        {
            Terminal.Error.Problem(problem);
            return ExitCode.Wrong;
        }

        var options = new RunOptions { Folder = folder, DataFolder = Path.GetFullPath(DataFolder.DefaultName), Workflows = file is null ? [] : [file] };
        var (programs, problems, fault) = await new Doctor(options).ExamineAsync(cancellation);
        if (json)
        {
            WriteJson(programs);
        }
        else
        {
            Write(programs);
        }

        Terminal.Error.Write(TextRenderer.Render(problems.Where(p => p.Severity == Severity.Error)));
        if (fault is not null)
        {
            Terminal.Error.Problem(fault);
            return ExitCode.Wrong;
        }

        return programs.All(program => program.Path is not null) && problems.All(p => p.Severity != Severity.Error) ? ExitCode.Done : ExitCode.No;
    }

    private static void Write(ImmutableArray<NeededProgram> programs)
    {
        var output = Terminal.Out;
        var width = programs.Max(program => program.Name.Length);
        foreach (var program in programs)
        {
            var name = program.Name.PadRight(width);
            if (program.Path is not null)
            {
                output.WriteLine($"{output.Green("ok     ")} {name}  {program.Version ?? program.Path}");
                if (program.Remark is { } remark)
                {
                    output.WriteLine($"         {new string(' ', width)}{output.Dim(remark)}");
                }
            }
            else
            {
                output.WriteLine($"{output.Red("missing")} {name}  needed by {program.Why}");
                output.WriteLine($"         {new string(' ', width)}{output.Yellow("help: ")}{program.Install}");
            }
        }
    }

    private static void WriteJson(ImmutableArray<NeededProgram> programs)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartArray();
        foreach (var program in programs)
        {
            writer.WriteStartObject();
            writer.WriteString("program", program.Name);
            writer.WriteBoolean("found", program.Path is not null);
            writer.WriteString("path", program.Path);
            writer.WriteString("version", program.Version);
            writer.WriteString("neededBy", program.Why);
            writer.WriteString("remark", program.Remark);
            writer.WriteString("install", program.Install);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }
}
