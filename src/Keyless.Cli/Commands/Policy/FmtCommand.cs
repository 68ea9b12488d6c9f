using System.CommandLine;
using System.Text.Json;
using Keyless.Language.CloudFormation;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary><c>keyless policy fmt</c>: policies in their canonical form.</summary>
internal static class FmtCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Policy files, rewritten in place; `-` reads standard input and prints", Arity = ArgumentArity.OneOrMore };
        var check = new Option<bool>("--check") { Description = "Change nothing; name the files that are not formatted, exit 1 if any" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var command = new Command("fmt", "Format policies: elements in IAM's order, one look for all") { files, check, json };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(files), parsed.GetValue(check), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, bool check, bool json)
    {
        var worst = ExitCode.Done;
        var changed = new List<string>();
        foreach (var file in files)
        {
            if (Formatted(file) is not var (source, text))
            {
                worst = ExitCode.Wrong;
                continue;
            }

            var differs = source.Text != text;
            if (file == "-" && !check)
            {
                Terminal.Out.Write(text);
            }
            else if (differs)
            {
                changed.Add(source.Name);
                worst = check ? Math.Max(worst, ExitCode.No) : worst;
                if (!check)
                {
                    File.WriteAllText(file, text);
                }
            }
        }

        Report(changed, check, json);
        return worst;
    }

    private static (SourceText Source, string Text)? Formatted(string file)
    {
        if (!InputFile.TryRead(file, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return null;
        }

        var read = JsonReader.Read(source);
        if (!read.Diagnostics.IsEmpty)
        {
            Terminal.Error.Write(TextRenderer.Render(read.Diagnostics));
            return null;
        }

        if (read.Root is not MappingNode map || map["Statement"] is null)
        {
            Terminal.Error.Problem(read.Root is { } root && TemplateReader.LooksLikeTemplate(root)
                ? $"`{source.Name}` is a template; this command formats policy files"
                : $"`{source.Name}` is no policy: it has no `Statement`");
            return null;
        }

        return (source, PolicyFormatter.Format(map));
    }

    private static void Report(List<string> changed, bool check, bool json)
    {
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(output);
            writer.WriteStartObject();
            writer.WriteStartArray(check ? "unformatted" : "formatted");
            changed.ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.Flush();
            output.WriteByte((byte)'\n');
            return;
        }

        changed.ForEach(name => Terminal.Out.WriteLine(check ? $"{name} is not formatted" : $"formatted {name}"));
    }
}
