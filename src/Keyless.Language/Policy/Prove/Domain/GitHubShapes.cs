using System.Collections.Immutable;
using System.Text;

namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>
/// The shapes of GitHub's tokens under a domain: whose repository, classic or immutable subject or a template, what the job runs for,
/// which workflow file. Shapes that differ in nothing the question asks about are one. GitHub Docs, "OpenID Connect reference".
/// </summary>
internal sealed class GitHubShapes(TokenDomain domain, string issuer, IReadOnlyList<string> audiences, IReadOnlySet<string> asked)
{
    private static readonly JobContext[] Contexts =
    [
        new(RefKind.Branch, HasEnvironment: false),
        new(RefKind.Branch, HasEnvironment: true),
        new(RefKind.PullRequest, HasEnvironment: false),
        new(RefKind.Tag, HasEnvironment: false),
        new(RefKind.PullRequest, HasEnvironment: true),
        new(RefKind.Tag, HasEnvironment: true),
    ];

    private readonly Term _audience = audiences is [var only] ? only : new Variable("audience", new OneOf([.. audiences]) { Plausible = [.. audiences] });
    private readonly Variable _ownerId = new("owner_id", Vocabulary.Id("1001", "2001")) { Excluded = OwnerIds(domain) };
    private readonly Variable _repositoryId = new("repository_id", Vocabulary.Id("5001", "6001")) { Excluded = RepositoryIds(domain) };
    private readonly Variable _anyOwnerId = new("owner_id", Vocabulary.Id("1001", "2001"));
    private readonly Variable _anyRepositoryId = new("repository_id", Vocabulary.Id("5001", "6001"));
    private readonly Variable _repository = new("repository", Vocabulary.Repository("site", "infra"));
    private readonly Variable _visibility = new("visibility", new OneOf("public", "private", "internal") { Plausible = ["private", "public"] });
    private readonly Variable _stranger = new("owner", Vocabulary.Login("acme", "mallory")) { Excluded = [.. domain.Owners.Select(owner => owner.Name)] };
    private readonly Variable _branch = new("branch", Vocabulary.Ref("main", "feature"));
    private readonly Variable _tag = new("tag", Vocabulary.Ref("v1", "v2"));
    private readonly Variable _number = new("pull_request", Vocabulary.Id("7"));
    private readonly Variable _environment = new("environment", Vocabulary.Text(255, "production", "staging"));
    private readonly Variable _nodeId = new("environment_node_id", Vocabulary.Text(64, "EN_kwDOAAAAAM4AAAAA"));
    private readonly Variable _event = new("event", new OneOf(Vocabulary.Events) { Plausible = ["push", "workflow_dispatch"] });
    private readonly Variable _head = new("head", Vocabulary.Ref("feature"));
    private readonly Variable _base = new("base", Vocabulary.Ref("main"));
    private readonly Variable _file = new("workflow_file", Vocabulary.File("deploy.yml", "ci.yml"));
    private readonly Variable _calledOwner = new("called_owner", Vocabulary.Login("mallory", "acme")) { Excluded = [.. domain.Owners.Select(owner => owner.Name)] };
    private readonly Variable _calledRepository = new("called_repository", Vocabulary.Repository("workflows", "shared"));
    private readonly Variable _calledFile = new("called_file", Vocabulary.File("deploy.yml", "build.yml"));
    private readonly Variable _calledBranch = new("called_branch", Vocabulary.Ref("main"));
    private readonly Variable _calledTag = new("called_tag", Vocabulary.Ref("v1"));
    private readonly Variable _calledCommit = new("called_commit", Vocabulary.Sha(new string('c', 40)));

    /// <summary>Shapes in the order in which an example reads best: the plainest first.</summary>
    /// <param name="mayStart">Whether the formula can still hold when the subject begins with a text; others are not built.</param>
    public IEnumerable<Shape> All(Func<string, bool> mayStart)
    {
        var identities = Identities().ToList();
        foreach (var shape in Of(identities, [], _ => true))
        {
            yield return shape;
        }

        // A template changes nothing but the subject.
        if (domain.Templates != TemplateScope.Any || !asked.Contains("sub"))
        {
            yield break;
        }

        foreach (var template in Templates(mayStart))
        {
            foreach (var shape in Of(identities, template, mayStart))
            {
                yield return shape;
            }
        }
    }

    private static IEnumerable<string[]> Templates(Func<string, bool> mayStart)
    {
        var first = Vocabulary.TemplateKeys.Where(key => key == "context" || mayStart(key + ":")).ToList();
        foreach (var key in first)
        {
            yield return [key];
        }

        foreach (var key in first)
        {
            foreach (var second in Vocabulary.TemplateKeys)
            {
                if (second != key && (key, second) is not ("repo", "context"))
                {
                    yield return [key, second];
                }
            }
        }
    }

