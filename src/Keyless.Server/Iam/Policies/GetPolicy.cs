using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>A managed policy, without its document. IAM API Reference, <c>GetPolicy</c>.</summary>
internal sealed class GetPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetPolicy);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        if ((call.Check.Error ?? ManagedPolicies.ArnFault(arn)) is { } invalid)
        {
            return invalid;
        }

        return ManagedPolicies.Find(call.Entities, arn) is { } policy
            ? call.Result(xml => PolicyElements.Write(xml, "Policy", call.Entities, policy, PolicyDetail.Whole))
            : IamErrors.NoPolicy(call.Entities, arn);
    }
}
