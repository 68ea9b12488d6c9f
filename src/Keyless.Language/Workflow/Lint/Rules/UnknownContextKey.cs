using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>A key that a context of GitHub's own does not have: the value is empty. GitHub Docs, "Contexts reference".</summary>
internal sealed class UnknownContextKey() : WorkflowRule("unknown-context-key", Severity.Warning)
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["github"] =
        [
            "action", "action_path", "action_ref", "action_repository", "action_status", "actor", "actor_id", "api_url", "artifact_cache_size_limit", "base_ref",
            "env", "event", "event_name", "event_path", "graphql_url", "head_ref", "job", "job_workflow_sha", "output", "path", "ref", "ref_name", "ref_protected",
            "ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "repositoryUrl", "retention_days",
            "run_attempt", "run_id", "run_number", "secret_source", "server_url", "sha", "state", "step_summary", "token", "triggering_actor", "workflow",
            "workflow_ref", "workflow_sha", "workspace",
        ],
        ["runner"] = ["name", "os", "arch", "temp", "tool_cache", "workspace", "debug", "environment"],
        ["job"] = ["status", "container", "services", "check_run_id", "workflow_ref", "workflow_sha", "workflow_repository", "workflow_file_path"],
        ["strategy"] = ["fail-fast", "job-index", "job-total", "max-parallel"],
    };

    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        var templates = workflow.Jobs.SelectMany(Uses.Of).Select(u => u.Template).Concat(Uses.In(workflow.Env)).Concat(Uses.In(workflow.RunName)).Concat(Uses.In(workflow.Concurrency));
        return from template in templates
               from context in Known
               from path in Uses.Paths(template.Expression, context.Key)
               where path.Count > 0 && path[0] is not ("*" or "") && !context.Value.Contains(path[0], StringComparer.OrdinalIgnoreCase)
               select Found(template.Source, template.Span, $"`{context.Key}` has no `{path[0]}`, so the value is empty",
                   Suggest.Nearest(path[0], context.Value) is { } near ? $"did you mean `{context.Key}.{near}`?" : null);
    }
}
