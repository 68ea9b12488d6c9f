using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary>
/// A policy inside other principals: <c>AWS::IAM::Policy</c> in any number of them, <c>AWS::IAM::RolePolicy</c>,
/// <c>AWS::IAM::UserPolicy</c> and <c>AWS::IAM::GroupPolicy</c> in one.
/// </summary>
/// <param name="holders">The principals of a resource, each as its kind and name.</param>
internal sealed class InlinePolicy(Func<MappingNode, IEnumerable<(string Kind, string Name)>> holders) : ResourceCalls
{
    public static IEnumerable<(string Kind, string Name)> OfRole(MappingNode properties) => [("Role", properties.Text("RoleName") ?? "")];

    public static IEnumerable<(string Kind, string Name)> OfUser(MappingNode properties) => [("User", properties.Text("UserName") ?? "")];

    public static IEnumerable<(string Kind, string Name)> OfGroup(MappingNode properties) => [("Group", properties.Text("GroupName") ?? "")];

    public static IEnumerable<(string Kind, string Name)> OfMany(MappingNode properties) =>
    [
        .. properties.Texts("Roles").Select(name => ("Role", name)),
        .. properties.Texts("Users").Select(name => ("User", name)),
        .. properties.Texts("Groups").Select(name => ("Group", name)),
    ];

    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) => holders(properties).Select(holder => Put(holder, properties));

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after) =>
    [
        .. Create(physicalId, after),
        .. holders(before)
            .Where(holder => before.Text("PolicyName") != after.Text("PolicyName") || !holders(after).Contains(holder))
            .Select(holder => Remove(holder, before)),
    ];

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) => holders(properties).Select(holder => Remove(holder, properties));

    public override async Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties)
    {
        var (present, differing) = (false, false);
        foreach (var holder in holders(properties))
        {
            var found = await reality.Ask(ApiCall.Iam($"Get{holder.Kind}Policy").With(holder.Kind + "Name", holder.Name).With("PolicyName", properties.Text("PolicyName")).Call());
            if (!found.Found && !found.Gone)
            {
                return Drift.Unknown;
            }

            present |= found.Found;
            differing |= !Compare.SameDocument(found.Xml.Text("PolicyDocument"), properties.Json("PolicyDocument"));
        }

        return !present ? Drift.Missing : differing ? new Drift(false, ["PolicyDocument"]) : Drift.None;
    }

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
