using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Language.Workflow;

/// <summary>What a file cannot tell by itself.</summary>
public sealed record WorkflowParseOptions
{
    public static readonly WorkflowParseOptions Default = new();

    public PermissionPolicy Policy { get; init; } = PermissionPolicy.Permissive;

    /// <summary>Gives the text of a called workflow, null when it cannot; without it, calls are not followed.</summary>
    public Func<WorkflowReference, SourceText?>? ResolveCallee { get; init; }

    /// <summary>How many files may stand one inside the other, the top one counted.</summary>
    public int MaxCallDepth { get; init; } = 10;

    public YamlOptions Yaml { get; init; } = YamlOptions.Workflow;
}

/// <summary>A workflow as far as it can be read, and every problem. An error means that GitHub would refuse to run it.</summary>
public sealed record WorkflowParseResult(WorkflowFile? Workflow, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool IsValid => Workflow is not null && Diagnostics.All(d => d.Severity != Severity.Error);
}

/// <summary>
/// Reads a workflow file: YAML, then kinds and keys by <see cref="WorkflowSchema"/>, then what the schema cannot say: ids, needs, references,
/// permissions that called workflows may not exceed.
/// </summary>
public sealed class WorkflowParser
{
    private readonly SourceText _source;
    private readonly WorkflowParseOptions _options;
    private readonly CallLevel _level;
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    private WorkflowParser(SourceText source, WorkflowParseOptions options, CallLevel level) =>
        (_source, _options, _level) = (source, options, level);

    /// <summary>Where a file stands in the chain of calls.</summary>
    /// <param name="Self">How it was referred to; null for the top one.</param>
    /// <param name="Ceiling">What the calling job may do.</param>
    private sealed record CallLevel(WorkflowReference? Self, PermissionSet Ceiling, int Depth);

    public static WorkflowParseResult Parse(SourceText source, WorkflowParseOptions? options = null)
    {
        options ??= WorkflowParseOptions.Default;
        return Parse(source, options, new CallLevel(null, PermissionSet.Of(options.Policy), 1));
    }

    private static WorkflowParseResult Parse(SourceText source, WorkflowParseOptions options, CallLevel level)
    {
        var read = YamlReader.Read(source, options.Yaml);
        var parser = new WorkflowParser(source, options, level);
        parser._diagnostics.AddRange(read.Diagnostics);
        var workflow = read.Root is null ? null : parser.Workflow(read.Root);
        var sorted = parser._diagnostics.OrderBy(d => d.Source == source ? 0 : 1).ThenBy(d => d.Span.Start);
        return new WorkflowParseResult(workflow, [.. sorted]);
    }

    private WorkflowFile? Workflow(Node root)
    {
        if (new SchemaReader(_diagnostics).Read(root, WorkflowSchema.Root) is not Template.Map map || root is not MappingNode)
        {
            return null;
        }

        var on = new OnReader(_source, _diagnostics).Read(map["on"]);
        var workflow = new WorkflowFile(_source)
        {
            Name = map["name"]?.LiteralText is { Length: > 0 } name ? name : null,
            RunName = map["run-name"],
            On = on.Triggers,
            DispatchInputs = on.DispatchInputs,
            Call = on.Call,
            Env = map["env"],
            Defaults = Defaults(map["defaults"]),
            Permissions = Permissions(map["permissions"]),
            Concurrency = map["concurrency"],
        };
        var jobs = map["jobs"] as Template.Map;
        workflow = workflow with { Jobs = [.. (jobs?.Entries ?? []).Where(e => e.Key is Template.Literal && e.Value is Template.Map).Select(e => Job(e.Key, (Template.Map)e.Value))] };
        CheckNeeds(workflow, jobs);
        return workflow with { Jobs = [.. workflow.Jobs.Select(j => j is CallJob call ? Follow(workflow, call) : j)] };
    }

