using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>What roles, users and groups can do alike: inline policies, attachments, boundary, tags. Each operation's file says which it is.</summary>
internal static class Identities
{
    public const int MaxAttached = 10;

    public static AwsResponse PutInlinePolicy(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var policyName = PolicyName(call);
        var document = call.Check.Required("PolicyDocument", 1, Documents.MaxLength, ParameterPattern.Document);
        return Change(call, kind, name, (_, identity) =>
        {
            if (Documents.Fault(document, PolicyKind.Identity) is { } malformed)
            {
                return malformed;
            }

            var policies = identity.InlinePolicies.SetItem(policyName, new StoredPolicy(document));
            if (policies.Values.Sum(policy => Documents.Size(policy.Json)) > kind.InlineQuota)
            {
                return new AwsError("LimitExceeded", 409, $"Maximum policy size of {kind.InlineQuota} bytes exceeded for {kind.Word} {identity.Name}");
            }

            return identity with { InlinePolicies = policies };
        });
    }

    public static AwsResponse GetInlinePolicy(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var policyName = PolicyName(call);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        if (kind.Find(call.Entities, name) is not { } identity)
        {
            return kind.Missing(name);
        }

        return identity.InlinePolicies.TryGetValue(policyName, out var policy)
            ? call.Result(xml => xml
                .Element(kind.NameParameter, identity.Name)
                .Element("PolicyName", policyName)
                .Element("PolicyDocument", Documents.Encoded(policy.Json)))
            : NoInlinePolicy(kind, policyName);
    }

    public static AwsResponse ListInlinePolicies(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var identity = kind.Find(call.Entities, name);
        var names = identity?.InlinePolicies.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();
        return call.List("PolicyNames", names, item => item, StringComparer.Ordinal, (xml, item) => xml.Element("member", item), () => identity is null ? kind.Missing(name) : null);
    }

    public static AwsResponse DeleteInlinePolicy(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var policyName = PolicyName(call);
        return Change(call, kind, name, (_, identity) => identity.InlinePolicies.ContainsKey(policyName)
            ? identity with { InlinePolicies = identity.InlinePolicies.Remove(policyName) }
            : NoInlinePolicy(kind, policyName));
    }

    public static AwsResponse Attach(IamCall call, IdentityKind kind) => ChangeAttachment(call, kind, (account, identity, arn) =>
    {
        if (!ManagedPolicies.Exists(account, arn))
        {
            return IamErrors.NotAttachable(arn);
        }

        if (identity.AttachedPolicies.Contains(arn))
        {
            return identity;
        }

        return identity.AttachedPolicies.Length >= MaxAttached
            ? IamErrors.LimitExceeded(kind.AttachmentQuota, MaxAttached)
            : identity with { AttachedPolicies = identity.AttachedPolicies.Add(arn) };
    });

    public static AwsResponse Detach(IamCall call, IdentityKind kind) => ChangeAttachment(call, kind, (_, identity, arn) =>
        identity.AttachedPolicies.Contains(arn)
            ? identity with { AttachedPolicies = identity.AttachedPolicies.Remove(arn) }
            : IamErrors.NotAttached(arn));

    public static AwsResponse ListAttached(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind, kind.MaxName);
        var prefix = call.Check.Optional("PathPrefix", 1, 512, ParameterPattern.PolicyPath) ?? "/";
        var identity = kind.Find(call.Entities, name);
        IEnumerable<string> arns = identity is null
            ? []
            : identity.AttachedPolicies.Where(arn => ManagedPolicies.PathOf(arn).StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        return call.List(
            "AttachedPolicies", arns, arn => arn, StringComparer.Ordinal,
            (xml, arn) => xml.Open("member").Element("PolicyName", ManagedPolicies.NameOf(arn)).Element("PolicyArn", arn).Close("member"),
            () => identity is null ? kind.Missing(name) : null);
    }

