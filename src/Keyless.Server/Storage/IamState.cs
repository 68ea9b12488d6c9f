using System.Collections.Frozen;
using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;

namespace Keyless.Server.Storage;

/// <summary>Everything IAM knows at one moment. A request reads one snapshot; a write makes the next one.</summary>
public sealed record IamState
{
    public ImmutableDictionary<string, IamAccount> Accounts { get; init; } = ImmutableDictionary.Create<string, IamAccount>(StringComparer.Ordinal);

    /// <summary>Long-term access keys of all accounts, by id.</summary>
    public ImmutableDictionary<string, AccessKey> AccessKeys { get; init; } = ImmutableDictionary.Create<string, AccessKey>(StringComparer.Ordinal);

    /// <summary>The account; an empty one when nothing was ever made in it.</summary>
    public IamAccount Account(string id) => Accounts.GetValueOrDefault(id) ?? new IamAccount(id);

    /// <summary>The role of an ARN, whose path must be right too; null when there is none.</summary>
    public Role? RoleByArn(string arn)
    {
        if (!TrySplit(arn, ":role/", out var account, out var name)
            || !Accounts.TryGetValue(account, out var found)
            || !found.Roles.TryGetValue(name, out var role))
        {
            return null;
        }

        return role.Arn == arn ? role : null;
    }

    /// <summary>The user of an ARN; null when there is none.</summary>
    public User? UserByArn(string arn) =>
        TrySplit(arn, ":user/", out var account, out var name)
        && Accounts.TryGetValue(account, out var found)
        && found.Users.TryGetValue(name, out var user)
        && user.Arn == arn
            ? user
            : null;

    /// <summary>The group of an ARN; null when there is none.</summary>
    public Group? GroupByArn(string arn) =>
        TrySplit(arn, ":group/", out var account, out var name)
        && Accounts.TryGetValue(account, out var found)
        && found.Groups.TryGetValue(name, out var group)
        && group.Arn == arn
            ? group
            : null;

    /// <summary>The customer-managed policy of an ARN; null when there is none.</summary>
    public ManagedPolicy? PolicyByArn(string arn) =>
        TrySplit(arn, ":policy/", out var account, out _) && Accounts.TryGetValue(account, out var found)
            ? found.Policies.GetValueOrDefault(arn)
            : null;

    // arn:aws:iam::ACCOUNT:role/PATH/NAME
    private static bool TrySplit(string arn, string kind, out string account, out string name)
    {
        const string prefix = "arn:aws:iam::";
        account = name = "";
        if (!arn.StartsWith(prefix, StringComparison.Ordinal) || arn.Length < prefix.Length + 12 + kind.Length + 1)
        {
            return false;
        }

        if (arn.AsSpan(prefix.Length + 12, kind.Length) is var found && !found.SequenceEqual(kind))
        {
            return false;
        }

        account = Aws.RecentTexts.Of(arn.AsSpan(prefix.Length, 12));
        name = Aws.RecentTexts.Of(arn.AsSpan(arn.LastIndexOf('/') + 1));
        return name.Length > 0;
    }
}

/// <summary>One account's entities. Names compare without case, and lists are in the order of names.</summary>
public sealed record IamAccount(string Id)
{
    public ImmutableSortedDictionary<string, Role> Roles { get; init; } = ImmutableSortedDictionary.Create<string, Role>(StringComparer.OrdinalIgnoreCase);

    public ImmutableSortedDictionary<string, User> Users { get; init; } = ImmutableSortedDictionary.Create<string, User>(StringComparer.OrdinalIgnoreCase);

    public ImmutableSortedDictionary<string, Group> Groups { get; init; } = ImmutableSortedDictionary.Create<string, Group>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Customer-managed policies by ARN.</summary>
    public ImmutableSortedDictionary<string, ManagedPolicy> Policies { get; init; } =
        ImmutableSortedDictionary.Create<string, ManagedPolicy>(StringComparer.Ordinal);

