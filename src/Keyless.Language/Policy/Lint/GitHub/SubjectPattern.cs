using Keyless.Language.Oidc;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.GitHub;

/// <summary>How much of the owner or repository a subject pattern pins down.</summary>
internal enum Pinned
{
    /// <summary>One name, with or without ids.</summary>
    Exact,

    /// <summary>Literal text with a wildcard in it.</summary>
    Partly,

    /// <summary>Any.</summary>
    Free,
}

/// <summary>
/// A value that <c>sub</c> is compared with, read as <c>repo:OWNER/REPO:CONTEXT</c>, the default subject of GitHub's tokens.
/// GitHub Docs, "OpenID Connect reference", Example subject claims.
/// </summary>
internal sealed class SubjectPattern
{
    private static readonly string[] Tails = ["environment:", "pull_request", "ref:"];

    private static readonly TextShape[] Shapes =
    [
        .. from head in (object[][])[
                ["repo:", Letters.Login, "/", Letters.RepositoryName, ":"],
                ["repo:", Letters.Login, "@", Letters.Digits, "/", Letters.RepositoryName, "@", Letters.Digits, ":"]]
           from tail in (object[][])[
                ["environment:", Letters.EnvironmentName],
                ["pull_request"],
                ["ref:"],
                ["ref:refs/heads/", Letters.RefName],
                ["ref:refs/tags/", Letters.RefName],
                ["ref:refs/pull/", Letters.Digits, "/merge"]]
           select TextShape.Of([.. head, .. tail]),
    ];

    private bool? _isRealisable;

    private SubjectPattern(string text, bool wildcards)
    {
        Text = text;
        HasWildcards = wildcards && Glob.HasWildcard(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        FirstKey = colon < 0 ? text : text[..colon];

        // A star inside the very first word may stand for `repo:` and anything behind it.
        if (HasWildcards && FirstKey.Contains('*', StringComparison.Ordinal))
        {
            (IsRepository, Owner, Repository, Context) = (true, "*", "*", "*");
            OwnerPinned = RepositoryPinned = Pinned.Free;
            return;
        }

        IsRepository = FirstKey == "repo";
        if (!IsRepository)
        {
            (Owner, Repository, Context) = ("", "", "");
            return;
        }

        var rest = text[(colon + 1)..];
        var end = rest.AsSpan().IndexOfAny('/', ':') is var at and >= 0 ? at : rest.Length;
        Owner = rest[..end];
        OwnerPinned = HasWildcards ? PinnedBy(Owner) : Pinned.Exact;
        if (end < rest.Length && rest[end] == '/')
        {
            var behind = rest[(end + 1)..];
            var context = behind.IndexOf(':', StringComparison.Ordinal);
            Repository = context < 0 ? behind : behind[..context];
            Context = context < 0 ? null : behind[(context + 1)..];
        }
        else
        {
            // Without a slash only a star can supply it, and then it supplies any repository.
            var starred = HasWildcards && Owner.Contains('*', StringComparison.Ordinal);
            Repository = starred ? "*" : "";
            Context = end < rest.Length ? rest[(end + 1)..] : null;
        }

        if (Context is null && HasWildcards && text.EndsWith('*'))
        {
            Context = "*";
        }

        RepositoryPinned = HasWildcards ? PinnedBy(Repository) : Pinned.Exact;
    }

    public string Text { get; }

    /// <summary>Whether it holds a wildcard and stands under an operator that knows wildcards.</summary>
    public bool HasWildcards { get; }

    /// <summary>The text before the first colon: <c>repo</c> unless the template was customised.</summary>
    public string FirstKey { get; }

    public bool IsRepository { get; }

    public string Owner { get; }

    public Pinned OwnerPinned { get; }

    public string Repository { get; }

    public Pinned RepositoryPinned { get; }

    /// <summary>What follows the repository; null when the colon behind it is missing.</summary>
    public string? Context { get; }

    public bool ContextIsFree => HasWildcards && Context is not null && Glob.IsFree(Context);

    /// <summary>Whether exactly one owner and one repository are meant, whatever the context.</summary>
    public bool NamesOneRepository => IsRepository && OwnerPinned == Pinned.Exact && RepositoryPinned == Pinned.Exact && Owner.Length > 0 && Repository.Length > 0;

    /// <summary>Written with ids: <c>repo:octo-org@123/octo-repo@456:</c>.</summary>
    public bool IsImmutable => Owner.Contains('@', StringComparison.Ordinal) || Repository.Contains('@', StringComparison.Ordinal);

    /// <summary>The names without ids, <c>owner/repository</c>.</summary>
    public string Names => $"{WithoutId(Owner)}/{WithoutId(Repository)}";

    /// <summary>Whether GitHub's default template can produce a subject that matches.</summary>
    public bool IsRealisable => _isRealisable ??= Array.Exists(Shapes, TextShape.OfPattern(Text, HasWildcards).Meets);

    /// <summary>Whether the keys are those of a customised template, which no rule here can know.</summary>
    public bool IsCustomised => IsRepository
        ? Context is { } context && !HasDefaultContext(context) && IsClaim(context.Split(':')[0])
        : IsClaim(FirstKey);

    public static SubjectPattern Of(string text, OperatorName op) => new(text, op.HasWildcards);

    public static bool HasDefaultContext(string context) => Tails.Any(tail => context.StartsWith(tail, StringComparison.Ordinal));

    public static bool IsClaim(string key) => key is "repo" or "context" || key.StartsWith("repo_property_", StringComparison.Ordinal) || ClaimCatalogue.JobClaims.Contains(key);

    private static string WithoutId(string name) => name.IndexOf('@', StringComparison.Ordinal) is var at and >= 0 ? name[..at] : name;

    /// <summary><c>octo-org@*</c> is one name with any id: <c>@</c> cannot occur in names.</summary>
    private static Pinned PinnedBy(string part)
    {
        var at = part.IndexOf('@', StringComparison.Ordinal);
        if (at > 0 && part[(at + 1)..] == "*")
        {
            part = part[..at];
        }

        return !Glob.HasWildcard(part) ? Pinned.Exact : Glob.IsFree(part.Replace("@", "", StringComparison.Ordinal)) ? Pinned.Free : Pinned.Partly;
    }
}
