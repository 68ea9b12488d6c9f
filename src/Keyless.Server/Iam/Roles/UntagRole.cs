using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Removes tags of a role. IAM API Reference, <c>UntagRole</c>.</summary>
internal sealed class UntagRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UntagRole);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Tagging.WithRequestTagKeys(call, Identities.Describe(call, IdentityKind.Role, permission));

    protected override AwsResponse Run(IamCall call) => Identities.RemoveTags(call, IdentityKind.Role);
}
