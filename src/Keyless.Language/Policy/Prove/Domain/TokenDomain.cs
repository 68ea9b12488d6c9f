using System.Collections.Immutable;

namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>Which tokens a question is about: what is known of owners and repositories, and what a proof may take for granted.</summary>
public sealed record TokenDomain
{
    public static TokenDomain Default { get; } = new();

    public ImmutableArray<KnownOwner> Owners { get; init; } = [];

    public TemplateScope Templates { get; init; } = TemplateScope.Default;

    public NameLifetime Names { get; init; } = NameLifetime.Fixed;

    public KeyProfile Keys { get; init; } = KeyProfile.Aws;

    /// <summary>The provider's client ids, of which a token's audience must be one; empty means AWS's and those the question names.</summary>
    public ImmutableArray<string> Audiences { get; init; } = [];

    /// <summary>What a proof under this domain takes for granted, one sentence each.</summary>
    public IEnumerable<string> Assumptions()
    {
        yield return Templates == TemplateScope.Default
            ? "subjects: GitHub's default forms, classic and immutable; no customised ones (`--templates any` drops this)"
            : "subjects: GitHub's default forms, and customised ones of one or two keys";
        yield return Names == NameLifetime.Fixed
            ? "names: each keeps its id; no freed name is registered again (`--names recyclable` drops this)"
            : "names: a freed one may be registered by someone else, with another id";
        yield return Keys == KeyProfile.Aws
            ? "keys: those AWS fills from GitHub's claims (`--keys all` takes every claim)"
            : "keys: every claim of the token, as Keyless can be set to do; AWS fills only some";
        yield return Owners.IsEmpty
            ? "known: nobody, so any login and any repository may exist (`--domain FILE` names yours)"
            : $"known: {string.Join(", ", Owners.Take(5).Select(owner => owner.Id is null ? owner.Name : $"{owner.Name} (id {owner.Id})"))}"
                + $"{(Owners.Length > 5 ? $" and {Owners.Length - 5} more" : "")}; everyone else is a stranger of another name and id";
        yield return Audiences.IsEmpty
            ? "audience: `sts.amazonaws.com`, or one the policies spell out (`--audience` says otherwise)"
            : $"audience: {string.Join(", ", Audiences.Select(audience => $"`{audience}`"))}";
        yield return "jobs: pull requests run on `refs/pull/N/merge`, all others on a branch or a tag";
    }
}

/// <summary>An owner the asker knows. Without an id any id may be the owner's.</summary>
public sealed record KnownOwner(string Name, string? Id, ImmutableArray<KnownRepository> Repositories);

/// <param name="Visibility"><c>public</c>, <c>private</c> or <c>internal</c>; null leaves it open.</param>
public sealed record KnownRepository(string Name, string? Id, string? Visibility);

/// <summary>Which subjects there are beside GitHub's default forms.</summary>
public enum TemplateScope
{
    Default,

    /// <summary>Any customised template of one or two keys, which a token's owner may choose.</summary>
    Any,
}

public enum NameLifetime
{
    /// <summary>Names and ids belong together.</summary>
    Fixed,

    /// <summary>A stranger may hold a known name, with an id of their own.</summary>
    Recyclable,
}

/// <summary>Which claims are condition keys.</summary>
public enum KeyProfile
{
    /// <summary>Those AWS documents for GitHub.</summary>
    Aws,

    /// <summary>Every claim.</summary>
    All,
}
