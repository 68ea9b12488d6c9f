using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>The tags of a user, sorted by key. IAM API Reference, <c>ListUserTags</c>.</summary>
internal sealed class ListUserTags(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListUserTags);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override AwsResponse Run(IamCall call) => Identities.ListTags(call, IdentityKind.User);
}
