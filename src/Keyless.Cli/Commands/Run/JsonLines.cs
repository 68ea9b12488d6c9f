using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Runner;

namespace Keyless.Cli.Commands.Run;

/// <summary>A run as JSON, one object a line, for other programs.</summary>
internal sealed class JsonLines : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _gate = new();
    private readonly Stream _output = Console.OpenStandardOutput();

    public void Take(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.Note note:
                Write("note", json => json.WriteString("text", note.Text));
                break;
            case RunEvent.WorkflowStarted { Run: var run }:
                Write("workflow", json =>
                {
                    json.WriteString("name", run.WorkflowName);
                    json.WriteString("path", run.WorkflowPath);
                    json.WriteString("event", run.Event);
                    json.WriteString("repository", run.Repository);
                    json.WriteString("ref", run.Ref);
                    json.WriteString("sha", run.Sha);
                });
                break;
            case RunEvent.Planned { Plan: var plan }:
                Write("planned", json =>
                {
                    json.WriteString("job", plan.Name);
                    json.WriteBoolean("token", plan.Access.Granted);
                    json.WriteString("subject", Subject.Of(plan.Facts));
                    json.WriteString("reason", plan.Access.Reason);
                });
                break;
            case RunEvent.JobStarted job:
                Write("job-started", json => json.WriteString("job", job.Job));
                break;
            case RunEvent.StepStarted step:
                Write("step-started", json =>
                {
                    json.WriteString("job", step.Job);
                    json.WriteString("step", step.Title);
                    json.WriteString("manner", step.Manner);
                });
                break;
            case RunEvent.Line line:
                Write("line", json =>
                {
                    json.WriteString("job", line.Job);
                    json.WriteString("kind", line.Kind.ToString().ToLowerInvariant());
                    json.WriteString("text", line.Text);
                });
                break;
            case RunEvent.Annotated { Annotation: var annotation, Job: var job }:
                Write("annotation", json =>
                {
                    json.WriteString("job", job);
                    Annotation(json, annotation);
                });
                break;
            case RunEvent.Decided { Decision: var decision, Job: var job, Places: var places }:
                Write("decision", json =>
                {
                    json.WriteString("job", job);
                    json.WriteString("id", decision.Id);
                    json.WriteString("operation", decision.EventName);
                    json.WriteBoolean("allowed", decision.Allowed);
                    json.WriteString("summary", decision.Summary);
                    json.WriteString("help", decision.Help);
                    json.WriteStartArray("places");
                    foreach (var place in places)
                    {
                        json.WriteStringValue(place);
                    }

                    json.WriteEndArray();
                });
                break;
            case RunEvent.StepEnded { Step: var step, Job: var job }:
                Write("step-ended", json =>
                {
                    json.WriteString("job", job);
                    Step(json, step);
                });
                break;
            case RunEvent.JobEnded { Report: var report }:
                Write("job-ended", json => Job(json, report));
                break;
        }
    }

    public void Result(SessionResult result) => Write("result", json =>
    {
        json.WriteBoolean("succeeded", result.Succeeded);
        json.WriteString("problem", result.Problem);
        json.WriteString("help", result.Help);
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in result.Diagnostics)
        {
            JsonOutput.Write(json, diagnostic);
        }

        json.WriteEndArray();
        json.WriteStartArray("runs");
        foreach (var run in result.Runs)
        {
            json.WriteStartObject();
            json.WriteString("workflow", run.Run.WorkflowPath);
            json.WriteString("result", run.Result.ToString().ToLowerInvariant());
            json.WriteStartArray("jobs");
            foreach (var job in run.Jobs)
            {
                json.WriteStartObject();
                Job(json, job);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings)
        {
            JsonOutput.Write(json, finding);
        }

        json.WriteEndArray();
        json.WriteStartArray("websites");
        foreach (var bucket in result.Stack?.Websites ?? [])
        {
            json.WriteStringValue(RunSummary.WebsiteUrl(bucket));
        }

        json.WriteEndArray();
    });

    public void Dispose() => _output.Dispose();

    private static void Job(Utf8JsonWriter json, JobReport job)
    {
        json.WriteString("job", job.Name);
        json.WriteString("id", job.Id);
        json.WriteString("result", job.Result.ToString().ToLowerInvariant());
        json.WriteNumber("seconds", Math.Round(job.Elapsed.TotalSeconds, 3));
        json.WriteStartObject("outputs");
        foreach (var (name, value) in job.Outputs)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("steps");
        foreach (var step in job.Steps)
        {
            json.WriteStartObject();
            Step(json, step);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("annotations");
        foreach (var annotation in job.Annotations)
        {
            json.WriteStartObject();
            Annotation(json, annotation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Step(Utf8JsonWriter json, StepReport step)
    {
        json.WriteString("step", step.Title);
        json.WriteString("id", step.Id);
        json.WriteString("outcome", step.Outcome.ToString().ToLowerInvariant());
        json.WriteString("conclusion", step.Conclusion.ToString().ToLowerInvariant());
        json.WriteNumber("seconds", Math.Round(step.Elapsed.TotalSeconds, 3));
    }

    private static void Annotation(Utf8JsonWriter json, Annotation annotation)
    {
        json.WriteString("level", annotation.Level.ToString().ToLowerInvariant());
        json.WriteString("message", annotation.Message);
        json.WriteString("title", annotation.Title);
        json.WriteString("file", annotation.File);
        Number("line", annotation.Line);
        Number("column", annotation.Column);

        void Number(string name, int? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
        }
    }

    private void Write(string kind, Action<Utf8JsonWriter> members)
    {
        lock (_gate)
        {
            using (var json = new Utf8JsonWriter(_output, Options))
            {
                json.WriteStartObject();
                json.WriteString("type", kind);
                members(json);
                json.WriteEndObject();
            }

            _output.WriteByte((byte)'\n');
            _output.Flush();
        }
    }
}
