using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Policies;

/// <summary>The versions of a managed policy, newest first. IAM API Reference, <c>ListPolicyVersions</c>.</summary>
internal sealed class ListPolicyVersions(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListPolicyVersions);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var policy = ManagedPolicies.Find(call.Entities, arn);
        // The key falls as the number rises, so that newest comes first.
        IEnumerable<PolicyVersionEntry> versions = policy is null ? [] : policy.Versions.OrderByDescending(version => version.Number);
        return call.List(
            "Versions", versions, version => (int.MaxValue - version.Number).ToString("D10"), StringComparer.Ordinal,
            (xml, version) => PolicyElements.WriteVersion(xml, "member", policy!, version, withDocument: false),
            () => ManagedPolicies.ArnFault(arn) ?? (policy is null ? IamErrors.NoPolicy(call.Entities, arn) : null));
    }
}
