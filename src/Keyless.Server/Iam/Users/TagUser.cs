using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Adds or replaces tags of a user. IAM API Reference, <c>TagUser</c>.</summary>
internal sealed class TagUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(TagUser);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Tagging.WithRequestTags(call, Identities.Describe(call, IdentityKind.User, permission));

    protected override AwsResponse Run(IamCall call) => Identities.AddTags(call, IdentityKind.User);
}
