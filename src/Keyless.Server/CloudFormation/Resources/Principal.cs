using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary>What roles and users share: inline policies, attached policies, a boundary, tags. The operations differ by one word.</summary>
internal abstract class Principal(string kind) : ResourceCalls
{
    private string NameParameter => kind + "Name";

    protected abstract ApiCall CreateCall(string name, MappingNode properties);

    /// <summary>The calls for properties that only this kind has.</summary>
    protected virtual IEnumerable<ApiCall> UpdateOwn(string name, MappingNode before, MappingNode after) => [];

    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) =>
    [
        CreateCall(physicalId, properties),
        .. properties.InlinePolicies().Select(policy => PutPolicy(physicalId, policy.Key, policy.Value)),
        .. properties.Texts("ManagedPolicyArns").Select(arn => Attach(physicalId, arn)),
    ];

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after, int generation)
    {
        var (oldInline, newInline) = (before.InlinePolicies(), after.InlinePolicies());
        var (oldAttached, newAttached) = (before.Texts("ManagedPolicyArns"), after.Texts("ManagedPolicyArns"));
        return
        [
            .. UpdateOwn(physicalId, before, after),
            .. newInline.Where(policy => oldInline.GetValueOrDefault(policy.Key) != policy.Value).Select(policy => PutPolicy(physicalId, policy.Key, policy.Value)),
            .. oldInline.Keys.Where(name => !newInline.ContainsKey(name)).Select(name => DeletePolicy(physicalId, name)),
            .. newAttached.Except(oldAttached).Select(arn => Attach(physicalId, arn)),
            .. oldAttached.Except(newAttached).Select(arn => Detach(physicalId, arn)),
            .. Boundary(physicalId, before.Text("PermissionsBoundary"), after.Text("PermissionsBoundary")),
            .. TagChanges.Between(before, after, kind, NameParameter, physicalId),
        ];
    }

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) =>
    [
        .. properties.Texts("ManagedPolicyArns").Select(arn => Detach(physicalId, arn)),
        .. properties.InlinePolicies().Keys.Select(name => DeletePolicy(physicalId, name)),
        ApiCall.Iam("Delete" + kind).With(NameParameter, physicalId).Removal(),
    ];

    private ApiCall PutPolicy(string name, string policy, string document) =>
        ApiCall.Iam($"Put{kind}Policy").With(NameParameter, name).With("PolicyName", policy).With("PolicyDocument", document).Call();

    private ApiCall DeletePolicy(string name, string policy) =>
        ApiCall.Iam($"Delete{kind}Policy").With(NameParameter, name).With("PolicyName", policy).Removal();

    private ApiCall Attach(string name, string arn) => ApiCall.Iam($"Attach{kind}Policy").With(NameParameter, name).With("PolicyArn", arn).Call();

    private ApiCall Detach(string name, string arn) => ApiCall.Iam($"Detach{kind}Policy").With(NameParameter, name).With("PolicyArn", arn).Removal();

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
}
