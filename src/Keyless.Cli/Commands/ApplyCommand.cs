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
    /// <summary>The most values of one change, and the most characters of one value, that are shown; <c>--json</c> has all.</summary>
    private const int MaxValues = 20;

    private const int MaxValue = 120;

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

        if (stackName is not null && !StackRequest.IsName(stackName))
        {
            Terminal.Error.Problem($"`{stackName}` cannot name a stack: expected a letter, then letters, digits and hyphens, at most 128 in all");
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
        if (!json)
        {
            request = request with { OnPlan = WritePlan, OnEvent = WriteEvent };
        }

        if (await Apply(request, dataFolder, cancellation) is not { } result)
        {
            return ExitCode.Wrong;
        }

        if (json)
        {
            WriteJson(request, result);
        }
        else
        {
            WriteEnd(request, result);
        }

        return result.Failed ? ExitCode.Wrong : ExitCode.Done;
    }

    /// <summary>Through the server that has the folder, or one of our own for as long as it takes. Null when the call was told to be wrong.</summary>
    private static async Task<StackResult?> Apply(StackRequest request, string dataFolder, CancellationToken cancellation)
    {
        var folder = new DataFolder(dataFolder);
        var root = ServeCommand.RootFromEnvironment(folder.Accounts is [var account, ..] ? account : ServerOptions.DefaultAccount, out var problem);
        if (problem is null && RunningServer.Of(dataFolder, root) is var (running, remote))
        {
            using (running)
            using (remote)
            {
                return await remote.Apply(request, cancellation);
            }
        }

        problem ??= folder.Endpoint is { } endpoint
            ? $"the server at {endpoint} has root credentials that are not in `{dataFolder}`: set `KEYLESS_ROOT_ACCESS_KEY_ID` and `KEYLESS_ROOT_SECRET_ACCESS_KEY` to those it was started with"
            : null;
        if (problem is not null)
        {
            Terminal.Error.Problem(problem);
            return null;
        }

        await using var server = await KeylessServer.StartAsync(new ServerOptions { DataFolder = dataFolder, Listen = new Uri("http://127.0.0.1:0") }, cancellation);
        using var stacks = server.OpenStacks(served: ServerOptions.DefaultAddress);
        return await stacks.Apply(request, cancellation);
    }

    /// <summary>The diff: each change, and below it each value that differs.</summary>
    private static void WritePlan(ImmutableArray<Change> changes)
    {
        var output = Terminal.Out;
        foreach (var change in changes)
        {
            var (sign, verb) = change.Kind switch
            {
                ChangeKind.Create => (output.Green("+"), "create"),
                ChangeKind.Update => (output.Yellow("~"), "change"),
                ChangeKind.Replace => (output.Yellow("±"), "replace"),
                ChangeKind.Delete => (output.Red("-"), "delete"),
                _ => (output.Dim("o"), "keep, but forget"),
            };
            var old = change.ReplacedId is null ? "" : change.ReplacedId + " by ";
            output.WriteLine($"{sign} {verb} {change.LogicalId} ({change.Type} {old}{change.PhysicalId}){Why(change)}");
            foreach (var value in change.Values.Take(MaxValues))
            {
                output.WriteLine($"    {value.Path}: {output.Red(Shown(value.Before))} -> {output.Green(Shown(value.After))}");
            }

            if (change.Values.Length > MaxValues)
            {
                output.WriteLine(output.Dim($"    and {change.Values.Length - MaxValues} more"));
            }
        }
    }

    private static string Why(Change change) => change switch
    {
        { WasGone: true } => ": it was deleted outside this stack",
        { Replacing.IsEmpty: false } => $": {string.Join(", ", change.Replacing)} cannot be changed in place",
        { Drifted.IsEmpty: false } => $": {string.Join(", ", change.Drifted)} changed outside this stack",
        _ => "",
    };

    private static string Shown(string? json) => json is null ? "(none)" : json.Length <= MaxValue ? json : json[..(MaxValue - 3)] + "...";

    private static void WriteEvent(StackEvent happened)
    {
        var output = Terminal.Out;
        var status = happened.Status;
        var colored = status.EndsWith("_FAILED", StringComparison.Ordinal) ? output.Red(status) : happened.RollingBack ? output.Yellow(status) : output.Green(status);
        output.WriteLine($"  {(happened.RollingBack ? "rollback: " : "")}{colored} {happened.LogicalId} ({happened.PhysicalId}){(happened.Reason is null ? "" : ": " + happened.Reason)}");
    }

    private static void WriteEnd(StackRequest request, StackResult result)
    {
        var output = Terminal.Out;
        Terminal.Error.Write(TextRenderer.Render(result.Diagnostics));
        if (result.Status is not null && result.Failed)
        {
            output.WriteLine($"stack {request.StackName}: {result.Status}");
        }

        if (result.Failed)
        {
            return;
        }

        output.WriteLine(
            result.Changes.IsEmpty ? $"stack {request.StackName}: nothing to change"
            : request.PlanOnly ? $"stack {request.StackName}: {result.Changes.Length} to change; nothing was changed"
            : $"stack {request.StackName}: {result.Status}, {result.Changes.Length} changed");
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
        writer.WriteString("status", result.Status);
        writer.WriteStartArray("changes");
        foreach (var change in result.Changes)
        {
            writer.WriteStartObject();
            writer.WriteString("change", change.Kind.ToString().ToLowerInvariant());
            writer.WriteString("logicalId", change.LogicalId);
            writer.WriteString("type", change.Type);
            writer.WriteString("physicalId", change.PhysicalId);
            if (change.ReplacedId is not null)
            {
                writer.WriteString("replaces", change.ReplacedId);
            }

            if (change.WasGone)
            {
                writer.WriteBoolean("deletedOutside", true);
            }

            WriteTexts(writer, "properties", change.Properties);
            WriteTexts(writer, "replacing", change.Replacing);
            WriteTexts(writer, "changedOutside", change.Drifted);
            writer.WriteStartArray("values");
            foreach (var value in change.Values)
            {
                writer.WriteStartObject();
                writer.WriteString("path", value.Path);
                writer.WritePropertyName("before");
                writer.WriteRawValue(value.Before ?? "null");
                writer.WritePropertyName("after");
                writer.WriteRawValue(value.After ?? "null");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("events");
        foreach (var happened in result.Events)
        {
            writer.WriteStartObject();
            writer.WriteString("logicalId", happened.LogicalId);
            writer.WriteString("type", happened.Type);
            writer.WriteString("physicalId", happened.PhysicalId);
            writer.WriteString("status", happened.Status);
            writer.WriteBoolean("rollback", happened.RollingBack);
            if (happened.Reason is not null)
            {
                writer.WriteString("reason", happened.Reason);
            }

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

    private static void WriteTexts(Utf8JsonWriter writer, string name, ImmutableArray<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
