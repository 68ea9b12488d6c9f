using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>The answer to a request. IAM User Guide, "Policy evaluation logic".</summary>
public enum Verdict
{
    Allow,

    /// <summary>Nothing allows it, or something that must allow does not.</summary>
    ImplicitDeny,

    /// <summary>A Deny statement applies.</summary>
    ExplicitDeny,
}

/// <summary>A verdict and the kind of policy that made it; null when no policy had to (an exempt action).</summary>
public readonly record struct Judgement(Verdict Verdict, PolicyKind? DecidedBy);

/// <summary>How closely a principal element names the requester, weakest first. A stronger match needs fewer other policies.</summary>
public enum PrincipalMatch
{
    None,

    /// <summary>The requester's account is named: the account's own policies decide further.</summary>
    Account,

    /// <summary>The role of a session is named, or the user of a federated-user session.</summary>
    Parent,

    /// <summary>The requester itself is named, or everyone.</summary>
    Direct,
}

/// <summary>Whether a condition holds.</summary>
internal enum Truth
{
    False,
    True,

    /// <summary>The comparison failed: an Allow does not apply, a Deny does.</summary>
    Failed,
}
