using System.Collections.Immutable;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>Every policy that has a say in one request. A kind that is absent plays no part.</summary>
public sealed record PolicySet
{
    /// <summary>The requester's own and its groups' policies.</summary>
    public ImmutableArray<CompiledPolicy> Identity { get; init; } = [];

    /// <summary>Permissions boundaries of the requester: each must allow.</summary>
    public ImmutableArray<CompiledPolicy> Boundaries { get; init; } = [];

    /// <summary>
    /// The session's policies, inline and by ARN: one of them must allow. Empty means a session without any; a session whose policies
    /// cannot be read any more must be given <see cref="CompiledPolicy.Nothing"/>.
    /// </summary>
    public ImmutableArray<CompiledPolicy> Session { get; init; } = [];

    /// <summary>The policy of the resource: a bucket policy, or a role's trust policy.</summary>
    public CompiledPolicy? Resource { get; init; }

    /// <summary>
    /// Whether the resource policy must delegate to the account before the account's own policies count: true for trust policies
    /// and KMS key policies.
    /// </summary>
    public bool ResourcePolicyDelegates { get; init; }

    /// <summary>Service control policies per level, from the organisation's root to the requester's account.</summary>
    public ImmutableArray<ImmutableArray<CompiledPolicy>> ServiceControl { get; init; } = [];

    /// <summary>Resource control policies per level, from the root to the resource's account; AWS's full-access policy is implied.</summary>
    public ImmutableArray<ImmutableArray<CompiledPolicy>> ResourceControl { get; init; } = [];

    /// <summary>Policies of the VPC endpoint the request came through: each must allow.</summary>
    public ImmutableArray<CompiledPolicy> Endpoints { get; init; } = [];
}
