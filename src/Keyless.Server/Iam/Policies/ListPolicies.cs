using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Policies;

/// <summary>Managed policies, of AWS, of the account, or all. IAM API Reference, <c>ListPolicies</c>.</summary>
internal sealed class ListPolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListPolicies);

    protected override IamResource Resource(IamCall call) => call.Under("policy") with { Shown = $"policy path {call.Parameters.Text("PathPrefix"u8) ?? "/"}" };

    protected override AwsResponse Run(IamCall call)
    {
        var scope = call.Check.OneOf("Scope", "All", "AWS", "Local") ?? "All";
        var onlyAttached = call.Check.Flag("OnlyAttached", absent: false);
        var prefix = call.Check.Optional("PathPrefix", 1, 512, ParameterPattern.PolicyPath) ?? "/";
        var usage = call.Check.OneOf("PolicyUsageFilter", "PermissionsPolicy", "PermissionsBoundary");
        var account = call.Entities;
        var policies = (scope == "Local" ? [] : ManagedPolicies.Aws)
            .Concat(scope == "AWS" ? [] : account.Policies.Values)
            .Where(policy => policy.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Where(policy => !onlyAttached || PolicyElements.Attachments(account, policy.Arn) > 0)
            .Where(policy => usage switch
            {
                "PermissionsPolicy" => PolicyElements.Attachments(account, policy.Arn) > 0,
                "PermissionsBoundary" => PolicyElements.BoundaryUses(account, policy.Arn) > 0,
                _ => true,
            })
            .OrderBy(policy => policy.Arn, StringComparer.Ordinal);
        return call.List(
            "Policies", policies, policy => policy.Arn, StringComparer.Ordinal, (xml, policy) => PolicyElements.Write(xml, "member", account, policy, PolicyDetail.Listed));
    }
}
