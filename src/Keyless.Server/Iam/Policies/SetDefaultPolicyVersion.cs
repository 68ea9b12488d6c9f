using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>Makes a version the one that holds. IAM API Reference, <c>SetDefaultPolicyVersion</c>.</summary>
internal sealed class SetDefaultPolicyVersion(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(SetDefaultPolicyVersion);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call) =>
        PolicyElements.ChangeVersion(call, (policy, version) => (policy with { DefaultVersion = version.Number, UpdatedAt = call.Now }, null));
}