    /// <summary>OIDC providers by ARN.</summary>
    public ImmutableSortedDictionary<string, OidcProvider> Providers { get; init; } =
        ImmutableSortedDictionary.Create<string, OidcProvider>(StringComparer.Ordinal);

    /// <summary>Everything that policies can be attached to.</summary>
    public IEnumerable<Identity> Identities => Roles.Values.Concat<Identity>(Users.Values).Concat(Groups.Values);

    /// <summary>The groups that a user is in, in the order of their names.</summary>
    public IEnumerable<Group> GroupsOf(User user) =>
        user.Groups.Order(StringComparer.OrdinalIgnoreCase).Select(name => Groups.GetValueOrDefault(name)).OfType<Group>();

    // Each exchange asks. A copy of the account by `with` copies it too, so it knows what it was made from.
    private ProviderIndex? _byIssuer;

    /// <summary>The provider whose URL is exactly an issuer; null when there is none.</summary>
    public OidcProvider? ProviderOf(string issuer)
    {
        var index = _byIssuer;
        if (index is null || !ReferenceEquals(index.Of, Providers))
        {
            _byIssuer = index = new ProviderIndex(Providers, Providers.Values.ToFrozenDictionary(provider => provider.Issuer, StringComparer.Ordinal));
        }

        return index.ByIssuer.GetValueOrDefault(issuer);
    }

    private sealed record ProviderIndex(ImmutableSortedDictionary<string, OidcProvider> Of, FrozenDictionary<string, OidcProvider> ByIssuer);

