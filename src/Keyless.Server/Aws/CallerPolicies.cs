using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Iam;
using Keyless.Server.Storage;

namespace Keyless.Server.Aws;

/// <summary>
/// The policies that travel with a caller: its own, its boundary, its session's. IAM User Guide, "Policy evaluation logic". What cannot
/// be found or read any more allows nothing.
/// </summary>
public static class CallerPolicies
{
    private static readonly PolicySet Nobody = new();
    private static readonly PolicySet Nothing = new() { Session = [CompiledPolicy.Nothing] };

    /// <summary>What a root has to give to a federated user, who is no root itself.</summary>
    private static readonly PolicySet Everything = new()
    {
        Identity = [new StoredPolicy("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""").Compiled(PolicyKind.Identity, "root")],
    };

    public static PolicySet Of(IamState state, Caller caller) => caller switch
    {
        Caller.User user => state.UserByArn(user.Arn) is { } found && found.Id == user.UserId ? OfIdentity(state, found) : Nothing,
        Caller.WithSession { Session: var session } => OfSession(state, session),
        _ => Nobody,
    };

    /// <summary>A role's or user's own policies, those of the user's groups, and the boundary.</summary>
    public static PolicySet OfIdentity(IamState state, Identity identity)
    {
        var account = state.Account(identity.Account);
        var policies = ImmutableArray.CreateBuilder<CompiledPolicy>();
        Add(policies, account, identity, name => name);
        if (identity is User { Groups.IsEmpty: false } user)
        {
            foreach (var group in account.GroupsOf(user))
            {
                Add(policies, account, group, name => $"{name} of group {group.Name}");
            }
        }

        return new PolicySet
        {
            Identity = policies.DrainToImmutable(),
            Boundaries = identity.Boundary is { } boundary ? [Managed(account, boundary, PolicyKind.Boundary)] : [],
        };
    }

    /// <summary>The policies of one entity, groups left out.</summary>
    /// <param name="inlineName">How explanations and simulations call an inline policy.</param>
    public static void Add(ImmutableArray<CompiledPolicy>.Builder policies, IamAccount account, Identity identity, Func<string, string> inlineName)
    {
        foreach (var (name, policy) in identity.InlinePolicies)
        {
            policies.Add(policy.Compiled(PolicyKind.Identity, inlineName(name)));
        }

        foreach (var arn in identity.AttachedPolicies)
        {
            policies.Add(Managed(account, arn, PolicyKind.Identity));
        }
    }

    private static PolicySet OfSession(IamState state, Session session)
    {
        switch (session.Kind)
        {
            case SessionKind.AssumedRole:
                return session.RoleArn is { } arn && state.RoleByArn(arn) is { } role && role.Id == session.RoleId
                    ? OfIdentity(state, role) with { Session = SessionPolicies(state, session) }
                    : Nothing;

            case SessionKind.SessionToken:
                return OfArn(state, session.Arn);

            default:
                // A federated user has what its maker has and its session's policies allow; without those, nothing.
                var policies = SessionPolicies(state, session);
                return (session.GrantedBy is not { } maker ? Nothing : IsRoot(maker) ? Everything : OfArn(state, maker)) with
                {
                    Session = policies.IsEmpty ? [CompiledPolicy.Nothing] : policies,
                };
        }
    }

    private static bool IsRoot(string arn) => arn.EndsWith(":root", StringComparison.Ordinal);

    private static PolicySet OfArn(IamState state, string arn) =>
        IsRoot(arn) ? Nobody
        : state.UserByArn(arn) is { } user ? OfIdentity(state, user)
        : Nothing;

    private static ImmutableArray<CompiledPolicy> SessionPolicies(IamState state, Session session)
    {
        if (session.Policy is null && session.PolicyArns.IsEmpty)
        {
            return [];
        }

        var policies = ImmutableArray.CreateBuilder<CompiledPolicy>();
        if (session.Policy is { } inline)
        {
            policies.Add(SessionPolicyCache.Compiled(inline));
        }

        foreach (var arn in session.PolicyArns)
        {
            policies.Add(Managed(state.Account(session.Account), arn, PolicyKind.Session));
        }

        return policies.DrainToImmutable();
    }

    /// <summary>A managed policy; one that is gone allows nothing.</summary>
    public static CompiledPolicy Managed(IamAccount account, string arn, PolicyKind kind) =>
        ManagedPolicies.Find(account, arn)?.Default.Policy.Compiled(kind, arn) ?? CompiledPolicy.Nothing;
}
