using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Adds or replaces tags of a user. IAM API Reference, <c>TagUser</c>.</summary>
internal sealed class TagUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(TagUser);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.RequestTags;

    protected override AwsResponse Run(IamCall call) => Identities.AddTags(call, IdentityKind.User);
}
