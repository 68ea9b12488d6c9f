using System.Collections.Immutable;
using System.Net;

namespace Keyless.Server.Audit;

/// <summary>
/// One decision: what came in, each check in its order, and what came of it. Text, JSON and pages are renderings of this one record; it
/// holds no token, no secret and no session token.
/// </summary>
public sealed partial record DecisionRecord : IAuditEntry
{
    /// <summary>The request's id, <c>x-amzn-RequestId</c>.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary><c>sts.amazonaws.com</c>, <c>iam.amazonaws.com</c>, <c>s3.amazonaws.com</c>.</summary>
    public required string EventSource { get; init; }

    /// <summary>The operation: <c>AssumeRoleWithWebIdentity</c>.</summary>
    public required string EventName { get; init; }

    public required bool Allowed { get; init; }

    /// <summary>
    /// The first line that a person reads: for a refusal exactly its cause, for an allowance what allowed it. One that is too long for
    /// a line is written shortened, and whole below it.
    /// </summary>
    public required string Summary { get; init; }

    /// <summary>What would mend a refusal.</summary>
    public string? Help { get; init; }

    /// <summary>The account concerned; null while none can be told.</summary>
    public string? Account { get; init; }

    public TrailIdentity Identity { get; init; } = TrailIdentity.Unknown;

    /// <summary>The code on the wire; null for a success.</summary>
    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>What was asked: CloudTrail's <c>requestParameters</c>. Never the token.</summary>
    public ImmutableArray<TrailField> RequestParameters { get; init; } = [];

    /// <summary>What was answered: CloudTrail's <c>responseElements</c>; empty for null.</summary>
    public ImmutableArray<TrailField> ResponseElements { get; init; } = [];

    public ImmutableArray<TrailField> AdditionalEventData { get; init; } = [];

    public ImmutableArray<TrailResource> Resources { get; init; } = [];

    public bool ReadOnly { get; init; }

    public string Region { get; init; } = "us-east-1";

    public IPAddress? SourceAddress { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>What the decision saw: claims, provider, keys; in the order in which it saw them.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Inputs { get; init; } = [];

    public ImmutableArray<DecisionCheck> Checks { get; init; } = [];

    /// <summary>The policy evaluation as text, statement by statement; null when no policy was asked.</summary>
    public string? Explanation { get; init; }
}

/// <summary>One check of a decision.</summary>
/// <param name="Name">What was checked, two or three words: <c>audience</c>.</param>
/// <param name="Message">One sentence.</param>
public sealed record DecisionCheck(string Name, bool Passed, string Message)
{
    public string? Wanted { get; init; }

    public string? Got { get; init; }

    /// <summary>Where: a claim, a parameter, <c>role X, trust policy, statement 1</c>.</summary>
    public string? Place { get; init; }

    /// <summary>The same place for programs, when it is in a policy.</summary>
    public PolicyPlace? In { get; init; }

    /// <summary>The change that would make it pass.</summary>
    public string? Mend { get; init; }
}

/// <summary>A place in a stored policy.</summary>
/// <param name="Owner">The ARN of the role, user or bucket that has it, or of the managed policy itself.</param>
/// <param name="Policy">The name of an inline policy; null for trust, bucket and managed policies.</param>
/// <param name="Pointer">RFC 6901, into the document.</param>
public sealed record PolicyPlace(string Owner, string? Policy, string Pointer);

/// <summary>CloudTrail's <c>userIdentity</c>. CloudTrail User Guide, "CloudTrail userIdentity element".</summary>
public sealed record TrailIdentity(string Type)
{
    public static TrailIdentity Unknown { get; } = new("Unknown");

    public string? PrincipalId { get; init; }

    public string? Arn { get; init; }

    public string? AccountId { get; init; }

    public string? AccessKeyId { get; init; }

    public string? UserName { get; init; }

    public string? IdentityProvider { get; init; }

    /// <summary>The role behind a session, for <c>sessionContext.sessionIssuer</c>.</summary>
    public string? SessionIssuerArn { get; init; }

    public string? SessionIssuerId { get; init; }

    /// <summary>For <c>sessionContext.webIdFederationData</c>.</summary>
    public string? FederatedProvider { get; init; }
}

/// <summary>A member of <c>requestParameters</c> and its like.</summary>
/// <param name="IsJson">True when <paramref name="Value"/> is JSON to be written as it stands.</param>
/// <param name="Members">For an object its members; <paramref name="Value"/> then means nothing.</param>
public readonly record struct TrailField(string Name, string Value, bool IsJson = false, TrailField[]? Members = null)
{
    public TrailField(string name, params TrailField[] members)
        : this(name, "", IsJson: false, members)
    {
    }
}

public readonly record struct TrailResource(string Type, string Arn, string? AccountId);