    private Job Job(Template key, Template.Map map)
    {
        var id = key.LiteralText!;
        CheckId(id, key.Span, "a job id");
        var needs = Words(map["needs"]);
        var common = (
            Name: map["name"],
            If: Condition.Of(map["if"], _source, map["if"]?.Span ?? key.Span),
            Permissions: Permissions(map["permissions"]),
            Strategy: map["strategy"],
            Concurrency: map["concurrency"]);
        CheckMatrix(map["strategy"]?["matrix"]);
        if (map["uses"] is { } uses)
        {
            var secrets = map["secrets"];
            var text = uses.LiteralText ?? "";
            return new CallJob(id, _source, key.Span)
            {
                Name = common.Name,
                Needs = needs,
                If = common.If,
                Permissions = common.Permissions,
                Strategy = common.Strategy,
                Concurrency = common.Concurrency,
                Uses = new Word(text, uses.Span),
                Reference = WorkflowReference.Parse(text, _level.Self),
                With = map["with"],
                InheritsSecrets = secrets is Template.Literal,
                Secrets = secrets as Template.Map,
            };
        }

        CheckRunsOn(map["runs-on"]);
        CheckContainer(map["container"], mayBeEmpty: true);
        foreach (var service in (map["services"] as Template.Map)?.Entries ?? [])
        {
            CheckContainer(service.Value, mayBeEmpty: false);
        }

        return new StepsJob(id, _source, key.Span)
        {
            Name = common.Name,
            Needs = needs,
            If = common.If,
            Permissions = common.Permissions,
            Strategy = common.Strategy,
            Concurrency = common.Concurrency,
            RunsOn = map["runs-on"] ?? new Template.Literal(map.Node, WorkflowSchema.RunsOn, ""),
            Environment = map["environment"],
            Outputs = map["outputs"],
            Env = map["env"],
            Defaults = Defaults(map["defaults"]),
            TimeoutMinutes = map["timeout-minutes"],
            CancelTimeoutMinutes = map["cancel-timeout-minutes"],
            ContinueOnError = map["continue-on-error"],
            Container = map["container"],
            Services = map["services"],
            Snapshot = map["snapshot"],
            Steps = new StepReader(_source, _diagnostics).Read(map["steps"]),
        };
    }

    private static RunDefaults Defaults(Template? defaults) =>
        defaults?["run"] is { } run ? new RunDefaults(run["shell"], run["working-directory"]) : RunDefaults.None;

    private static PermissionSet? Permissions(Template? permissions)
    {
        switch (permissions)
        {
            case Template.Literal { LiteralText: "read-all" }:
                return PermissionSet.ReadAll with { Span = permissions.Span };
            case Template.Literal { LiteralText: "write-all" }:
                return PermissionSet.WriteAll with { Span = permissions.Span };
            case Template.Map map:
                var levels = ImmutableSortedDictionary.CreateBuilder<string, PermissionLevel>(StringComparer.Ordinal);
                var named = new List<string>();
                foreach (var (key, value) in map.Entries)
                {
                    if (key.LiteralText is { } scope)
                    {
                        levels[scope] = value.LiteralText switch { "write" => PermissionLevel.Write, "read" => PermissionLevel.Read, _ => PermissionLevel.None };
                        named.Add(scope);
                    }
                }

                return new PermissionSet(levels.ToImmutable()) { Span = permissions.Span, Named = [.. named] };
            default:
                return null;
        }
    }

    internal static ImmutableArray<Word> Words(Template? template) => template switch
    {
        Template.Literal literal when literal.LiteralText is { Length: > 0 } text => [new Word(text, literal.Span)],
        Template.List list => [.. list.Items.OfType<Template.Literal>().Where(i => i.LiteralText!.Length > 0).Select(i => new Word(i.LiteralText!, i.Span))],
        _ => [],
    };

    private void CheckId(string id, SourceSpan span, string what) => CheckId(id, span, what, _source, _diagnostics);

    internal static bool CheckId(string id, SourceSpan span, string what, SourceText source, ImmutableArray<Diagnostic>.Builder diagnostics)
    {
        if (id.Length == 0)
        {
            return false;
        }

        if (Identifier.IsReserved(id))
        {
            diagnostics.Add(Diagnostic.Error("reserved-id", source, span, $"`{Excerpt.Of(id)}` cannot be {what}: ids that begin with `__` are GitHub's own"));
            return false;
        }

        if (!Identifier.IsLegal(id))
        {
            diagnostics.Add(Diagnostic.Error("bad-id", source, span, $"`{Excerpt.Of(id)}` cannot be {what}",
                "begin with a letter or `_`, go on with letters, digits, `-` and `_`, and stay below 100 characters"));
            return false;
        }

        return true;
    }

    private void CheckRunsOn(Template? runsOn)
    {
        if (runsOn?["group"] is not Template.Literal { LiteralText: { } group } place || !group.Contains('/', StringComparison.Ordinal))
        {
            return;
        }

        var parts = group.Split('/');
        if (parts is not [("org" or "organization" or "ent" or "enterprise"), { Length: > 0 }])
        {
            Report("bad-runs-on-group", place.Span, $"`{Excerpt.Of(group)}` names no group of runners", "write the group's name, or `org/NAME`, `organization/NAME`, `ent/NAME`, `enterprise/NAME`");
        }
    }

    private void CheckContainer(Template? container, bool mayBeEmpty)
    {
        switch (container)
        {
            case Template.Map map when map["image"] is null && map.Entries.All(e => e.Key is Template.Literal):
                Report("empty-container-image", map.Span, "a container needs an `image`");
                break;
            case Template.Map map when map["image"] is Template.Literal { LiteralText: "" } image:
                Report("empty-container-image", image.Span, "the `image` of a container cannot be empty");
                break;
            case Template.Literal { LiteralText: "" } text when !mayBeEmpty:
                Report("empty-container-image", text.Span, "the image of a service cannot be empty");
                break;
        }
    }