    private IEnumerable<Shape> Of(List<Identity> identities, string[] template, Func<string, bool> mayStart)
    {
        // Without the repository in it a subject carries no ids.
        var forms = template.Length == 0 || template.Contains("repo") ? [false, true] : new[] { false };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var immutable in forms)
        {
            foreach (var identity in identities)
            {
                if (template is ["repo", ..] && !mayStart(Lead(identity, immutable, template)))
                {
                    continue;
                }

                foreach (var context in Contexts)
                {
                    if (!context.HasEnvironment && template.Any(key => key is "environment" or "environment_node_id"))
                    {
                        continue;
                    }

                    foreach (var shape in Jobs(identity, immutable, context, template))
                    {
                        if (seen.Add(Signature(shape)))
                        {
                            yield return shape;
                        }
                    }
                }
            }
        }
    }

    /// <summary>The text a customised subject begins with whatever the job.</summary>
    private static string Lead(Identity identity, bool immutable, string[] template) =>
        Term.Of("repo:", Repository(identity, immutable), template is [_, var second] ? $":{second}:" : "").Lead;

    private static Term Repository(Identity identity, bool immutable) => immutable
        ? Term.Of(identity.Owner, "@", identity.OwnerId, "/", identity.Repository, "@", identity.RepositoryId)
        : Term.Of(identity.Owner, "/", identity.Repository);

    /// <summary>Pull requests' branches and called workflow files, where the question or the template looks at them.</summary>
    private IEnumerable<Shape> Jobs(Identity identity, bool immutable, JobContext context, string[] template)
    {
        foreach (var (heads, events) in Branches(context, template))
        {
            foreach (var (workflow, name) in Workflows(identity, context, template))
            {
                var claims = Claims(identity, context, heads, events, workflow);
                if (Subject(identity, immutable, context, template, claims) is { } subject)
                {
                    claims.Add("sub", subject);
                    yield return new Shape { Claims = claims, Template = template, Immutable = immutable, Identity = identity, Context = context, Workflow = name };
                }
            }
        }
    }

    private IEnumerable<((Term Head, Term Base) Heads, Term Event)> Branches(JobContext context, string[] template)
    {
        if (context.Ref == RefKind.PullRequest)
        {
            yield return ((_head, _base), "pull_request");
            yield break;
        }

        if (context.Ref == RefKind.Branch && (Asks("head_ref", template) || Asks("base_ref", template)))
        {
            yield return ((_head, _base), "pull_request_target");
        }

        yield return (("", ""), _event);
    }

    private bool Asks(string claim, string[] template) => asked.Contains(claim) || template.Contains(claim);

    private Dictionary<string, Term> Claims(Identity identity, JobContext context, (Term Head, Term Base) heads, Term events, Term workflow)
    {
        var claims = new Dictionary<string, Term>(StringComparer.Ordinal)
        {
            ["iss"] = issuer,
            ["aud"] = _audience,
            ["repository"] = Term.Of(identity.Owner, "/", identity.Repository),
            ["repository_id"] = identity.RepositoryId,
            ["repository_owner"] = identity.Owner,
            ["repository_owner_id"] = identity.OwnerId,
            ["repository_visibility"] = identity.Visibility,
            ["ref"] = RefOf(context),
            ["ref_type"] = context.Ref == RefKind.Tag ? "tag" : "branch",
            ["event_name"] = events,
            ["head_ref"] = heads.Head,
            ["base_ref"] = heads.Base,
            ["workflow_ref"] = OwnWorkflow(identity, context),
            ["job_workflow_ref"] = workflow,
            ["workflow_sha"] = Vocabulary.FreeClaims["sha"].Variable,
        };
        if (context.HasEnvironment)
        {
            claims.Add("environment", _environment);
            claims.Add("environment_node_id", _nodeId);
        }

        return claims;
    }

    private Term RefOf(JobContext context) => context.Ref switch
    {
        RefKind.Branch => Term.Of("refs/heads/", _branch),
        RefKind.Tag => Term.Of("refs/tags/", _tag),
        _ => Term.Of("refs/pull/", _number, "/merge"),
    };

    private Term OwnWorkflow(Identity identity, JobContext context) =>
        Term.Of(identity.Owner, "/", identity.Repository, "/.github/workflows/", _file, "@", RefOf(context));

    /// <summary>
    /// The files a job may come from: the repository's own, one of the same owner's repositories, or any public one. Only told apart when asked about.
    /// </summary>
    private IEnumerable<(Term Workflow, string? Name)> Workflows(Identity identity, JobContext context, string[] template)
    {
        yield return (OwnWorkflow(identity, context), null);
        if (!Asks("job_workflow_ref", template))
        {
            yield break;
        }

        foreach (var at in new Term[] { Term.Of("refs/heads/", _calledBranch), Term.Of("refs/tags/", _calledTag), _calledCommit })
        {
            yield return (Called(identity.Owner, _calledRepository, at), "one of the same owner's");
            yield return (Called(_calledOwner, _calledRepository, at), "someone's public one");
            foreach (var owner in domain.Owners)
            {
                if (identity.Owner.IsConstant && identity.Kind != IdentityKind.RecycledOwner && identity.Owner.ConstantText == owner.Name)
                {
                    continue;
                }

                // A stranger can call what is public, and what is not known to be private.
                var closed = owner.Repositories.Where(repository => repository.Visibility is "private" or "internal").Select(repository => repository.Name).ToImmutableArray();
                var open = new Variable("called_repository", Vocabulary.Repository([.. owner.Repositories.Where(repository => repository.Visibility == "public").Select(repository => repository.Name), "workflows"])) { Excluded = closed };
                yield return (Called(owner.Name, open, at), $"a public one of {owner.Name}");
            }
        }

        Term Called(Term owner, Term repository, Term at) => Term.Of(owner, "/", repository, "/.github/workflows/", _calledFile, "@", at);
    }

    private Term? Subject(Identity identity, bool immutable, JobContext context, string[] template, Dictionary<string, Term> claims)
    {
        var repo = Repository(identity, immutable);
        if (template.Length == 0)
        {
            return Term.Of("repo:", repo, ":", ContextOf(context));
        }

        var parts = new List<Term>();
        foreach (var key in template)
        {
            if (parts.Count > 0)
            {
                parts.Add(":");
            }

            switch (key)
            {
                case "repo":
                    parts.AddRange(["repo:", repo]);
                    break;
                case "context":
                    parts.Add(ContextOf(context));
                    break;
                default:
                    // An optional claim in a template is a claim the token has.
                    if (!claims.TryGetValue(key, out var value))
                    {
                        if (!Vocabulary.FreeClaims.TryGetValue(key, out var free))
                        {
                            return null;
                        }

                        value = free.Variable;
                        claims.Add(key, value);
                    }

                    parts.AddRange([key + ":", value.Escape()]);
                    break;
            }
        }

        return Term.Of([.. parts]);
    }

    private Term ContextOf(JobContext context) =>
        context.HasEnvironment ? Term.Of("environment:", ((Term)_environment).Escape())
        : context.Ref == RefKind.PullRequest ? "pull_request"
        : Term.Of("ref:", RefOf(context));

    private IEnumerable<Identity> Identities()
    {
        foreach (var owner in domain.Owners)
        {
            Term ownerId = owner.Id is { } id ? id : _anyOwnerId;
            foreach (var repository in owner.Repositories)
            {
                yield return new Identity(
                    IdentityKind.Known, owner.Name, ownerId, repository.Name,
                    repository.Id is { } repositoryId ? repositoryId : _anyRepositoryId,
                    repository.Visibility is { } visibility ? visibility : _visibility);
            }
        }

        foreach (var owner in domain.Owners)
        {
            Term ownerId = owner.Id is { } id ? id : _anyOwnerId;
            var other = new Variable("repository", Vocabulary.Repository("site", "infra", "another")) { Excluded = [.. owner.Repositories.Select(repository => repository.Name)] };
            yield return new Identity(IdentityKind.OwnersOther, owner.Name, ownerId, other, _repositoryId, _visibility);
        }

        yield return new Identity(IdentityKind.Stranger, _stranger, _ownerId, _repository, _repositoryId, _visibility);
        if (domain.Names != NameLifetime.Recyclable)
        {
            yield break;
        }

        foreach (var owner in domain.Owners)
        {
            Term ownerId = owner.Id is { } id ? id : _anyOwnerId;
            foreach (var repository in owner.Repositories)
            {
                yield return new Identity(IdentityKind.RecycledRepository, owner.Name, ownerId, repository.Name, _repositoryId, _visibility);
                yield return new Identity(IdentityKind.RecycledOwner, owner.Name, _ownerId, repository.Name, _repositoryId, _visibility);
            }

            yield return new Identity(IdentityKind.RecycledOwner, owner.Name, _ownerId, _repository, _repositoryId, _visibility);
        }
    }

    /// <summary>What the question can see of a shape.</summary>
    private string Signature(Shape shape)
    {
        var text = new StringBuilder();
        foreach (var claim in asked)
        {
            text.Append('\u0003');
            if (shape[claim] is { } term)
            {
                term.AppendSignature(text);
            }
            else
            {
                text.Append('\u0004');
            }
        }

        return text.ToString();
    }

    private static ImmutableArray<string> OwnerIds(TokenDomain domain) => [.. domain.Owners.Where(owner => owner.Id is not null).Select(owner => owner.Id!)];

    private static ImmutableArray<string> RepositoryIds(TokenDomain domain) =>
        [.. domain.Owners.SelectMany(owner => owner.Repositories).Where(repository => repository.Id is not null).Select(repository => repository.Id!)];
}
