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
            ? "subjects have GitHub's default form, classic or immutable; nobody uses a customised template (`--templates any` drops this)"
            : "subjects have GitHub's default form or a customised template of one or two keys";
        yield return Names == NameLifetime.Fixed
            ? "a name and its id belong together; no freed name is registered again (`--names recyclable` drops this)"
            : "a freed name may be registered by someone else, with another id";
        yield return Keys == KeyProfile.Aws
            ? "only the claims AWS fills keys for can be tested (`--keys all` takes every claim)"
            : "every claim of the token is a condition key, as Keyless can be set to do; AWS fills only some";
        yield return Owners.IsEmpty
            ? "no owner or repository is known, so any login and any name may exist (`--domain FILE` names yours)"
            : $"{string.Join(", ", Owners.Take(5).Select(owner => owner.Id is null ? $"{owner.Name} (any id)" : $"{owner.Name} (id {owner.Id})"))}"
                + $"{(Owners.Length > 5 ? $" and {Owners.Length - 5} more" : "")} are known by name, everyone else is a stranger with another name and id";
        yield return Audiences.IsEmpty
            ? "the provider's client ids are `sts.amazonaws.com` and the audiences that the policies spell out (`--audience` says otherwise)"
            : $"the provider's client ids are {string.Join(", ", Audiences.Select(audience => $"`{audience}`"))}";
        yield return "a pull request runs on `refs/pull/N/merge`; every other job on a branch or a tag";
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
