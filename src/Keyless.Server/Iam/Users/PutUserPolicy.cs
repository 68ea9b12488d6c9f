using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Adds or replaces an inline policy of a user. IAM API Reference, <c>PutUserPolicy</c>.</summary>
internal sealed class PutUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(PutUserPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.PutInlinePolicy(call, IdentityKind.User);
}
