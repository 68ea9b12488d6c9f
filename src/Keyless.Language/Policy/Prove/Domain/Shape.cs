namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>
/// One way tokens are built: which claims exist, and each as a concatenation of text and variables. A token is a shape with a word for
/// each of its variables.
/// </summary>
internal sealed class Shape
{
    public required IReadOnlyDictionary<string, Term> Claims { get; init; }

    /// <summary>The subject's <c>include_claim_keys</c>; empty for GitHub's default form.</summary>
    public string[] Template { get; init; } = [];

    /// <summary>Whether subjects carry ids.</summary>
    public bool Immutable { get; init; }

    public required Identity Identity { get; init; }

    public required JobContext Context { get; init; }

    /// <summary>Where the job's workflow file comes from, in words; null for the repository's own.</summary>
    public string? Workflow { get; init; }

    public Term? this[string claim] => Claims.GetValueOrDefault(claim);
}

/// <summary>Whose repository a token is of.</summary>
internal enum IdentityKind
{
    /// <summary>A repository the domain names.</summary>
    Known,

    /// <summary>Another repository of an owner the domain names.</summary>
    OwnersOther,

    /// <summary>Someone else's repository.</summary>
    Stranger,

    /// <summary>A repository made anew under a known name by the same owner.</summary>
    RecycledRepository,

    /// <summary>Someone who registered a known owner's freed name.</summary>
    RecycledOwner,
}

/// <summary>A repository with its owner as terms of a shape.</summary>
internal sealed record Identity(IdentityKind Kind, Term Owner, Term OwnerId, Term Repository, Term RepositoryId, Term Visibility);

/// <summary>What a job runs for, as far as its subject and ref tell.</summary>
/// <param name="HasEnvironment">Then the subject names the environment and nothing else.</param>
internal sealed record JobContext(RefKind Ref, bool HasEnvironment);

internal enum RefKind
{
    Branch,
    Tag,
    PullRequest,
}
