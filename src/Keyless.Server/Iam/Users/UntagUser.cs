using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes tags of a user. IAM API Reference, <c>UntagUser</c>.</summary>
internal sealed class UntagUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UntagUser);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Tagging.WithRequestTagKeys(call, Identities.Describe(call, IdentityKind.User, permission));

    protected override AwsResponse Run(IamCall call) => Identities.RemoveTags(call, IdentityKind.User);
}
