using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Attaches a managed policy to a user. IAM API Reference, <c>AttachUserPolicy</c>.</summary>
internal sealed class AttachUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AttachUserPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.PolicyArn | IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.Attach(call, IdentityKind.User);
}
