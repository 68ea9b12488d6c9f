using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Runner;

namespace Keyless.Cli.Commands.Run;

/// <summary><c>keyless run -l</c>: workflows with their events and jobs.</summary>
internal static class RunList
{
    public static int Write(RunOptions options, bool json)
    {
        var (files, problem) = Session.FindWorkflows(options);
        if (problem is not null)
        {
            Terminal.Error.Problem(problem.Problem!);
            return ExitCode.No;
        }

        var workflows = new List<(string Path, WorkflowFile File)>();
        var code = ExitCode.Done;
        foreach (var path in files)
        {
            var full = Path.Combine(options.Folder, path);
            var (workflow, problems) = WorkflowParser.Parse(new SourceText(InputFile.Shown(full), File.ReadAllText(full)));
            if (problems.Any(p => p.Severity == Severity.Error))
            {
                Terminal.Error.Write(TextRenderer.Render(problems));
                code = ExitCode.No;
            }

            if (workflow is not null)
            {
                workflows.Add((path, workflow));
            }
        }

        if (json)
        {
            WriteJson(workflows);
            return code;
        }

        foreach (var (path, file) in workflows)
        {
            Terminal.Out.WriteLine($"{Terminal.Out.Bold(file.Name ?? path)} {Terminal.Out.Dim($"({path})")} on {string.Join(", ", file.On.Select(trigger => trigger.Event))}");
            foreach (var job in file.Jobs)
            {
                var needs = job.Needs.IsEmpty ? "" : $" needs {string.Join(", ", job.Needs.Select(need => need.Text))}";
                Terminal.Out.WriteLine($"  {job.Id}{Terminal.Out.Dim((job is CallJob call ? $" calls {call.Uses.Text}" : "") + needs)}");
            }
        }

        return code;
    }

    private static void WriteJson(List<(string Path, WorkflowFile File)> workflows)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartArray();
        foreach (var (path, file) in workflows)
        {
            writer.WriteStartObject();
            writer.WriteString("path", path);
            writer.WriteString("name", file.Name);
            writer.WriteStartArray("on");
            foreach (var trigger in file.On)
            {
                writer.WriteStringValue(trigger.Event);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("jobs");
            foreach (var job in file.Jobs)
            {
                writer.WriteStartObject();
                writer.WriteString("id", job.Id);
                writer.WriteStartArray("needs");
                foreach (var need in job.Needs)
                {
                    writer.WriteStringValue(need.Text);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }
}
