using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
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
                var size = policies.Values.Sum(policy => Documents.Size(policy.Json));
                return new AwsError("LimitExceeded", 409, $"Maximum policy size of {kind.InlineQuota} bytes exceeded for {kind.Word} {identity.Name}")
                {
                    Reason = $"with `{policyName}` the inline policies of {kind.Word} `{identity.Name}` have {size} characters together, {size - kind.InlineQuota} more than the {kind.InlineQuota} allowed (white space does not count)",
                    Mend = "shorten them, or put statements into a managed policy and attach it",
                };
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
            return call.Missing(kind, name);
        }

        return identity.InlinePolicies.TryGetValue(policyName, out var policy)
            ? call.Result(xml => xml
                .Element(kind.NameParameter, identity.Name)
                .Element("PolicyName", policyName)
                .Element("PolicyDocument", Documents.Encoded(policy.Json)))
            : NoInlinePolicy(identity, kind, policyName);
    }

    public static AwsResponse ListInlinePolicies(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var identity = kind.Find(call.Entities, name);
        var names = identity?.InlinePolicies.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();
        return call.List("PolicyNames", names, item => item, StringComparer.Ordinal, (xml, item) => xml.Element("member", item), () => identity is null ? call.Missing(kind, name) : null);
    }

    public static AwsResponse DeleteInlinePolicy(IamCall call, IdentityKind kind)
    {
        var name = Name(call, kind);
        var policyName = PolicyName(call);
        return Change(call, kind, name, (_, identity) => identity.InlinePolicies.ContainsKey(policyName)
            ? identity with { InlinePolicies = identity.InlinePolicies.Remove(policyName) }
            : NoInlinePolicy(identity, kind, policyName));
    }

    public static AwsResponse Attach(IamCall call, IdentityKind kind) => ChangeAttachment(call, kind, (account, identity, arn) =>
    {
        if (!ManagedPolicies.Exists(account, arn))
        {
            return IamErrors.NotAttachable(account, arn);
        }

        if (identity.AttachedPolicies.Contains(arn))
        {
            return identity;
        }

        return identity.AttachedPolicies.Length >= MaxAttached
            ? IamErrors.LimitExceeded(
                kind.AttachmentQuota, MaxAttached, $"{kind.Word} `{identity.Name}` has", "managed policies",
                $"detach one, or join policies: `aws iam detach-{kind.Word}-policy {kind.Option} {identity.Name} --policy-arn {identity.AttachedPolicies[0]}`")
            : identity with { AttachedPolicies = identity.AttachedPolicies.Add(arn) };
    });

    public static AwsResponse Detach(IamCall call, IdentityKind kind) => ChangeAttachment(call, kind, (_, identity, arn) =>
        identity.AttachedPolicies.Contains(arn)
            ? identity with { AttachedPolicies = identity.AttachedPolicies.Remove(arn) }
            : IamErrors.NotAttached(identity, kind, arn));

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
            () => identity is null ? call.Missing(kind, name) : null);
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
            ? IamErrors.NoSuchEntity($"The {kind.Word} with name {identity.Name} does not have a permissions boundary attached.") with
            {
                Reason = $"{kind.Word} `{identity.Name}` has no permissions boundary that could be deleted",
                Mend = "leave the call out",
            }
            : identity with { Boundary = null });
    }

    /// <summary>Why an entity cannot be deleted yet; null when no policy is in the way.</summary>
    public static AwsError? PoliciesInTheWay(Identity identity, IdentityKind kind) =>
        !identity.AttachedPolicies.IsEmpty ? IamErrors.DeleteConflict(
            "Cannot delete entity, must detach all policies first.",
            $"{kind.Word} `{identity.Name}` still has {Listed("managed policy", "managed policies", identity.AttachedPolicies.Select(ManagedPolicies.NameOf))} attached",
            Commands(identity.AttachedPolicies, arn => $"aws iam detach-{kind.Word}-policy {kind.Option} {identity.Name} --policy-arn {arn}"))
        : !identity.InlinePolicies.IsEmpty ? IamErrors.DeleteConflict(
            "Cannot delete entity, must delete policies first.",
            $"{kind.Word} `{identity.Name}` still has {Listed("inline policy", "inline policies", identity.InlinePolicies.Keys.Order(StringComparer.Ordinal))}",
            Commands(identity.InlinePolicies.Keys.Order(StringComparer.Ordinal), name => $"aws iam delete-{kind.Word}-policy {kind.Option} {identity.Name} --policy-name {name}"))
        : null;

    /// <summary>What is in the way, by name: all of a few, else the first ones and how many more.</summary>
    public static string Listed(string one, string many, IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.Count == 1 ? $"the {one} `{all[0]}`"
            : $"{all.Count} {many}: {string.Join(", ", all.Take(3).Select(name => $"`{name}`"))}{(all.Count > 3 ? $" and {all.Count - 3} more" : "")}";
    }

    /// <summary>A command for each of a few names.</summary>
    public static string Commands(IEnumerable<string> names, Func<string, string> command)
    {
        var all = names.ToList();
        return string.Join(" and ", all.Take(3).Select(name => $"`{command(name)}`")) + (all.Count > 3 ? $", and {all.Count - 3} more like it" : "");
    }

    public static AwsError? BoundaryFault(IamAccount account, string arn) =>
        ManagedPolicies.IsArn(arn) ? (ManagedPolicies.Exists(account, arn) ? null : IamErrors.NoBoundary(account, arn))
        : IamErrors.InvalidBoundaryArn(arn);

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
        return Tagging.List(call, identity?.Tags, () => call.Missing(kind, name));
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

    private static AwsError NoInlinePolicy(Identity identity, IdentityKind kind, string name)
    {
        var near = Suggest.Nearest(name, identity.InlinePolicies.Keys);
        return IamErrors.NoSuchEntity($"The {kind.Word} policy with name {name} cannot be found.") with
        {
            Reason = $"{kind.Word} `{identity.Name}` has no inline policy `{name}`"
                + (near is not null ? $"; did you mean `{near}`?"
                    : identity.AttachedPolicies.FirstOrDefault(arn => ManagedPolicies.NameOf(arn) == name) is { } managed ? $"; `{managed}` is a managed one, attached"
                    : ""),
            Mend = near is not null ? $"write `{near}`" : $"see which it has: `aws iam list-{kind.Word}-policies {kind.Option} {identity.Name}` and `list-attached-{kind.Word}-policies`",
        };
    }

    private static string Name(IamCall call, IdentityKind kind, int? max = null) =>
        call.Check.Required(kind.NameParameter, 1, max ?? kind.MaxAsked, ParameterPattern.Name);

    private static string PolicyName(IamCall call) => call.Check.Required("PolicyName", 1, 128, ParameterPattern.Name);

    /// <summary>Replaces the entity that the request names by what becomes of it, unless a parameter, the name or the change is at fault.</summary>
    private static AwsResponse Change(IamCall call, IdentityKind kind, string name, Func<IamAccount, Identity, Outcome> change) =>
        call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return call.Missing(kind, name);
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
