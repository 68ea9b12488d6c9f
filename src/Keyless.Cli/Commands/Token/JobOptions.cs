using System.CommandLine;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Token;

/// <summary>The facts of a job as options: what GitHub would know when it signs the job's token.</summary>
internal sealed class JobOptions
{
    private readonly Option<string?> _ref = new("--ref") { Description = "The branch or tag: `main`, or a full `refs/...`; default `main`" };
    private readonly Option<string> _event = new("--event") { Description = "The event", DefaultValueFactory = _ => "push" };
    private readonly Option<string?> _payload = new("--event-file", "-e") { Description = "A JSON file with the event's payload" };
    private readonly Option<string?> _environment = new("--environment") { Description = "The environment the job names" };
    private readonly Option<string?> _actor = new("--actor") { Description = "Who started the run" };
    private readonly Option<string?> _workflow = new("--workflow") { Description = "The workflow's name" };
    private readonly Option<string?> _jobWorkflowRef = new("--job-workflow-ref") { Description = "OWNER/REPO/PATH@REF of the reusable workflow" };
    private readonly Option<bool> _immutable = new("--immutable-subject") { Description = "The repository's subjects carry ids" };
    private readonly Option<string?> _repositoryId = new("--repository-id") { Description = "The repository's id" };
    private readonly Option<string?> _ownerId = new("--owner-id") { Description = "The owner's id" };
    private readonly Option<string?> _visibility = new("--visibility") { Description = "public, private or internal" };
    private readonly Option<string?> _sha = new("--sha") { Description = "The commit" };
    private readonly Option<string[]> _template = new("--subject-template") { Description = "The customised subject's claim keys, in order", AllowMultipleArgumentsPerToken = true };

    public Option<string?> Repository { get; } = new("--repository") { Description = "OWNER/NAME, for the token GitHub would give a job" };

    public void AddTo(Command command)
    {
        Option[] all = [Repository, _ref, _event, _payload, _environment, _actor, _workflow, _jobWorkflowRef, _immutable, _repositoryId, _ownerId, _visibility, _sha, _template];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>The facts; null with a problem printed.</summary>
    public JobFacts? Read(ParseResult parsed)
    {
        if (parsed.GetValue(Repository) is not { } repository || repository.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            Terminal.Error.Problem(parsed.GetValue(Repository) is { } given ? $"`--repository {given}` is no OWNER/NAME" : "say whose token it is: `--repository OWNER/NAME`");
            return null;
        }

        Node? payload = null;
        if (parsed.GetValue(_payload) is { } file)
        {
            if (!InputFile.TryRead(file, out var source, out var problem))
            {
                Terminal.Error.Problem(problem);
                return null;
            }

            var read = JsonReader.Read(source);
            payload = read.Root;
            if (payload is null)
            {
                Terminal.Error.Write(Keyless.Language.Diagnostics.TextRenderer.Render(read.Diagnostics));
                return null;
            }
        }

        var facts = new JobFacts { Repository = repository };
        var reference = parsed.GetValue(_ref) ?? "main";
        var eventName = parsed.GetValue(_event)!;
        var known = new EventFacts.Known(reference.StartsWith("refs/", StringComparison.Ordinal) ? reference : $"refs/heads/{reference}", parsed.GetValue(_sha) ?? facts.Sha, "main");
        var implied = EventFacts.Of(eventName, payload, known);
        var template = parsed.GetValue(_template) ?? [];
        if (SubjectTemplate.FaultOf([.. template]) is { } fault)
        {
            Terminal.Error.Problem("`--subject-template`: " + fault);
            return null;
        }

        return facts with
        {
            Ref = implied.Ref,
            Sha = implied.Sha,
            HeadRef = implied.HeadRef,
            BaseRef = implied.BaseRef,
            EventName = eventName,
            Environment = parsed.GetValue(_environment),
            Actor = parsed.GetValue(_actor) ?? facts.Actor,
            Workflow = parsed.GetValue(_workflow) ?? facts.Workflow,
            JobWorkflowRef = parsed.GetValue(_jobWorkflowRef),
            ImmutableSubject = parsed.GetValue(_immutable),
            RepositoryId = parsed.GetValue(_repositoryId) ?? facts.RepositoryId,
            OwnerId = parsed.GetValue(_ownerId) ?? facts.OwnerId,
            Visibility = parsed.GetValue(_visibility) ?? facts.Visibility,
            SubjectTemplate = [.. template],
        };
    }
}
