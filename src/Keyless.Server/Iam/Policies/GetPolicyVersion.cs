using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>A version of a managed policy, with its document. IAM API Reference, <c>GetPolicyVersion</c>.</summary>
internal sealed class GetPolicyVersion(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetPolicyVersion);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var id = call.Check.Required("VersionId", 0, int.MaxValue, PolicyElements.VersionId);
        if ((call.Check.Error ?? ManagedPolicies.ArnFault(arn)) is { } invalid)
        {
            return invalid;
        }

        return ManagedPolicies.Find(call.Entities, arn) is { } policy && policy.Versions.FirstOrDefault(version => version.Id == id) is { } found
            ? call.Result(xml => PolicyElements.WriteVersion(xml, "PolicyVersion", policy, found, withDocument: true))
            : IamErrors.NoVersion(call.Entities, arn, id);
    }
}
