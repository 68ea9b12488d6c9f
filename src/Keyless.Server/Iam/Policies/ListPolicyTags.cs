using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>The tags of a managed policy, shorter keys first. IAM API Reference, <c>ListPolicyTags</c>.</summary>
internal sealed class ListPolicyTags(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListPolicyTags);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        return Tagging.List(call, ManagedPolicies.Find(call.Entities, arn)?.Tags, () => ManagedPolicies.ArnFault(arn) ?? IamErrors.NoPolicy(call.Entities, arn), Tagging.ByLength);
    }
}
