using System.Collections.Immutable;
using System.Text;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>A concrete token and call: the job that gets the token, its claims, and the other condition keys of the call.</summary>
/// <param name="Claims">Every claim of the token but its times and id.</param>
/// <param name="Keys">Condition keys that are no claims, <c>aws:SourceIp</c> for example, where the question looks at them.</param>
public sealed record Counterexample(
    JobFacts Job, OidcProvider Provider, string Audience, ImmutableSortedDictionary<string, string> Claims, ImmutableSortedDictionary<string, ContextValue> Keys)
{
    /// <summary>The claims and keys that the question looks at.</summary>
    public ImmutableHashSet<string> Asked { get; init; } = [];

    private static readonly string[] TokenClaims = ["exp", "iat", "jti", "nbf"];

    public string Subject => Claims["sub"];

    /// <summary>The call as the evaluator judges it.</summary>
    public AccessRequest Request(KeyProfile profile = KeyProfile.Aws)
    {
        var keys = new TokenKeys(Provider, profile);
        var host = keys.Host;
        var context = new RequestContext();
        foreach (var (claim, value) in Claims)
        {
            if (keys.IsKey(claim))
            {
                context.With($"{host}:{claim}", value);
            }
        }

        foreach (var (key, value) in Keys)
        {
            if (value.IsMultivalued)
            {
                context.With(key, value.Values);
            }
            else
            {
                context.With(key, value.Values[0]);
            }
        }

        return Provider.Call(context);
    }

    /// <summary>Whether a trust policy admits it: the evaluator's own word.</summary>
    public Verdict Replay(PolicyDocument policy, KeyProfile profile = KeyProfile.Aws) =>
        Authorizer.Decide(Request(profile), new PolicySet { Resource = CompiledPolicy.Compile(policy), ResourcePolicyDelegates = true });

    /// <summary>The first Allow statement of a policy that admits it; null when none does.</summary>
    public Statement? AdmittedBy(PolicyDocument policy, KeyProfile profile = KeyProfile.Aws) =>
        policy.Statements.FirstOrDefault(statement => Compiler.IsAllow(statement) && Replay(policy with { Statements = [statement] }, profile) == Verdict.Allow);

    public string? this[string claim] =>
        claim.Contains(':', StringComparison.Ordinal)
            ? Request(KeyProfile.All).Context[claim]?.Values.FirstOrDefault()
            : Claims.GetValueOrDefault(claim);

    /// <summary>The command that makes this token.</summary>
    public string MintCommand()
    {
        var command = new StringBuilder("keyless token mint");
        Option("repository", Job.Repository);
        if (Job.HasIdsInSubject)
        {
            Switch("immutable-subject");
        }

        if (Job.EventName != "push")
        {
            Option("event", Job.EventName);
        }

        Option("ref", Job.Ref);
        if (Job.Environment is { } environment)
        {
            Option("environment", environment);
        }

        if (Job.HasIdsInSubject || Asked.Contains("repository_id") || Asked.Contains("repository_owner_id") || Job.SubjectTemplate.Any(key => key is "repository_id" or "repository_owner_id"))
        {
            Option("repository-id", Job.RepositoryId);
            Option("owner-id", Job.OwnerId);
        }

        foreach (var key in Job.SubjectTemplate)
        {
            Option("subject-template", key);
        }

        if (Job.JobWorkflowRef is { } workflow)
        {
            Option("job-workflow-ref", workflow);
        }

        foreach (var (claim, option, value) in new[] { ("actor", "actor", Job.Actor), ("workflow", "workflow", Job.Workflow), ("repository_visibility", "visibility", Job.Visibility), ("sha", "sha", Job.Sha) })
        {
            if (Asked.Contains(claim))
            {
                Option(option, value);
            }
        }

        Option("audience", Audience);
        return command.ToString();

        void Switch(string name) => command.Append(" --").Append(name);

        void Option(string name, string value)
        {
            Switch(name);
            command.Append(' ').Append(Quoted(value));
        }
    }

    internal static Counterexample Of(Shape shape, Model model, OidcProvider provider, IReadOnlyCollection<Atom> atoms)
    {
        string Value(string claim) => Vocabulary.FreeClaims.TryGetValue(claim, out var free) ? model[free.Variable] : shape[claim]!.Value(variable => model[variable]);
        string? Optional(string claim) => model.Value(Vocabulary.FreeClaims[claim]);

        var environment = shape.Context.HasEnvironment ? Value("environment") : null;
        var file = Value("workflow_ref");
        var own = $"{Value("repository")}/";
        var job = new JobFacts
        {
            Repository = Value("repository"),
            RepositoryId = Value("repository_id"),
            OwnerId = Value("repository_owner_id"),
            Visibility = Value("repository_visibility"),
            Ref = Value("ref"),
            Sha = Value("sha"),
            EventName = Value("event_name"),
            Environment = environment,
            HeadRef = Value("head_ref"),
            BaseRef = Value("base_ref"),
            Actor = Value("actor"),
            ActorId = Value("actor_id"),
            Workflow = Value("workflow"),
            WorkflowPath = file[own.Length..file.LastIndexOf('@' + Value("ref"), StringComparison.Ordinal)],
            JobWorkflowRef = shape.Workflow is null ? null : Value("job_workflow_ref"),
            JobWorkflowSha = Value("job_workflow_sha"),
            RunId = Value("run_id"),
            RunNumber = Value("run_number"),
            RunAttempt = Value("run_attempt"),
            CheckRunId = Value("check_run_id"),
            RunnerEnvironment = Value("runner_environment"),
            RefProtected = Value("ref_protected") == "true",
            Enterprise = Optional("enterprise"),
            EnterpriseId = Optional("enterprise_id"),
            ImmutableSubject = shape.Immutable,
            SubjectTemplate = [.. shape.Template],
        };
        var audience = Value("aud");
        var claims = Oidc.Claims.Of(job, new TokenTerms("https://" + provider.Host, audience, DateTimeOffset.UnixEpoch, "0"))
            .Where(claim => !TokenClaims.Contains(claim.Name))
            .ToImmutableSortedDictionary(claim => claim.Name, claim => claim.Text, StringComparer.Ordinal)
            .ToBuilder();

        // What the question looks at is as the search chose it, also where the issuer would make the value up itself.
        var keys = ImmutableSortedDictionary.CreateBuilder<string, ContextValue>(StringComparer.Ordinal);
        foreach (var meaning in atoms.Select(atom => atom.Key).Distinct())
        {
            if (meaning is KeyMeaning.Absent)
            {
                continue;
            }

            if (meaning is KeyMeaning.Multi multi)
            {
                if (model.ValuesOf(multi.Name) is { Count: > 0 } values)
                {
                    keys[multi.Name] = new ContextValue([.. values.Distinct()], IsMultivalued: true);
                }
            }
            else if (!meaning.Name.EndsWith("[]", StringComparison.Ordinal) && model.Value(meaning) is { } value)
            {
                if (meaning.Name.Contains(':', StringComparison.Ordinal))
                {
                    keys[meaning.Name] = new ContextValue([value], IsMultivalued: false);
                }
                else
                {
                    claims[meaning.Name] = value;
                }
            }
        }

        return new Counterexample(job, provider, audience, claims.ToImmutable(), keys.ToImmutable()) { Asked = [.. atoms.Select(atom => atom.Key.Name)] };
    }

    /// <summary>For a POSIX shell; plain words stay plain.</summary>
    private static string Quoted(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:@%+,=".Contains(c, StringComparison.Ordinal))
            ? value
            : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
