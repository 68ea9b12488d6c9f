using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class WorkflowModelTests
{
    /// <summary>Refused by choice, see <see cref="WorkflowParserTests"/>.</summary>
    private static readonly string[] Known = ["ls-on-workflow_dispatch-unknown-keys-ignored"];

    [Fact]
    public void The_models_of_the_corpus_are_ours() => Corpus.All("workflows/index.jsonl", Check, atLeast: 227);

    private static string? Check(JsonElement row)
    {
        if (!row.TryGetProperty("model", out var model) || Known.Contains(row.GetProperty("id").GetString()))
        {
            return null;
        }

        var files = row.GetProperty("files").EnumerateObject().ToDictionary(f => f.Name, f => TestData.Read("workflow/workflows/" + f.Value.GetString()));
        var entry = row.GetProperty("entry").GetString()!;
        var parsed = WorkflowParser.Parse(new SourceText(entry, files[entry]), new WorkflowParseOptions
        {
            ResolveCallee = row.GetProperty("options").TryGetProperty("skip-reusable", out _) ? null : reference => files.TryGetValue(reference.ToString(), out var text) ? new SourceText(reference.ToString(), text) : null,
        });
        if (parsed.Workflow is not { } workflow)
        {
            return string.Join("; ", parsed.Diagnostics.Select(d => d.Message));
        }

        var problems = Jobs(workflow, null, model.GetProperty("jobs"));
        if (model.TryGetProperty("permissions", out var permissions) && !Same(workflow.Permissions, permissions))
        {
            problems.Add("permissions");
        }

        return problems.Count == 0 ? null : string.Join(", ", problems);
    }

    private static List<string> Jobs(WorkflowFile workflow, PermissionSet? outer, JsonElement jobs)
    {
        var problems = new List<string>();
        if (workflow.Jobs.Length != jobs.GetArrayLength())
        {
            return ["number of jobs"];
        }

        foreach (var (job, wanted) in workflow.Jobs.Zip(jobs.EnumerateArray()))
        {
            foreach (var member in wanted.EnumerateObject())
            {
                if (member.Name == "permissions" ? !Same(Shown(workflow, job, outer), member.Value) : !Same(job, member.Name, member.Value))
                {
                    problems.Add($"{job.Id}.{member.Name}");
                }
            }

            if (job is CallJob { Callee: { } callee } && wanted.TryGetProperty("jobs", out var nested))
            {
                problems.AddRange(Jobs(callee, job.Permissions ?? workflow.Permissions ?? outer, nested).Select(p => $"{job.Id}/{p}"));
            }
        }

        return problems;
    }

    /// <summary>What counts for a job; for a call GitHub shows what the called file asks for.</summary>
    private static PermissionSet? Shown(WorkflowFile workflow, Job job, PermissionSet? outer) =>
        (job as CallJob)?.Callee?.Permissions ?? job.Permissions ?? workflow.Permissions ?? outer;

    private static bool Same(Job job, string name, JsonElement wanted) => (name, job) switch
    {
        ("type", _) => wanted.GetString() == (job is CallJob ? "reusableWorkflowJob" : "job"),
        ("id", _) => wanted.GetString() == job.Id,
        ("name", _) => job.Name is null or Template.Literal { LiteralText: "" } ? wanted.GetString() == job.Id : Same(job.Name, wanted),
        ("needs", _) => job.Needs.Select(n => n.Text).SequenceEqual(wanted.EnumerateArray().Select(n => n.GetString()!)),
        ("if", _) => wanted.GetProperty("$expr").GetString() == job.If.Text,
        ("strategy", _) => Same(job.Strategy, wanted),
        ("concurrency", _) => Same(job.Concurrency, wanted),
        ("ref", CallJob call) => wanted.GetString() == call.Reference?.ToString() || wanted.GetString() == call.Uses.Text,
        ("secret-values", CallJob call) => Same(call.Secrets, wanted),
        ("runs-on", StepsJob j) => Same(j.RunsOn, wanted),
        ("environment", StepsJob j) => Same(j.Environment, wanted),
        ("outputs", StepsJob j) => Same(j.Outputs, wanted),
        ("env", StepsJob j) => Same(j.Env, wanted),
        ("timeout-minutes", StepsJob j) => Same(j.TimeoutMinutes, wanted),
        ("cancel-timeout-minutes", StepsJob j) => Same(j.CancelTimeoutMinutes, wanted),
        ("continue-on-error", StepsJob j) => Same(j.ContinueOnError, wanted),
        ("container", StepsJob j) => Same(j.Container, wanted),
        ("services", StepsJob j) => Same(j.Services, wanted),
        ("snapshot", StepsJob j) => Same(j.Snapshot, wanted),
        ("steps", StepsJob j) => j.Steps.Length == wanted.GetArrayLength() && j.Steps.Zip(wanted.EnumerateArray(), Same).All(s => s),
        _ => true,
    };

    private static bool Same(Step step, JsonElement wanted) => wanted.EnumerateObject().All(m => (m.Name, step) switch
    {
        ("id", _) => m.Value.GetString() == step.Id,
        ("name", _) => Same(step.Name, m.Value),
        ("if", _) => m.Value.GetProperty("$expr").GetString() == step.If.Text,
        ("env", _) => Same(step.Env, m.Value),
        ("continue-on-error", _) => Same(step.ContinueOnError, m.Value),
        ("timeout-minutes", _) => Same(step.TimeoutMinutes, m.Value),
        ("run", RunStep run) => Same(run.Run, m.Value),
        ("shell", RunStep run) => Same(run.Shell, m.Value),
        ("working-directory", RunStep run) => Same(run.WorkingDirectory, m.Value),
        ("uses", UsesStep uses) => m.Value.GetString() == uses.Uses.Text,
        ("with", UsesStep uses) => Same(uses.With, m.Value),
        _ => false,
    });

    private static bool Same(Template? template, JsonElement wanted) => template switch
    {
        Template.Literal literal => Corpus.Same(literal.Value, wanted),
        Template.Dynamic dynamic => wanted.ValueKind == JsonValueKind.Object && wanted.TryGetProperty("$expr", out var text) && text.GetString() == dynamic.Text,
        Template.List list => wanted.ValueKind == JsonValueKind.Array && list.Items.Length == wanted.GetArrayLength() && list.Items.Zip(wanted.EnumerateArray(), Same).All(s => s),
        Template.Map map => wanted.ValueKind == JsonValueKind.Object && map.Entries.Length == wanted.EnumerateObject().Count()
            && map.Entries.Zip(wanted.EnumerateObject(), (e, w) => (e.Key is Template.Insert ? "${{ insert }}" : e.Key.LiteralText) == w.Name && Same(e.Value, w.Value)).All(s => s),
        _ => false,
    };

    /// <summary>The corpus lists the scopes of its day, with a read of <c>id-token</c> that grants nothing.</summary>
    private static bool Same(PermissionSet? permissions, JsonElement wanted) => permissions is not null && wanted.EnumerateObject().All(m =>
        permissions[m.Name].ToString().Equals(m.Value.GetString(), StringComparison.OrdinalIgnoreCase) || (m.Name == "id-token" && m.Value.GetString() == "read" && !permissions.GrantsIdToken));
}
