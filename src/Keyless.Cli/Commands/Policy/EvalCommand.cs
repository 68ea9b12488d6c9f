using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Cases;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary><c>keyless policy eval</c>: requests against policies in bulk, one JSON object a line in and out.</summary>
internal static class EvalCommand
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "One request a line, `{\"request\": {...}, \"policies\": {...}}`; `-` reads standard input",
            DefaultValueFactory = _ => "-",
        };
        var cases = new Option<string[]>("--cases") { Description = "Answer a file of conformance cases instead; may be repeated" };
        var policies = new Option<string?>("--policies") { Description = "A JSON file with the `policies` of every line that has none of its own" };
        var explain = new Option<bool>("--explain") { Description = "Add the whole explanation to each answer" };
        var json = new Option<bool>("--json") { Description = "Machine output, which this command always gives", Hidden = true };
        var command = new Command("eval", "Evaluate requests against policies, one JSON object a line in and out") { file, cases, policies, explain, json };
        command.SetAction(parsed => parsed.GetValue(cases) is { Length: > 0 } files
            ? files.Select(RunCases).Max()
            : Run(parsed.GetValue(file)!, parsed.GetValue(policies), parsed.GetValue(explain)));
        return command;
    }

    /// <summary>0 when everything was allowed, 1 when something was not, 2 when a line could not be read.</summary>
    private static int Run(string file, string? policiesFile, bool explain)
    {
        Node? shared = null;
        if (policiesFile is not null)
        {
            if (!InputFile.TryRead(policiesFile, out var policies, out var problem))
            {
                Terminal.Error.Problem(problem);
                return ExitCode.Wrong;
            }

            var read = JsonReader.Read(policies);
            if (!read.Diagnostics.IsEmpty)
            {
                Terminal.Error.Write(TextRenderer.Render(read.Diagnostics));
                return ExitCode.Wrong;
            }

            shared = read.Root;
        }

        return EachLine(file, (line, json) => Decide(line, shared, explain, json));
    }

    private static int RunCases(string file) => EachLine(file, (line, json) =>
    {
        if (line["kind"] is not ScalarNode kind || !CaseKinds.Table.TryGetValue(kind.Text, out var answer))
        {
            return Problem(json, line, $"expected a `kind` of {string.Join(", ", CaseKinds.Table.Keys.Select(k => $"`{k}`"))}");
        }

        return answer(line, json) ? ExitCode.Done : Problem(json, line, $"this is no whole case of kind `{kind.Text}`");
    });

    private static int Decide(MappingNode line, Node? sharedPolicies, bool explain, Utf8JsonWriter json)
    {
        var reader = new RequestReader();
        var request = reader.Request(line["request"]);
        var policies = request is null ? null : reader.Policies(line["policies"] ?? sharedPolicies, request, tolerant: false);
        if (reader.Problems is [var problem, ..])
        {
            return Problem(json, line, problem.Message + (problem.Help is null ? "" : "; " + problem.Help), problem.Start.Column);
        }

        var decision = Authorizer.Explain(request!, policies!);
        json.WriteString("decision", decision.Verdict.ToString());
        json.WriteString("summary", decision.Explanation.Summary);
        if (explain)
        {
            json.WritePropertyName("explanation");
            ExplanationJson.Write(decision.Explanation, json);
        }

        return decision.Verdict == Verdict.Allow ? ExitCode.Done : ExitCode.No;
    }

    private static int EachLine(string file, Func<MappingNode, Utf8JsonWriter, int> answer)
    {
        var worst = ExitCode.Done;
        var number = 0;
        using var output = new BufferedStream(Console.OpenStandardOutput(), 64 << 10);
        try
        {
            using var input = file == "-" ? Console.In : new StreamReader(file);
            while (input.ReadLine() is { } text)
            {
                number++;
                if (string.IsNullOrWhiteSpace(text))
                {
                    continue;
                }

                worst = Math.Max(worst, OneLine(new SourceText($"{(file == "-" ? "<stdin>" : InputFile.Shown(file))}:{number}", text), output, answer));
                if (file == "-" && !Console.IsInputRedirected)
                {
                    output.Flush();
                }
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            _ = InputFile.TryRead(file, out _, out var problem);
            Terminal.Error.Problem(problem ?? $"there is no file `{file}`");
            return ExitCode.Wrong;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminal.Error.Problem($"`{file}` cannot be read: {e.Message}");
            return ExitCode.Wrong;
        }

        return worst;
    }

    private static int OneLine(SourceText line, Stream output, Func<MappingNode, Utf8JsonWriter, int> answer)
    {
        var status = ExitCode.Wrong;
        using (var json = new Utf8JsonWriter(output, JsonOptions))
        {
            json.WriteStartObject();
            var read = JsonReader.Read(line);
            if (read.Root is not MappingNode map || !read.Diagnostics.IsEmpty)
            {
                WriteProblem(json, line.Name, read.Diagnostics is [var first, ..] ? first.Message : "a line is one JSON object", read.Diagnostics is [var place, ..] ? place.Start.Column : 1);
            }
            else
            {
                if (map["id"] is ScalarNode id)
                {
                    json.WriteString("id", id.Text);
                }

                status = answer(map, json);
            }

            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        return status;
    }

    private static int Problem(Utf8JsonWriter json, MappingNode line, string message, int column = 1)
    {
        WriteProblem(json, line.Source.Name, message, column);
        return ExitCode.Wrong;
    }

    private static void WriteProblem(Utf8JsonWriter json, string line, string message, int column)
    {
        json.WriteString("error", message);
        json.WriteString("place", $"{line}:{column}");
    }
}
