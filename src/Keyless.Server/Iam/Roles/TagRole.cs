using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Adds or replaces tags of a role. IAM API Reference, <c>TagRole</c>.</summary>
internal sealed class TagRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(TagRole);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.RequestTags;

    protected override AwsResponse Run(IamCall call) => Identities.AddTags(call, IdentityKind.Role);
}
