using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Lint;

namespace Keyless.Cli.Commands.Workflow;

/// <summary><c>keyless workflow check</c>: what GitHub would refuse, and what it would accept and the author regret.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Workflow files, `action.yml`, or folders with `.github/workflows`; `-` reads standard input",
            DefaultValueFactory = _ => ["."],
        };
        var policy = new Option<PermissionPolicy>("--default-permissions")
        {
            Description = "What the repository grants workflows that do not say",
            DefaultValueFactory = _ => PermissionPolicy.Restricted,
        };
        var follow = new Option<bool>("--no-calls") { Description = "Do not read the reusable workflows that are called" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var command = new Command("check", "Check workflow files: syntax, keys, contexts, needs, calls, permissions, and common mistakes") { paths, policy, follow, json };
        command.SetAction(parsed => Run(parsed.GetValue(paths)!, parsed.GetValue(policy), !parsed.GetValue(follow), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] paths, PermissionPolicy policy, bool follow, bool json)
    {
        if (WorkflowFiles.Find(paths) is not { } files)
        {
            return ExitCode.Wrong;
        }

        var results = new List<(SourceText Source, bool Valid, IReadOnlyList<Diagnostic> Findings)>();
        foreach (var file in files)
        {
            if (!InputFile.TryRead(file, out var source, out var problem))
            {
                Terminal.Error.Problem(problem);
                return ExitCode.Wrong;
            }

            if (Path.GetFileName(file) is "action.yml" or "action.yaml")
            {
                var action = ActionParser.Parse(source).Diagnostics;
                results.Add((source, action.All(d => d.Severity != Severity.Error), action));
                continue;
            }

            var parsed = WorkflowParser.Parse(source, new WorkflowParseOptions { Policy = policy, ResolveCallee = follow ? WorkflowFiles.Resolver(file) : null });
            var findings = parsed.Diagnostics.ToList();
            if (parsed.IsValid)
            {
                findings.AddRange(WorkflowLinter.Check(parsed.Workflow!));
                findings.AddRange(WorkflowFiles.IsInRepository(file) ? LocalActions.Check(parsed.Workflow!, WorkflowFiles.ActionMetadata(file)) : []);
            }

            results.Add((source, parsed.IsValid, findings));
        }

        // Called workflows are checked once for each caller, and their problems told once.
        var told = results.SelectMany(r => r.Findings).DistinctBy(f => (f.Id, f.Source.Name, f.Span, f.Message)).ToList();
        if (json)
        {
            WriteJson(results);
        }
        else
        {
            Terminal.Out.Write(TextRenderer.Render(told));
            Terminal.Out.WriteLine(Summary(results.Count, told));
        }

        return told.Any(f => f.Severity >= Severity.Warning) ? ExitCode.No : ExitCode.Done;
    }

    private static string Summary(int files, List<Diagnostic> findings)
    {
        var checkedFiles = files == 1 ? "1 file checked" : $"{files} files checked";
        if (findings.Count == 0)
        {
            return checkedFiles + ": nothing to report";
        }

        var errors = findings.Count(f => f.Severity == Severity.Error);
        var counts = new[] { (errors, "error"), (findings.Count - errors, "finding") }.Where(c => c.Item1 > 0).Select(c => $"{c.Item1} {c.Item2}{(c.Item1 == 1 ? "" : "s")}");
        return $"{checkedFiles}: {string.Join(", ", counts)}";
    }

    private static void WriteJson(List<(SourceText Source, bool Valid, IReadOnlyList<Diagnostic> Findings)> results)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("files");
            foreach (var (source, valid, findings) in results)
            {
                writer.WriteStartObject();
                writer.WriteString("file", source.Name);
                writer.WriteString("verdict", valid ? "valid" : "invalid");
                writer.WriteStartArray("findings");
                foreach (var finding in findings)
                {
                    JsonOutput.Write(writer, finding);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
