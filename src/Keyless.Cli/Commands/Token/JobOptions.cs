using System.Collections.Immutable;
using System.CommandLine;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Cli.Commands.Token;

/// <summary>The facts of a job as options: what GitHub would know when it signs the job's token.</summary>
internal sealed class JobOptions
{
    private readonly Option<string?> _ref = new("--ref") { Description = "The branch or tag: `main`, or a full `refs/...`; default `main`" };
    private readonly Option<string> _event = new("--event") { Description = "The event", DefaultValueFactory = _ => "push" };
    private readonly Option<string?> _payload = new("--event-file", "-e") { Description = "A JSON file with the event's payload" };
    private readonly Option<string?> _environment = new("--environment") { Description = "The environment the job names" };
    private readonly Option<string?> _actor = new("--actor") { Description = "Who started the run" };
    private readonly Option<string?> _actorId = new("--actor-id") { Description = "The actor's id" };
    private readonly Option<string> _defaultBranch = new("--default-branch") { Description = "The repository's default branch", DefaultValueFactory = _ => "main" };
    private readonly Option<string?> _enterprise = new("--enterprise") { Description = "The enterprise of the repository's owner, by its slug" };
    private readonly Option<string?> _enterpriseId = new("--enterprise-id") { Description = "That enterprise's id" };
    private readonly Option<string?> _runner = new("--runner-environment") { Description = "github-hosted or self-hosted" };
    private readonly Option<bool> _protected = new("--ref-protected") { Description = "Rules protect the ref" };
    private readonly Option<string[]> _property = new("--property") { Description = "A custom property of the repository that was selected for tokens, NAME=VALUE; may be repeated" };
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
        _visibility.AcceptOnlyFromAmong("public", "private", "internal");
        _runner.AcceptOnlyFromAmong("github-hosted", "self-hosted");
        Option[] all =
        [
            Repository, _ref, _event, _payload, _environment, _actor, _actorId, _workflow, _jobWorkflowRef, _immutable, _repositoryId, _ownerId, _visibility, _sha, _template,
            _defaultBranch, _enterprise, _enterpriseId, _runner, _protected, _property,
        ];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>The facts; null with a problem printed.</summary>
    public JobFacts? Read(ParseResult parsed)
    {
        Node? payload = null;
        if (parsed.GetValue(_payload) is { } file)
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

            if (read.Root is not MappingNode)
            {
                Terminal.Error.Problem($"`{source.Name}` is no JSON object, as an event's payload is");
                return null;
            }

            payload = read.Root;
        }

        var eventName = parsed.GetValue(_event)!;
        if (FaultOfEvent(eventName) is { } unknown)
        {
            Terminal.Error.Problem($"`--event {eventName}`: {unknown}");
            return null;
        }

        var reference = parsed.GetValue(_ref);
        var branch = parsed.GetValue(_defaultBranch)!;
        var known = new EventFacts.Known(
            reference is null ? $"refs/heads/{branch}" : reference.StartsWith("refs/", StringComparison.Ordinal) ? reference : $"refs/heads/{reference}",
            parsed.GetValue(_sha) ?? new string('0', 40), branch)
        {
            RefIsGiven = reference is not null,
            Repository = parsed.GetValue(Repository),
        };
        var implied = EventFacts.Of(eventName, payload, known);
        if (RepositoryOf(parsed, implied) is not { } repository
            || !TryProperties(parsed.GetValue(_property) ?? [], out var properties))
        {
            return null;
        }

        var template = parsed.GetValue(_template) ?? [];
        if (SubjectTemplate.FaultOf([.. template]) is { } fault)
        {
            Terminal.Error.Problem("`--subject-template`: " + fault);
            return null;
        }

        var facts = new JobFacts { Repository = repository };
        var actor = parsed.GetValue(_actor) ?? implied.Actor ?? facts.Actor;
        return facts with
        {
            Ref = implied.Ref,
            Sha = implied.Sha,
            HeadRef = implied.HeadRef,
            BaseRef = implied.BaseRef,
            EventName = eventName,
            Environment = parsed.GetValue(_environment),
            Actor = actor,
            ActorId = parsed.GetValue(_actorId) ?? (parsed.GetValue(_actor) is null ? implied.ActorId : null) ?? JobFacts.KnownActorId(actor) ?? "1",
            Workflow = parsed.GetValue(_workflow) ?? facts.Workflow,
            JobWorkflowRef = parsed.GetValue(_jobWorkflowRef),
            ImmutableSubject = parsed.GetValue(_immutable) ? true : null,
            RepositoryCreatedAt = implied.RepositoryCreatedAt,
            RepositoryId = parsed.GetValue(_repositoryId) ?? implied.RepositoryId ?? facts.RepositoryId,
            OwnerId = parsed.GetValue(_ownerId) ?? implied.OwnerId ?? facts.OwnerId,
            Visibility = parsed.GetValue(_visibility) ?? implied.Visibility ?? facts.Visibility,
            SubjectTemplate = [.. template],
            Enterprise = parsed.GetValue(_enterprise) ?? implied.Enterprise,
            EnterpriseId = parsed.GetValue(_enterpriseId) ?? implied.EnterpriseId,
            RunnerEnvironment = parsed.GetValue(_runner) ?? facts.RunnerEnvironment,
            RefProtected = parsed.GetValue(_protected),
            Properties = properties,
        };
    }

    private static string? FaultOfEvent(string name)
    {
        if (name == "workflow_call")
        {
            return "a called workflow's tokens name the caller's event; give that, and the called file as `--job-workflow-ref`";
        }

        var known = OnSchema.Events.Select(definition => definition.Name).ToList();
        return known.Contains(name, StringComparer.Ordinal) ? null
            : Suggest.Nearest(name, known) is { } near ? $"no event has that name; did you mean `{near}`?"
            : $"no event has that name; GitHub's are {string.Join(", ", known.Where(other => other != "workflow_call"))}";
    }

    private string? RepositoryOf(ParseResult parsed, EventFacts implied)
    {
        var repository = parsed.GetValue(Repository) ?? implied.Repository;
        if (repository?.Split('/') is [{ Length: > 0 }, { Length: > 0 }])
        {
            return repository;
        }

        Terminal.Error.Problem(repository is null ? "say whose token it is: `--repository OWNER/NAME`" : $"`--repository {repository}` is no OWNER/NAME");
        return null;
    }

    private static bool TryProperties(string[] pairs, out ImmutableSortedDictionary<string, string> properties)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        properties = all.ToImmutable();
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                Terminal.Error.Problem($"`--property {pair}` is no NAME=VALUE");
                return false;
            }

            all[pair[..equals]] = pair[(equals + 1)..];
        }

        properties = all.ToImmutable();
        return true;
    }
}
