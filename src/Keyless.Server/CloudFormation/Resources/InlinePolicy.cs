using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary>
/// A policy inside other principals: <c>AWS::IAM::Policy</c> in any number of roles and users, <c>AWS::IAM::RolePolicy</c> and
/// <c>AWS::IAM::UserPolicy</c> in one.
/// </summary>
/// <param name="holders">The principals of a resource, each as its kind and name.</param>
internal sealed class InlinePolicy(Func<MappingNode, IEnumerable<(string Kind, string Name)>> holders) : ResourceCalls
{
    public static IEnumerable<(string Kind, string Name)> OfRole(MappingNode properties) => [("Role", properties.Text("RoleName") ?? "")];

    public static IEnumerable<(string Kind, string Name)> OfUser(MappingNode properties) => [("User", properties.Text("UserName") ?? "")];

    public static IEnumerable<(string Kind, string Name)> OfMany(MappingNode properties) =>
        [.. properties.Texts("Roles").Select(name => ("Role", name)), .. properties.Texts("Users").Select(name => ("User", name))];

    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) => holders(properties).Select(holder => Put(holder, properties));

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after, int generation) =>
    [
        .. Create(physicalId, after),
        .. holders(before)
            .Where(holder => before.Text("PolicyName") != after.Text("PolicyName") || !holders(after).Contains(holder))
            .Select(holder => Remove(holder, before)),
    ];

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) => holders(properties).Select(holder => Remove(holder, properties));

    private static ApiCall Put((string Kind, string Name) holder, MappingNode properties) => ApiCall.Iam($"Put{holder.Kind}Policy")
        .With(holder.Kind + "Name", holder.Name)
        .With("PolicyName", properties.Text("PolicyName"))
        .With("PolicyDocument", properties.Json("PolicyDocument"))
        .Call();

    private static ApiCall Remove((string Kind, string Name) holder, MappingNode properties) => ApiCall.Iam($"Delete{holder.Kind}Policy")
        .With(holder.Kind + "Name", holder.Name)
        .With("PolicyName", properties.Text("PolicyName"))
        .Removal();
}