    private void CheckMatrix(Template? matrix)
    {
        if (matrix is not Template.Map map || map.Entries.Any(e => e.Key is not Template.Literal || (e.Key.LiteralText == "include" && e.Value is Template.Dynamic)))
        {
            return;
        }

        var vectors = map.Entries.Any(e => e.Key.LiteralText is not ("include" or "exclude"));
        if (!vectors && map["include"] is not Template.List { Items.Length: > 0 })
        {
            Report("matrix-empty", map.Span, "the matrix has no values: it needs a key with a list, or an `include`");
        }
    }

    /// <summary>Every need is a job, some job can start, and no job waits for itself.</summary>
    private void CheckNeeds(WorkflowFile workflow, Template.Map? jobs)
    {
        if (jobs is null)
        {
            return;
        }

        if (jobs.Entries.IsEmpty)
        {
            Report("no-root-job", jobs.Span, "the workflow has no job", "add a job under `jobs`");
            return;
        }

        foreach (var job in workflow.Jobs)
        {
            foreach (var need in job.Needs.Where(n => workflow.FindJob(n.Text) is null))
            {
                Report("unknown-need", need.Span, $"job `{job.Id}` needs `{Excerpt.Of(need.Text)}`, which is no job of this workflow",
                    Suggest.Nearest(need.Text, workflow.Jobs.Select(j => j.Id)) is { } near ? $"did you mean `{near}`?" : $"the jobs are {string.Join(", ", workflow.Jobs.Select(j => $"`{j.Id}`"))}");
            }
        }

        if (!workflow.Jobs.IsEmpty && workflow.Jobs.All(j => !j.Needs.IsEmpty))
        {
            Report("no-root-job", workflow.Jobs[0].Span, "no job can start: every job needs another one", "remove the `needs` of the job that should run first");
            return;
        }

        foreach (var job in workflow.Jobs)
        {
            foreach (var need in job.Needs.Where(n => workflow.FindJob(n.Text) is { } needed && Reaches(workflow, needed, job)))
            {
                Report("needs-cycle", need.Span, need.Text.Equals(job.Id, StringComparison.OrdinalIgnoreCase)
                    ? $"job `{job.Id}` needs itself"
                    : $"job `{job.Id}` needs `{need.Text}`, which needs `{job.Id}` in turn");
            }
        }
    }

