using System.Collections.Immutable;

namespace Keyless.Language.Policy.Lint;

/// <summary>What the caller knows beyond the policy itself. Nothing of it is needed; each fact lets some checks say more.</summary>
public sealed record LintOptions
{
    public static LintOptions Default { get; } = new();

    /// <summary>The account the policy lives in.</summary>
    public string? AccountId { get; init; }

    /// <summary>Repositories in their canonical spelling, <c>owner/name</c>.</summary>
    public ImmutableArray<string> Repositories { get; init; } = [];

    /// <summary>The budget of each proof; checks by proof are silent when it ends. 0 turns them off.</summary>
    public long StatesPerProof { get; init; } = 20_000;

    /// <summary>The identity providers of the account; empty when they are not known.</summary>
    public ImmutableArray<KnownProvider> Providers { get; init; } = [];
}

/// <summary>An identity provider of the account.</summary>
/// <param name="ClientIds">The audiences it admits.</param>
public sealed record KnownProvider(string Arn, ImmutableArray<string> ClientIds)
{
    /// <summary>The provider's URL without scheme, as condition keys and ARNs carry it.</summary>
    public string Url => Arn[(Arn.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
