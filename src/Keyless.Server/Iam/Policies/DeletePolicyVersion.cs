using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>Removes a version that is not the default. IAM API Reference, <c>DeletePolicyVersion</c>.</summary>
internal sealed class DeletePolicyVersion(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeletePolicyVersion);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call) =>
        PolicyElements.ChangeVersion(call, (policy, version) => version.Number == policy.DefaultVersion
            ? (null, IamErrors.DeleteConflict(
                "Cannot delete the default version of a policy.",
                $"`{version.Id}` is the default version of policy `{policy.Name}`",
                $"make another the default first (`aws iam set-default-policy-version --policy-arn {policy.Arn} --version-id ID`), or delete the policy"))
            : (policy with { Versions = policy.Versions.Remove(version) }, null));
}
