using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>The tags of a role, sorted by key. IAM API Reference, <c>ListRoleTags</c>.</summary>
internal sealed class ListRoleTags(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListRoleTags);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call) => Identities.ListTags(call, IdentityKind.Role);
}
