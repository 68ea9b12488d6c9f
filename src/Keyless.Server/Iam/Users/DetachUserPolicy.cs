using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Detaches a managed policy from a user. IAM API Reference, <c>DetachUserPolicy</c>.</summary>
internal sealed class DetachUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DetachUserPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.PolicyArn | IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.Detach(call, IdentityKind.User);
}