    /// <summary>The policy of that name whatever its path; null when there is none.</summary>
    public ManagedPolicy? PolicyByName(string name) =>
        Policies.Values.FirstOrDefault(policy => policy.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A policy's text as it was sent, and what it compiles to, made when first asked.</summary>
public sealed class StoredPolicy(string json)
{
    private CompiledPolicy? _compiled;

    public string Json { get; init; } = json;

    /// <summary>The policy ready to decide. One that cannot be read allows nothing.</summary>
    /// <param name="name">How explanations call it: its ARN, or its name for an inline policy.</param>
    public CompiledPolicy Compiled(PolicyKind kind, string name)
    {
        var known = _compiled;
        if (known is not null && known.Document.Kind == kind && known.Name == name)
        {
            return known;
        }

        var parsed = PolicyParser.ParseJson(new SourceText(name, Json), kind).Policy;
        return _compiled = parsed is null ? CompiledPolicy.Nothing : CompiledPolicy.Compile(parsed, name);
    }

    /// <summary>The trust policy with another name for a user or role; itself when it does not name that.</summary>
    public StoredPolicy WithPrincipal(string arn, string name)
    {
        var text = Json;
        var statements = PolicyParser.ParseJson(new SourceText("trust policy", text), PolicyKind.Trust).Policy?.Statements ?? [];
        foreach (var value in statements.SelectMany(statement => statement.Principal?.Values ?? []).Where(value => value.Type == PrincipalType.Aws && value.Text == arn).Reverse())
        {
            text = $"{text[..value.Span.Start]}\"{name}\"{text[value.Span.End..]}";
        }

        return ReferenceEquals(text, Json) ? this : new StoredPolicy(text);
    }
}

public sealed record Tag(string Key, string Value);

/// <summary>What roles, users and groups have in common: a name, and the policies that say what they may do. Groups have neither tags nor boundary.</summary>
public abstract record Identity
{
    private string? _arn;

    public required string Account { get; init; }

    /// <summary><c>/</c>, or <c>/text/</c>.</summary>
    public string Path
    {
        get;
        init
        {
            field = value;
            _arn = null;
        }
    } = "/";

    public required string Name
    {
        get;
        init
        {
            field = value;
            _arn = null;
        }
    }

    /// <summary>Unique for ever: another role of the same name has another.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];

    public ImmutableSortedDictionary<string, StoredPolicy> InlinePolicies { get; init; } =
        ImmutableSortedDictionary.Create<string, StoredPolicy>(StringComparer.Ordinal);

    /// <summary>ARNs of managed policies in the order of attachment.</summary>
    public ImmutableArray<string> AttachedPolicies { get; init; } = [];

    /// <summary>The ARN of the permissions boundary.</summary>
    public string? Boundary { get; init; }

    public string Arn => _arn ??= $"arn:aws:iam::{Account}:{Kind}{Path}{Name}";

    protected abstract string Kind { get; }
}

/// <summary>An IAM role. IAM API Reference, "Role".</summary>
public sealed record Role : Identity
{
    public string? Description { get; init; }

    public int MaxSessionDuration { get; init; } = 3600;

    public required StoredPolicy TrustPolicy { get; init; }

    protected override string Kind => "role";
}

/// <summary>An IAM user, for administrators. IAM API Reference, "User".</summary>
public sealed record User : Identity
{
    /// <summary>The names of the groups it is in; unique without case.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    protected override string Kind => "user";
}

/// <summary>An IAM group: its policies are also its users'. IAM API Reference, "Group".</summary>
public sealed record Group : Identity
{
    protected override string Kind => "group";
}

/// <summary>A user's long-term access key. IAM API Reference, "AccessKey".</summary>
public sealed record AccessKey(string Id, string Account, string UserName, Aws.Secret Secret, bool Active, DateTimeOffset CreatedAt);

/// <summary>A customer-managed policy with its versions. IAM API Reference, "Policy".</summary>
public sealed record ManagedPolicy
{
    public required string Account { get; init; }

    public string Path { get; init; } = "/";

    public required string Name { get; init; }

    public required string Id { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>In the order of creation; ids never come again.</summary>
    public required ImmutableArray<PolicyVersionEntry> Versions { get; init; }

    public required int DefaultVersion { get; init; }

    /// <summary>The number of the last version made, also if it was deleted.</summary>
    public required int LastVersion { get; init; }

    public string Arn => ArnOf(Account, Path, Name);

    public PolicyVersionEntry Default => Versions.First(version => version.Number == DefaultVersion);

    public static string ArnOf(string account, string path, string name) => $"arn:aws:iam::{account}:policy{path}{name}";
}

/// <summary>A version of a managed policy; its id is <c>v</c> and the number.</summary>
public sealed record PolicyVersionEntry(int Number, StoredPolicy Policy, DateTimeOffset CreatedAt)
{
    public string Id => $"v{Number}";
}

/// <summary>An IAM OIDC identity provider. IAM API Reference, "GetOpenIDConnectProvider".</summary>
public sealed record OidcProvider
{
    public required string Account { get; init; }

    /// <summary>The whole issuer URL, as tokens have it in <c>iss</c>. With the account it is what a provider is: neither ever changes.</summary>
    public required string Issuer { get; init; }

    public ImmutableArray<string> ClientIds { get; init; } = [];

    /// <summary>SHA-1 of a CA certificate, lower-case hex.</summary>
    public ImmutableArray<string> Thumbprints { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>The issuer without its scheme: <c>Url</c> in answers, the end of the ARN.</summary>
    public string Url => field ??= Issuer[(Issuer.IndexOf("://", StringComparison.Ordinal) + 3)..];

    /// <summary>What the names of the provider's condition keys begin with: the URL and a colon.</summary>
    public string KeyPrefix => field ??= Url + ":";

    /// <summary>One that every account has: <c>accounts.google.com</c>. It is in no account's list.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>What trust policies name it by: of a built-in provider the domain.</summary>
    public string Arn => field ??= IsBuiltIn ? Url : ArnOf(Account, Url);

    /// <summary>Whoever bears a token of this provider, as policies see them.</summary>
    public Requester AsRequester => field ??= new Requester.Federated(Arn);

    public static string ArnOf(string account, string url) => $"arn:aws:iam::{account}:oidc-provider/{url}";
}