    private static bool Reaches(WorkflowFile workflow, Job from, Job target)
    {
        var seen = new HashSet<Job>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Job>([from]);
        while (open.TryPop(out var job))
        {
            if (ReferenceEquals(job, target))
            {
                return true;
            }

            if (seen.Add(job))
            {
                foreach (var need in job.Needs)
                {
                    if (workflow.FindJob(need.Text) is { } next)
                    {
                        open.Push(next);
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Reads the workflow that a job calls and holds the call against what it declares.</summary>
    private CallJob Follow(WorkflowFile workflow, CallJob job)
    {
        if (job.Uses.Text.Length == 0 || _options.ResolveCallee is not { } resolve)
        {
            return job;
        }

        if (job.Reference is not { } reference)
        {
            Report("bad-uses", job.Uses.Span, $"`{Excerpt.Of(job.Uses.Text)}` names no workflow", "write `./.github/workflows/FILE.yml` or `owner/repository/.github/workflows/FILE.yml@ref`");
            return job;
        }

        if (_level.Depth >= _options.MaxCallDepth)
        {
            Report("limit-reuse-depth", job.Uses.Span, $"workflows call each other more than {_options.MaxCallDepth} levels deep");
            return job;
        }

        if (resolve(reference) is not { } source)
        {
            if (reference is WorkflowReference.Local)
            {
                Report("callee-missing", job.Uses.Span, $"there is no workflow `{reference}`");
            }

            return job;
        }

        var ceiling = PermissionSet.Resolve(workflow, job, _level.Ceiling);
        var (callee, problems) = Parse(source, _options, new CallLevel(reference, ceiling, _level.Depth + 1));
        _diagnostics.AddRange(problems);
        if (callee is null || problems.Any(p => p.Severity == Severity.Error))
        {
            var deeper = problems.FirstOrDefault(p => p.Id is "permission-exceeds-caller" or "limit-reuse-depth");
            Report(deeper?.Id ?? "callee-invalid", deeper is null ? job.Uses.Span : job.Span, $"the called workflow `{source.Name}` is invalid{(deeper is null ? "" : $": {deeper.Message}")}");
        }

        if (callee is null)
        {
            return job;
        }

        CheckPermissions(job, callee, reference, ceiling);
        if (callee.Call is not { } call)
        {
            Report("not-callable", job.Uses.Span, $"the workflow `{source.Name}` cannot be called", "add `workflow_call` to its `on`");
        }
        else
        {
            CheckInputs(job, call);
            CheckSecrets(job, call);
        }

        return job with { Callee = callee };
    }

    private void CheckPermissions(CallJob job, WorkflowFile callee, WorkflowReference reference, PermissionSet ceiling)
    {
        ReportExcess(job, reference, "the workflow", callee.Permissions, ceiling);
        foreach (var nested in callee.Jobs)
        {
            ReportExcess(job, reference, $"its job `{nested.Id}`", nested.Permissions, ceiling);
        }
    }

    private void ReportExcess(CallJob job, WorkflowReference reference, string asker, PermissionSet? requested, PermissionSet ceiling)
    {
        var excess = requested?.Exceeds(ceiling).ToList() ?? [];
        if (excess.Count > 0)
        {
            var wants = string.Join(", ", excess.Select(e => $"{e.Scope}: {Level(e.Requested)}"));
            var may = string.Join(", ", excess.Select(e => $"{e.Scope}: {Level(e.Allowed)}"));
            Report("permission-exceeds-caller", job.Span, $"calling `{reference}` fails: {asker} requests `{wants}`, but job `{job.Id}` is only allowed `{may}`",
                $"give `{wants}` to job `{job.Id}` under its `permissions`, or ask for less in the called workflow");
        }
    }

    private static string Level(PermissionLevel level) => level.ToString().ToLowerInvariant();

    private void CheckInputs(CallJob job, CallInterface call)
    {
        var given = (job.With as Template.Map)?.Entries ?? [];
        foreach (var (key, value) in given.Where(e => e.Key is Template.Literal))
        {
            var name = key.LiteralText!;
            if (call.Inputs.FirstOrDefault(i => i.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } input)
            {
                Report("unknown-input", value.Span, $"the called workflow has no input `{Excerpt.Of(name)}`", HelpOn(name, call.Inputs.Select(i => i.Name), "inputs"));
            }
            else if (value is Template.Literal literal && !Suits(literal, input.Type))
            {
                Report("unexpected-value", value.Span, $"the input `{input.Name}` is a {input.Type}, and `{Excerpt.Of(literal.LiteralText!)}` is none",
                    literal.Value.Kind == Expressions.ValueKind.String ? "a quoted value is a text: remove the quotes" : null);
            }
        }

        if (job.With is not Template.Dynamic)
        {
            foreach (var input in call.Inputs.Where(i => i.Required && given.All(e => e.Key.HasExpression || !i.Name.Equals(e.Key.LiteralText, StringComparison.OrdinalIgnoreCase))))
            {
                Report("missing-input", job.Uses.Span, $"the called workflow needs the input `{input.Name}`", "give it under `with`");
            }
        }
    }

    /// <summary>Texts take any scalar; booleans and numbers only their own literals.</summary>
    private static bool Suits(Template.Literal literal, string type)
    {
        // The schema turned nothing into text here, so the node still tells the kind.
        var kind = literal.Node is ScalarNode scalar ? scalar.Kind : ScalarKind.String;
        return type switch
        {
            "boolean" => kind == ScalarKind.Boolean,
            "number" => kind == ScalarKind.Number,
            _ => true,
        };
    }

    private void CheckSecrets(CallJob job, CallInterface call)
    {
        if (job.InheritsSecrets)
        {
            return;
        }

        var given = (job.Secrets as Template.Map)?.Entries ?? [];
        foreach (var (key, value) in given.Where(e => e.Key is Template.Literal))
        {
            var name = key.LiteralText!;
            if (call.Secrets.All(s => !s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                Report("unknown-secret", value.Span, $"the called workflow takes no secret `{Excerpt.Of(name)}`", HelpOn(name, call.Secrets.Select(s => s.Name), "secrets"));
            }
        }

        foreach (var secret in call.Secrets.Where(s => s.Required && given.All(e => !s.Name.Equals(e.Key.LiteralText, StringComparison.OrdinalIgnoreCase))))
        {
            Report("missing-secret", job.Uses.Span, $"the called workflow needs the secret `{secret.Name}`", "give it under `secrets`, or write `secrets: inherit`");
        }
    }

    private static string? HelpOn(string name, IEnumerable<string> known, string what)
    {
        var names = known.ToList();
        return Suggest.Nearest(name, names) is { } near ? $"did you mean `{near}`?" : names.Count == 0 ? $"it declares no {what}" : $"its {what} are {string.Join(", ", names.Select(n => $"`{n}`"))}";
    }

    private void Report(string id, SourceSpan span, string message, string? help = null) =>
        _diagnostics.Add(Diagnostic.Error(id, _source, span, message, help));
}
