using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary>What roles, users and groups share: inline policies, attached policies, a boundary, tags. The operations differ by one word.</summary>
internal abstract class Principal(string kind) : ResourceCalls
{
    protected string NameParameter => kind + "Name";

    protected abstract ApiCall CreateCall(string name, MappingNode properties);

    /// <summary>The calls for properties that only this kind has.</summary>
    protected virtual IEnumerable<ApiCall> UpdateOwn(string name, MappingNode before, MappingNode after) => [];

    /// <summary>Compares the properties that only this kind has with what <c>GetRole</c> and its like answer.</summary>
    protected virtual Task<bool> IsOwn(Reality reality, string name, string property, MappingNode properties, ApiAnswer found) => Task.FromResult(true);

    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) =>
    [
        CreateCall(physicalId, properties),
        .. properties.InlinePolicies().Select(policy => PutPolicy(physicalId, policy.Key, policy.Value)),
        .. properties.Texts("ManagedPolicyArns").Select(arn => Attach(physicalId, arn)),
        .. properties.Texts("Groups").Select(group => Member("AddUserToGroup", physicalId, group).Call()),
    ];

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after)
    {
        var (oldInline, newInline) = (before.InlinePolicies(), after.InlinePolicies());
        var (oldAttached, newAttached) = (before.Texts("ManagedPolicyArns"), after.Texts("ManagedPolicyArns"));
        var (oldGroups, newGroups) = (before.Texts("Groups"), after.Texts("Groups"));
        return
        [
            .. UpdateOwn(physicalId, before, after),
            .. newInline.Where(policy => oldInline.GetValueOrDefault(policy.Key) != policy.Value).Select(policy => PutPolicy(physicalId, policy.Key, policy.Value)),
            .. oldInline.Keys.Where(name => !newInline.ContainsKey(name)).Select(name => DeletePolicy(physicalId, name)),
            .. newAttached.Except(oldAttached).Select(arn => Attach(physicalId, arn)),
            .. oldAttached.Except(newAttached).Select(arn => Detach(physicalId, arn)),
            .. newGroups.Except(oldGroups).Select(group => Member("AddUserToGroup", physicalId, group).Call()),
            .. oldGroups.Except(newGroups).Select(group => Member("RemoveUserFromGroup", physicalId, group).Removal()),
            .. Boundary(physicalId, before.Text("PermissionsBoundary"), after.Text("PermissionsBoundary")),
            .. TagChanges.Between(before, after, kind, NameParameter, physicalId),
        ];
    }

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) =>
    [
        .. properties.Texts("Groups").Select(group => Member("RemoveUserFromGroup", physicalId, group).Removal()),
        .. properties.Texts("ManagedPolicyArns").Select(arn => Detach(physicalId, arn)),
        .. properties.InlinePolicies().Keys.Select(name => DeletePolicy(physicalId, name)),
        ApiCall.Iam("Delete" + kind).With(NameParameter, physicalId).Removal(),
    ];

    public override async Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties)
    {
        var found = await reality.Ask(ApiCall.Iam("Get" + kind).With(NameParameter, physicalId).Call());
        if (!found.Found)
        {
            return found.Gone ? Drift.Missing : Drift.Unknown;
        }

        var differing = new List<string>();
        foreach (var property in properties.Members.Select(m => m.Name))
        {
            if (!await Holds(reality, physicalId, property, properties, found))
            {
                differing.Add(property);
            }
        }

        return new Drift(false, [.. differing]);
    }

    private async Task<bool> Holds(Reality reality, string name, string property, MappingNode properties, ApiAnswer found)
    {
        switch (property)
        {
            case "Path":
                return found.Xml.Text("Path") == properties.Text("Path");
            case "PermissionsBoundary":
                return found.Xml.Text("PermissionsBoundaryArn") == properties.Text("PermissionsBoundary");
            case "Tags":
                return found.Xml.HasTags(properties);
            case "ManagedPolicyArns":
                var attached = (await reality.Ask(ApiCall.Iam($"ListAttached{kind}Policies").With(NameParameter, name).Call())).Xml.Texts("PolicyArn");
                return properties.Texts(property).All(attached.Contains);
            case "Groups":
                var groups = (await reality.Ask(ApiCall.Iam("ListGroupsForUser").With("UserName", name).Call())).Xml.Texts("GroupName");
                return properties.Texts(property).All(groups.Contains);
            case "Policies":
                foreach (var (policy, document) in properties.InlinePolicies())
                {
                    var stored = await reality.Ask(ApiCall.Iam($"Get{kind}Policy").With(NameParameter, name).With("PolicyName", policy).Call());
                    if (!Compare.SameDocument(stored.Xml.Text("PolicyDocument"), document))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return await IsOwn(reality, name, property, properties, found);
        }
    }

    private ApiCall PutPolicy(string name, string policy, string document) =>
        ApiCall.Iam($"Put{kind}Policy").With(NameParameter, name).With("PolicyName", policy).With("PolicyDocument", document).Call();

    private ApiCall DeletePolicy(string name, string policy) =>
        ApiCall.Iam($"Delete{kind}Policy").With(NameParameter, name).With("PolicyName", policy).Removal();

    private ApiCall Attach(string name, string arn) => ApiCall.Iam($"Attach{kind}Policy").With(NameParameter, name).With("PolicyArn", arn).Call();

    private ApiCall Detach(string name, string arn) => ApiCall.Iam($"Detach{kind}Policy").With(NameParameter, name).With("PolicyArn", arn).Removal();

    private static ApiCall.Builder Member(string action, string user, string group) => ApiCall.Iam(action).With("GroupName", group).With("UserName", user);

    private IEnumerable<ApiCall> Boundary(string name, string? before, string? after)
    {
        if (before != after)
        {
            yield return after is null
                ? ApiCall.Iam($"Delete{kind}PermissionsBoundary").With(NameParameter, name).Removal()
                : ApiCall.Iam($"Put{kind}PermissionsBoundary").With(NameParameter, name).With("PermissionsBoundary", after).Call();
        }
    }
}

