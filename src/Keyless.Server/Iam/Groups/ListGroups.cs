using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Groups;

/// <summary>The groups under a path, in the order of their names. IAM API Reference, <c>ListGroups</c>.</summary>
internal sealed class ListGroups(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListGroups);

    protected override IamResource Resource(IamCall call) => call.Under("group");

    protected override AwsResponse Run(IamCall call)
    {
        var prefix = call.Check.Optional("PathPrefix", 1, 512, ParameterPattern.PathPrefix) ?? "/";
        var groups = call.Entities.Groups.Values.Where(group => group.Path.StartsWith(prefix, StringComparison.Ordinal));
        return GroupElements.List(call, groups);
    }
}
