using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Adds or replaces tags of a role. IAM API Reference, <c>TagRole</c>.</summary>
internal sealed class TagRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(TagRole);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Tagging.WithRequestTags(call, Identities.Describe(call, IdentityKind.Role, permission));

    protected override AwsResponse Run(IamCall call) => Identities.AddTags(call, IdentityKind.Role);
}
