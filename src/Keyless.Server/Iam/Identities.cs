using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>What roles and users can do alike: inline policies, attachments, boundary, tags. Each operation's file says which it is.</summary>
internal static class Identities
{
    public const int MaxAttached = 10;

    public static AwsResponse PutInlinePolicy(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var policyName = call.Check.Required("PolicyName", 1, 128, ParameterPattern.Name);
        var document = call.Check.Required("PolicyDocument", 1, Documents.MaxLength, ParameterPattern.Document);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        return call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            if (Documents.Fault(document, PolicyKind.Identity) is { } malformed)
            {
                return malformed;
            }

            var policies = identity.InlinePolicies.SetItem(policyName, new StoredPolicy(document));
            if (policies.Values.Sum(policy => Documents.Size(policy.Json)) > kind.InlineQuota)
            {
                return new AwsError(
                    "LimitExceeded", 409,
                    $"Maximum policy size of {kind.InlineQuota} bytes exceeded for {kind.Word} {identity.Name}");
            }

            transaction.Put(identity with { InlinePolicies = policies });
            return call.Done();
        });
    }

    public static AwsResponse GetInlinePolicy(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var policyName = call.Check.Required("PolicyName", 1, 128, ParameterPattern.Name);
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
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var identity = kind.Find(call.Entities, name);
        var names = identity?.InlinePolicies.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();
        var page = Page<string>.Of(call.Check, names, item => item, StringComparer.Ordinal, out var error);
        if (page is null)
        {
            return error!;
        }

        return identity is null ? kind.Missing(name) : call.Result(xml =>
        {
            xml.Open("PolicyNames");
            foreach (var item in page.Items)
            {
                xml.Element("member", item);
            }

            xml.Close("PolicyNames");
            page.WriteEnd(xml);
        });
    }

    public static AwsResponse DeleteInlinePolicy(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var policyName = call.Check.Required("PolicyName", 1, 128, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            if (!identity.InlinePolicies.ContainsKey(policyName))
            {
                return NoInlinePolicy(kind, policyName);
            }

            transaction.Put(identity with { InlinePolicies = identity.InlinePolicies.Remove(policyName) });
            return call.Done();
        });
    }

    public static AwsResponse Attach(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            if (ManagedPolicies.ArnFault(arn) is { } malformed)
            {
                return malformed;
            }

            if (!ManagedPolicies.Exists(account, arn))
            {
                return IamErrors.NotAttachable(arn);
            }

            if (identity.AttachedPolicies.Contains(arn))
            {
                return call.Done();
            }

            if (identity.AttachedPolicies.Length >= MaxAttached)
            {
                return IamErrors.LimitExceeded(kind == IdentityKind.Role ? "PoliciesPerRole" : "PoliciesPerUser", MaxAttached);
            }

            transaction.Put(identity with { AttachedPolicies = identity.AttachedPolicies.Add(arn) });
            return call.Done();
        });
    }

    public static AwsResponse Detach(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            if (ManagedPolicies.ArnFault(arn) is { } malformed)
            {
                return malformed;
            }

            if (!identity.AttachedPolicies.Contains(arn))
            {
                return IamErrors.NotAttached(arn);
            }

            transaction.Put(identity with { AttachedPolicies = identity.AttachedPolicies.Remove(arn) });
            return call.Done();
        });
    }

    public static AwsResponse ListAttached(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var prefix = call.Check.Optional("PathPrefix", 1, 512, ParameterPattern.PathPrefix) ?? "/";
        var identity = kind.Find(call.Entities, name);
        IEnumerable<string> arns = identity is null
            ? []
            : identity.AttachedPolicies.Where(arn => ManagedPolicies.PathOf(arn).StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var page = Page<string>.Of(call.Check, arns, arn => arn, StringComparer.Ordinal, out var error);
        if (page is null)
        {
            return error!;
        }

        return identity is null ? kind.Missing(name) : call.Result(xml =>
        {
            xml.Open("AttachedPolicies");
            foreach (var arn in page.Items)
            {
                xml.Open("member").Element("PolicyName", ManagedPolicies.NameOf(arn)).Element("PolicyArn", arn).Close("member");
            }

            xml.Close("AttachedPolicies");
            page.WriteEnd(xml);
        });
    }

    public static AwsResponse PutBoundary(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var arn = call.Check.Required("PermissionsBoundary", 20, 2048);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            if (BoundaryFault(account, arn) is { } fault)
            {
                return fault;
            }

            transaction.Put(identity with { Boundary = arn });
            return call.Done();
        });
    }

    public static AwsResponse DeleteBoundary(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            if (identity.Boundary is null)
            {
                return IamErrors.NoSuchEntity($"The {kind.Word} with name {identity.Name} does not have a permissions boundary attached.");
            }

            transaction.Put(identity with { Boundary = null });
            return call.Done();
        });
    }

    public static AwsError? BoundaryFault(IamAccount account, string arn) =>
        ManagedPolicies.ArnFault(arn)
        ?? (ManagedPolicies.Exists(account, arn) ? null : IamErrors.NoSuchEntity($"Scope ARN: {arn} does not exist or is not attachable."));

    public static AwsResponse AddTags(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var tags = Tagging.Read(call);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            var (merged, fault) = Tagging.Merge(identity.Tags, tags, caseMatters: false);
            if (fault is not null)
            {
                return fault;
            }

            transaction.Put(identity with { Tags = merged });
            return call.Done();
        });
    }

    public static AwsResponse RemoveTags(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        var keys = Tagging.ReadKeys(call);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (kind.Find(account, name) is not { } identity)
            {
                return kind.Missing(name);
            }

            transaction.Put(identity with { Tags = Tagging.Without(identity.Tags, keys, caseMatters: false) });
            return call.Done();
        });
    }

    public static AwsResponse ListTags(IamCall call, IdentityKind kind)
    {
        var name = call.Check.Required(kind.NameParameter, 1, kind.MaxName, ParameterPattern.Name);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        return kind.Find(call.Entities, name) is { } identity ? Tagging.List(call, identity.Tags) : kind.Missing(name);
    }

    /// <summary>The tags of the entity as condition keys, and the policy or boundary that the request is about.</summary>
    public static Permission Describe(IamCall call, IdentityKind kind, Permission permission)
    {
        var tags = kind.Find(call.Entities, call.Parameters.Text(kind.NameParameter) ?? "")?.Tags ?? ImmutableArray<Tag>.Empty;
        permission = Tagging.WithResourceTags(permission, tags);
        if (call.Parameters.Text("PolicyArn"u8) is { } policy)
        {
            permission = permission with { Keys = permission.Keys.Add(new("iam:PolicyARN", policy)) };
        }

        return WithBoundary(call, kind, permission);
    }

    /// <summary><c>iam:PermissionsBoundary</c>: the one being set, or else the one the entity has.</summary>
    public static Permission WithBoundary(IamCall call, IdentityKind kind, Permission permission)
    {
        var boundary = call.Parameters.Text("PermissionsBoundary"u8)
            ?? kind.Find(call.Entities, call.Parameters.Text(kind.NameParameter) ?? "")?.Boundary;
        return boundary is null ? permission : permission with { Keys = permission.Keys.Add(new("iam:PermissionsBoundary", boundary)) };
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
}
