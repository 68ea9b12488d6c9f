using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow;

/// <summary>What a repository grants workflows that do not say: Settings, Actions, Workflow permissions.</summary>
public enum PermissionPolicy
{
    /// <summary>Read access to contents and packages.</summary>
    Restricted,

    /// <summary>Write access to everything but <c>id-token</c>.</summary>
    Permissive,
}

/// <summary>
/// What the job's <c>GITHUB_TOKEN</c> may do, and whether the job may ask for an ID token. docs.github.com, "Workflow syntax for GitHub Actions",
/// section "permissions": what is not named is none.
/// </summary>
public sealed record PermissionSet(ImmutableSortedDictionary<string, PermissionLevel> Levels)
{
    public static readonly PermissionSet Nothing = new(ImmutableSortedDictionary.Create<string, PermissionLevel>(StringComparer.Ordinal));

    public static readonly PermissionSet ReadAll = Of(s => s.HasRead ? PermissionLevel.Read : PermissionLevel.None);

    public static readonly PermissionSet WriteAll = Of(s => s.HasWrite ? PermissionLevel.Write : PermissionLevel.Read);

    private static readonly PermissionSet Restricted = Of(s => s.Name is "contents" or "packages" ? PermissionLevel.Read : PermissionLevel.None);

    private static readonly PermissionSet Permissive = Of(s => s.Name == PermissionScope.IdToken ? PermissionLevel.None : s.HasWrite ? PermissionLevel.Write : PermissionLevel.Read);

    /// <summary>Where it is written; empty for a default.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>The scopes in the order of the file; for shorthands and defaults all of them.</summary>
    public ImmutableArray<string> Named { get; init; } = [.. Levels.Keys];

    /// <summary>The level of a scope; what is not named is none.</summary>
    public PermissionLevel this[string scope] => Levels.GetValueOrDefault(scope);

    /// <summary>Whether a job with these permissions may ask for an ID token, forks and Dependabot apart; see <see cref="Oidc.TokenAccess"/>.</summary>
    public bool GrantsIdToken => this[PermissionScope.IdToken] == PermissionLevel.Write;

    public static PermissionSet Of(PermissionPolicy policy) => policy == PermissionPolicy.Restricted ? Restricted : Permissive;

    /// <summary>The permissions of a job: its own alone, else the workflow's alone, else what it is given from outside.</summary>
    /// <param name="otherwise">The calling job's permissions, or the repository's default.</param>
    public static PermissionSet Resolve(WorkflowFile workflow, Job job, PermissionSet otherwise) => job.Permissions ?? workflow.Permissions ?? otherwise;

    /// <summary>What a pull request from a fork leaves: reads, and no ID token.</summary>
    public PermissionSet CappedToRead() => this with
    {
        Levels = Levels.ToImmutableSortedDictionary(l => l.Key, l => l.Value == PermissionLevel.None || l.Key == PermissionScope.IdToken ? PermissionLevel.None : PermissionLevel.Read, StringComparer.Ordinal),
    };

    /// <summary>The scopes in which this asks for more than is allowed.</summary>
    public IEnumerable<(string Scope, PermissionLevel Requested, PermissionLevel Allowed)> Exceeds(PermissionSet allowed) =>
        Levels.Where(l => l.Value > allowed[l.Key]).Select(l => (l.Key, l.Value, allowed[l.Key]));

    private static PermissionSet Of(Func<PermissionScope, PermissionLevel> level) =>
        new(PermissionScope.All.ToImmutableSortedDictionary(s => s.Name, level, StringComparer.Ordinal));
}
