using System.CommandLine;
using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary>The ways to say which token is meant: a token, its claims, or the facts of the job that asks for it.</summary>
internal sealed class TokenOptions
{
    private readonly Option<string?> _token = new("--token") { Description = "The token: a file, or its text; it is read, not verified" };
    private readonly Option<string?> _claims = new("--claims") { Description = "A JSON file with the token's claims; `-` reads standard input" };
    private readonly Option<string?> _repository = new("--repository") { Description = "OWNER/NAME, for the token GitHub would give a job" };
    private readonly Option<string?> _ref = new("--ref") { Description = "The branch or tag: `main`, or a full `refs/...`; default `main`" };
    private readonly Option<string> _event = new("--event") { Description = "The event", DefaultValueFactory = _ => "push" };
    private readonly Option<string?> _environment = new("--environment") { Description = "The environment the job names" };
    private readonly Option<string> _audience = new("--audience") { Description = "The audience asked for", DefaultValueFactory = _ => "sts.amazonaws.com" };
    private readonly Option<string?> _actor = new("--actor") { Description = "Who started the run" };
    private readonly Option<string?> _workflow = new("--workflow") { Description = "The workflow's name" };
    private readonly Option<string?> _jobWorkflowRef = new("--job-workflow-ref") { Description = "OWNER/REPO/PATH@REF of the reusable workflow" };
    private readonly Option<bool> _immutable = new("--immutable-subject") { Description = "The repository's subjects carry ids" };
    private readonly Option<string?> _repositoryId = new("--repository-id") { Description = "The repository's id" };
    private readonly Option<string?> _ownerId = new("--owner-id") { Description = "The owner's id" };

    public void AddTo(Command command)
    {
        Option[] all = [_token, _claims, _repository, _ref, _event, _environment, _audience, _actor, _workflow, _jobWorkflowRef, _immutable, _repositoryId, _ownerId];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>The claims; null with a problem printed.</summary>
    public MappingNode? Claims(ParseResult parsed, DateTimeOffset now)
    {
        var (token, claims, repository) = (parsed.GetValue(_token), parsed.GetValue(_claims), parsed.GetValue(_repository));
        if (new[] { token, claims, repository }.Count(v => v is not null) != 1)
        {
            Terminal.Error.Problem("say which token is meant: one of `--token`, `--claims` or `--repository`");
            return null;
        }

        return token is not null ? OfToken(token) : claims is not null ? OfFile(claims) : OfJob(parsed, repository!, now);
    }

    private static MappingNode? OfToken(string given)
    {
        var text = given;
        if (File.Exists(given))
        {
            if (!InputFile.TryRead(given, out var source, out var problem))
            {
                Terminal.Error.Problem(problem);
                return null;
            }

            text = source.Text;
        }

        text = text.Trim();
        if (Jwt.Parse(text, out var fault) is null)
        {
            Terminal.Error.Problem($"the token is no JWT: {fault!.Message}");
            return null;
        }

        var payload = Encoding.UTF8.GetString(Base64UrlText.Decode(text.Split('.')[1])!);
        return OfJson(new SourceText("<token>", payload));
    }

    private static MappingNode? OfFile(string file)
    {
        if (InputFile.TryRead(file, out var source, out var problem))
        {
            return OfJson(source);
        }

        Terminal.Error.Problem(problem);
        return null;
    }

    private static MappingNode? OfJson(SourceText source)
    {
        var read = JsonReader.Read(source);
        if (read.Root is MappingNode claims && read.Diagnostics.IsEmpty)
        {
            return claims;
        }

        if (read.Diagnostics.IsEmpty)
        {
            Terminal.Error.Problem($"`{source.Name}` holds no object of claims");
        }

        Terminal.Error.Write(TextRenderer.Render(read.Diagnostics));
        return null;
    }

    private MappingNode? OfJob(ParseResult parsed, string repository, DateTimeOffset now)
    {
        if (repository.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            Terminal.Error.Problem($"`--repository {repository}` is no OWNER/NAME");
            return null;
        }

        var eventName = parsed.GetValue(_event)!;
        var reference = parsed.GetValue(_ref) ?? (eventName == "pull_request" ? "refs/pull/1/merge" : "main");
        var facts = new JobFacts { Repository = repository };
        facts = facts with
        {
            Ref = reference.StartsWith("refs/", StringComparison.Ordinal) ? reference : $"refs/heads/{reference}",
            EventName = eventName,
            Environment = parsed.GetValue(_environment),
            Actor = parsed.GetValue(_actor) ?? facts.Actor,
            Workflow = parsed.GetValue(_workflow) ?? facts.Workflow,
            JobWorkflowRef = parsed.GetValue(_jobWorkflowRef),
            ImmutableSubject = parsed.GetValue(_immutable),
            RepositoryId = parsed.GetValue(_repositoryId) ?? facts.RepositoryId,
            OwnerId = parsed.GetValue(_ownerId) ?? facts.OwnerId,
        };
        var claims = Keyless.Language.Oidc.Claims.Of(facts, new TokenTerms(IssuerUrl.GitHub, parsed.GetValue(_audience), now, "offline"));
        return OfJson(new SourceText("<claims>", Encoding.UTF8.GetString(Keyless.Language.Oidc.Claims.ToJson(claims))));
    }
}
