using System.Collections.Immutable;

namespace Keyless.Server.Aws;

/// <summary>Who signed a request, after the signature was verified.</summary>
public abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>The twelve digits of the caller's account; null for nobody.</summary>
    public abstract string? Account { get; }

    /// <summary>The ARN that policies and messages name; null for nobody.</summary>
    public abstract string? Arn { get; }

    /// <summary>How people call whoever it is: shorter than the ARN, which the record has too.</summary>
    public string Called => Arn?.Split(':', 6)[5].Split('/') switch
    {
        null => "an unsigned caller",
        ["root"] => $"the root of account `{Account}`",
        ["assumed-role", var role, ..] => $"role `{role}`",
        ["federated-user", .. var name] => $"federated user `{string.Join('/', name)}`",
        [var kind, .. var path] => $"{kind} `{path[^1]}`",
        [] => Arn,
    };

    /// <summary>An unsigned request.</summary>
    public sealed record Anonymous : Caller
    {
        public override string? Account => null;

        public override string? Arn => null;
    }

    /// <summary>The account's root, whom no identity policy limits.</summary>
    public sealed record Root(string AccountId) : Caller
    {
        public override string Account => AccountId;

        public override string Arn => $"arn:aws:iam::{AccountId}:root";
    }

    public sealed record User(string AccountId, string Path, string Name, string UserId) : Caller
    {
        public override string Account => AccountId;

        public override string Arn => $"arn:aws:iam::{AccountId}:user{Path}{Name}";
    }

    /// <summary>Temporary credentials: a role session, a federated user, or a user's or root's session token.</summary>
    public sealed record WithSession(Session Session) : Caller
    {
        public override string Account => Session.Account;

        public override string Arn => Session.Arn;
    }
}

public enum SessionKind
{
    AssumedRole,
    FederatedUser,

    /// <summary>From GetSessionToken: the user or root itself, for a while.</summary>
    SessionToken,
}

/// <summary>
/// What a session token seals: everything a node must know to serve the session, so that sessions are stored nowhere.
/// Lives as long as its credentials; IAM User Guide, "Temporary security credentials".
/// </summary>
public sealed record Session
{
    public required SessionKind Kind { get; init; }

    public required string Account { get; init; }

    /// <summary><c>arn:aws:sts::A:assumed-role/NAME/SESSION</c>, <c>...:federated-user/NAME</c>, or the user's ARN.</summary>
    public required string Arn { get; init; }

    /// <summary><c>AROA...:session</c>, <c>A:name</c> or the user's id: <c>aws:userid</c>.</summary>
    public required string UserId { get; init; }

    public required string AccessKeyId { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>The role's ARN with its path: <c>aws:PrincipalArn</c>; null unless a role's.</summary>
    public string? RoleArn { get; init; }

    /// <summary>The role's unique id, so that sessions of a deleted and re-created role end with it.</summary>
    public string? RoleId { get; init; }

    /// <summary>The ARN of the user or root whose permissions a federated user has; null for other sessions.</summary>
    public string? GrantedBy { get; init; }

    /// <summary>Whether the caller that assumed the role was itself a role session.</summary>
    public bool Chained { get; init; }

    /// <summary>The inline session policy as JSON; null when none was passed.</summary>
    public string? Policy { get; init; }

    public ImmutableArray<string> PolicyArns { get; init; } = [];

    public ImmutableArray<KeyValuePair<string, string>> Tags { get; init; } = [];

    public ImmutableArray<string> TransitiveTagKeys { get; init; } = [];

    public string? SourceIdentity { get; init; }

    /// <summary>The OIDC provider's ARN when the session came from a web identity: <c>aws:FederatedProvider</c>.</summary>
    public string? FederatedProvider { get; init; }

    /// <summary>Claim keys that stay with the session, <c>HOST:aud</c> and <c>HOST:sub</c>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> WebIdentityKeys { get; init; } = [];
}