/// <summary><c>AWS::IAM::Role</c>; its physical id is its name.</summary>
internal sealed class Role() : Principal("Role")
{
    protected override ApiCall CreateCall(string name, MappingNode properties) => ApiCall.Iam("CreateRole")
        .With("RoleName", name)
        .With("Path", properties.Text("Path"))
        .With("AssumeRolePolicyDocument", properties.Json("AssumeRolePolicyDocument"))
        .With("Description", properties.Text("Description"))
        .With("MaxSessionDuration", properties.Text("MaxSessionDuration"))
        .With("PermissionsBoundary", properties.Text("PermissionsBoundary"))
        .WithTags(properties.Tags())
        .Call();

    protected override IEnumerable<ApiCall> UpdateOwn(string name, MappingNode before, MappingNode after)
    {
        if (before.Json("AssumeRolePolicyDocument") != after.Json("AssumeRolePolicyDocument"))
        {
            yield return ApiCall.Iam("UpdateAssumeRolePolicy").With("RoleName", name).With("PolicyDocument", after.Json("AssumeRolePolicyDocument")).Call();
        }

        if (before.Text("Description") != after.Text("Description") || before.Text("MaxSessionDuration") != after.Text("MaxSessionDuration"))
        {
            yield return ApiCall.Iam("UpdateRole")
                .With("RoleName", name)
                .With("Description", after.Text("Description") ?? "")
                .With("MaxSessionDuration", after.Text("MaxSessionDuration") ?? "3600")
                .Call();
        }
    }

    protected override Task<bool> IsOwn(Reality reality, string name, string property, MappingNode properties, ApiAnswer found) => Task.FromResult(property switch
    {
        "AssumeRolePolicyDocument" => Compare.SameDocument(found.Xml.Text(property), properties.Json(property)),
        "Description" => (found.Xml.Text(property) ?? "") == (properties.Text(property) ?? ""),
        "MaxSessionDuration" => found.Xml.Text(property) == properties.Text(property),
        _ => true,
    });
}

/// <summary><c>AWS::IAM::User</c>; its physical id is its name.</summary>
internal sealed class User() : Principal("User")
{
    protected override ApiCall CreateCall(string name, MappingNode properties) => ApiCall.Iam("CreateUser")
        .With("UserName", name)
        .With("Path", properties.Text("Path"))
        .With("PermissionsBoundary", properties.Text("PermissionsBoundary"))
        .WithTags(properties.Tags())
        .Call();

    protected override IEnumerable<ApiCall> UpdateOwn(string name, MappingNode before, MappingNode after) => Moved("UpdateUser", NameParameter, name, before, after);

    internal static IEnumerable<ApiCall> Moved(string operation, string parameter, string name, MappingNode before, MappingNode after)
    {
        if (before.Text("Path") != after.Text("Path"))
        {
            yield return ApiCall.Iam(operation).With(parameter, name).With("NewPath", after.Text("Path") ?? "/").Call();
        }
    }
}

/// <summary><c>AWS::IAM::Group</c>; its physical id is its name.</summary>
internal sealed class Group() : Principal("Group")
{
    protected override ApiCall CreateCall(string name, MappingNode properties) =>
        ApiCall.Iam("CreateGroup").With("GroupName", name).With("Path", properties.Text("Path")).Call();

    protected override IEnumerable<ApiCall> UpdateOwn(string name, MappingNode before, MappingNode after) => User.Moved("UpdateGroup", NameParameter, name, before, after);
}

/// <summary><c>AWS::IAM::UserToGroupAddition</c>: users that are in a group.</summary>
internal sealed class UserToGroupAddition : ResourceCalls
{
    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) =>
        Members(properties).Select(member => Call("AddUserToGroup", member).Call());

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after) =>
    [
        .. Members(after).Except(Members(before)).Select(member => Call("AddUserToGroup", member).Call()),
        .. Members(before).Except(Members(after)).Select(member => Call("RemoveUserFromGroup", member).Removal()),
    ];

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) =>
        Members(properties).Select(member => Call("RemoveUserFromGroup", member).Removal());

    public override async Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties)
    {
        var group = await reality.Ask(ApiCall.Iam("GetGroup").With("GroupName", properties.Text("GroupName")).With("MaxItems", "1000").Call());
        var users = group.Xml.Texts("UserName");
        return group.Gone ? Drift.Missing
            : !group.Found ? Drift.Unknown
            : Members(properties).All(member => users.Contains(member.User)) ? Drift.None
            : new Drift(false, ["Users"]);
    }

    /// <summary>That a user is in the group already is no conflict.</summary>
    public override Task<bool> IsTaken(Reality reality, string physicalId, MappingNode properties) => Task.FromResult(false);

    private static IEnumerable<(string Group, string User)> Members(MappingNode properties) =>
        properties.Text("GroupName") is { } group ? properties.Texts("Users").Select(user => (group, user)) : [];

    private static ApiCall.Builder Call(string action, (string Group, string User) member) =>
        ApiCall.Iam(action).With("GroupName", member.Group).With("UserName", member.User);
}