    public static AwsResponse PutBoundary(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind, kind.MaxName);
        var arn = call.Check.Required("PermissionsBoundary", 20, 2048);
        return Change(call, kind, name, (account, identity) => BoundaryFault(account, arn) is { } fault ? fault : identity with { Boundary = arn });
    }

    public static AwsResponse DeleteBoundary(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind, kind.MaxName);
        return Change(call, kind, name, (_, identity) => identity.Boundary is null
            ? IamErrors.NoSuchEntity($"The {kind.Word} with name {identity.Name} does not have a permissions boundary attached.")
            : identity with { Boundary = null });
    }

    /// <summary>Why an entity cannot be deleted yet; null when no policy is in the way.</summary>
    public static AwsError? PoliciesInTheWay(Identity identity) =>
        !identity.AttachedPolicies.IsEmpty ? IamErrors.DeleteConflict("Cannot delete entity, must detach all policies first.")
        : !identity.InlinePolicies.IsEmpty ? IamErrors.DeleteConflict("Cannot delete entity, must delete policies first.")
        : null;

    public static AwsError? BoundaryFault(IamAccount account, string arn) =>
        ManagedPolicies.IsArn(arn) ? (ManagedPolicies.Exists(account, arn) ? null : IamErrors.NoBoundary(arn))
        : IamErrors.InvalidInput($"ARN {arn} is not valid.");

    public static AwsResponse AddTags(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var tags = Tagging.Read(call, required: true);
        return Change(call, kind, name, (_, identity) =>
        {
            var (merged, fault) = Tagging.Merge(identity.Tags, tags, caseMatters: false);
            return fault is not null ? fault : identity with { Tags = merged };
        });
    }

    public static AwsResponse RemoveTags(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var keys = Tagging.ReadKeys(call);
        return Change(call, kind, name, (_, identity) => identity with { Tags = Tagging.Without(identity.Tags, keys, caseMatters: false) });
    }

    public static AwsResponse ListTags(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var identity = kind.Find(call.Entities, name);
        return Tagging.List(call, identity?.Tags, () => kind.Missing(name));
    }

    /// <summary>The <c>PermissionsBoundary</c> element. Its type is <c>Policy</c> on the wire, whatever the model says.</summary>
    public static void WriteBoundary(XmlOut xml, Identity identity)
    {
        if (identity.Boundary is { } arn)
        {
            xml.Open("PermissionsBoundary")
                .Element("PermissionsBoundaryType", "Policy")
                .Element("PermissionsBoundaryArn", arn)
                .Close("PermissionsBoundary");
        }
    }

    private static AwsError NoInlinePolicy(IdentityKind kind, string name) =>
        IamErrors.NoSuchEntity($"The {kind.Word} policy with name {name} cannot be found.");

    private static string Name(IamCall call, IdentityKind kind, int? max = null) =>
        call.Check.Required(kind.NameParameter, 1, max ?? kind.MaxAsked, ParameterPattern.Name);

    private static string PolicyName(IamCall call) => call.Check.Required("PolicyName", 1, 128, ParameterPattern.Name);

    /// <summary>Replaces the entity that the request names by what becomes of it, unless a parameter, the name or the change is at fault.</summary>
    private static AwsResponse Change(IamCall call, IdentityKind kind, string name, Func<IamAccount, Identity, Outcome> change) =>
        call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            var outcome = change(account, identity);
            if (outcome.Error is not null)
            {
                return outcome.Error;
            }

            if (outcome.Changed != identity)
            {
                transaction.Put(outcome.Changed!);
            }

            return call.Done();
        });

    private static AwsResponse ChangeAttachment(IamCall call, IdentityKind kind, Func<IamAccount, Identity, string, Outcome> change)
    {
        var name = Name(call, kind, kind.MaxName);
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        return Change(call, kind, name, (account, identity) => ManagedPolicies.ArnFault(arn) is { } malformed ? malformed : change(account, identity, arn));
    }

    /// <summary>What a change makes of an entity, or why it does not.</summary>
    private readonly record struct Outcome(Identity? Changed, AwsError? Error)
    {
        public static implicit operator Outcome(Identity changed) => new(changed, null);

        public static implicit operator Outcome(AwsError error) => new(null, error);
    }
}
