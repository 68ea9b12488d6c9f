using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes tags of a user. IAM API Reference, <c>UntagUser</c>.</summary>
internal sealed class UntagUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UntagUser);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.TagKeys;

    protected override AwsResponse Run(IamCall call) => Identities.RemoveTags(call, IdentityKind.User);
}
