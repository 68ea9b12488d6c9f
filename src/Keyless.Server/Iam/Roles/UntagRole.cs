using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Removes tags of a role. IAM API Reference, <c>UntagRole</c>.</summary>
internal sealed class UntagRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UntagRole);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.TagKeys;

    protected override AwsResponse Run(IamCall call) => Identities.RemoveTags(call, IdentityKind.Role);
}
