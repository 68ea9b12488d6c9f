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
        var page = Page<PolicyVersionEntry>.Of(
            call.Check, versions, version => (int.MaxValue - version.Number).ToString("D10"), StringComparer.Ordinal, out var error);
        if ((error ?? ManagedPolicies.ArnFault(arn)) is { } invalid)
        {
            return invalid;
        }

        return policy is null ? IamErrors.NoPolicy(arn) : call.Result(xml =>
        {
            xml.Open("Versions");
            foreach (var version in page!.Items)
            {
                PolicyElements.WriteVersion(xml, "member", policy, version, withDocument: false);
            }

            xml.Close("Versions");
            page.WriteEnd(xml);
        });
    }
}
