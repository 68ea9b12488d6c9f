using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Server;
using Keyless.Server.CloudFormation;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless apply FILE</c>: a CloudFormation template becomes state of a data folder.</summary>
internal static class ApplyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The template, JSON or YAML; `-` reads standard input" };
        var plan = new Option<bool>("--plan", "-n") { Description = "Only say what would change" };
        var name = new Option<string?>("--stack-name") { Description = "The stack's name; default: the file's name without extension" };
        var parameters = new Option<string[]>("--parameter") { Description = "A template parameter, NAME=VALUE; may be repeated" };
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => ".keyless" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var command = new Command("apply", "Apply a CloudFormation template of IAM and S3 resources") { file, plan, name, parameters, data, json };
        command.SetAction((parsed, cancellation) => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(plan), parsed.GetValue(name), parsed.GetValue(parameters) ?? [], parsed.GetRequiredValue(data), parsed.GetValue(json),
            cancellation));
        return command;
    }

    private static async Task<int> Run(
        string file, bool planOnly, string? stackName, string[] parameters, string dataFolder, bool json, CancellationToken cancellation)
    {
        if (!InputFile.TryRead(file, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return ExitCode.Wrong;
        }

        var values = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var parameter in parameters)
        {
            var equals = parameter.IndexOf('=');
            if (equals <= 0)
            {
                Terminal.Error.Problem($"`--parameter {parameter}` is no NAME=VALUE");
                return ExitCode.Wrong;
            }

            values[parameter[..equals]] = parameter[(equals + 1)..];
        }

        var request = new StackRequest(stackName ?? StackRequest.NameOf(file), source) { Parameters = values.ToImmutable(), PlanOnly = planOnly };
        var result = await Apply(request, dataFolder, cancellation);
        if (json)
        {
            WriteJson(request, result);
        }
        else
        {
            Write(request, result);
        }

        return result.Failed ? ExitCode.Wrong : ExitCode.Done;
    }

    /// <summary>Through the server that has the folder, or one of our own for as long as it takes.</summary>
    private static async Task<StackResult> Apply(StackRequest request, string dataFolder, CancellationToken cancellation)
    {
        if (RunningServer.Of(dataFolder) is var (running, remote))
        {
            using (running)
            using (remote)
            {
                return await remote.Apply(request, cancellation);
            }
        }

        await using var server = await KeylessServer.StartAsync(new ServerOptions { DataFolder = dataFolder, Listen = new Uri("http://127.0.0.1:0") }, cancellation);
        using var stacks = server.OpenStacks(served: ServerOptions.DefaultAddress);
        return await stacks.Apply(request, cancellation);
    }

    private static void Write(StackRequest request, StackResult result)
    {
        Terminal.Error.Write(TextRenderer.Render(result.Diagnostics));
        var output = Terminal.Out;
        foreach (var change in result.Changes)
        {
            var (sign, verb) = change.Kind switch
            {
                ChangeKind.Create => (output.Green("+"), "create"),
                ChangeKind.Update => (output.Yellow("~"), "change"),
                ChangeKind.Replace => (output.Yellow("±"), "replace"),
                ChangeKind.Delete => (output.Red("-"), "remove"),
                _ => (output.Dim("o"), "keep, but forget"),
            };
            var properties = change.Properties.IsEmpty ? "" : $": {string.Join(", ", change.Properties)}";
            output.WriteLine($"{sign} {verb} {change.LogicalId} ({change.Type} {change.PhysicalId}){properties}");
        }

        if (result.Failed)
        {
            return;
        }

        if (result.Changes.IsEmpty)
        {
            output.WriteLine($"stack {request.StackName}: nothing to change");
        }
        else
        {
            output.WriteLine($"stack {request.StackName}: {result.Changes.Length} {(request.PlanOnly ? "to change; nothing was changed" : "changed")}");
        }

        foreach (var (name, value) in result.Outputs)
        {
            output.WriteLine($"{name} = {value}");
        }
    }

    private static void WriteJson(StackRequest request, StackResult result)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("stack", request.StackName);
        writer.WriteBoolean("applied", !request.PlanOnly && !result.Failed);
        writer.WriteStartArray("changes");
        foreach (var change in result.Changes)
        {
            writer.WriteStartObject();
            writer.WriteString("change", change.Kind.ToString().ToLowerInvariant());
            writer.WriteString("logicalId", change.LogicalId);
            writer.WriteString("type", change.Type);
            writer.WriteString("physicalId", change.PhysicalId);
            writer.WriteStartArray("properties");
            foreach (var property in change.Properties)
            {
                writer.WriteStringValue(property);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("outputs");
        foreach (var (name, value) in result.Outputs)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("diagnostics");
        foreach (var diagnostic in result.Diagnostics)
        {
            JsonOutput.Write(writer, diagnostic);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }
}
