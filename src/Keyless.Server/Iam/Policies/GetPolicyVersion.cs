using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>A version of a managed policy, with its document. IAM API Reference, <c>GetPolicyVersion</c>.</summary>
internal sealed class GetPolicyVersion(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetPolicyVersion);

    protected override string Resource(IamCall call) => call.Parameters.Text("PolicyArn"u8) ?? "*";

    protected override Permission Describe(IamCall call, Permission permission) =>
        PolicyElements.Describe(call, permission);

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var id = call.Check.Required("VersionId", 0, int.MaxValue, PolicyElements.VersionId);
        if ((call.Check.Error ?? ManagedPolicies.ArnFault(arn)) is { } invalid)
        {
            return invalid;
        }

        if (ManagedPolicies.Find(call.Entities, arn) is not { } policy)
        {
            return IamErrors.NoPolicy(arn);
        }

        return policy.Versions.FirstOrDefault(version => version.Id == id) is { } found
            ? call.Result(xml => PolicyElements.WriteVersion(xml, "PolicyVersion", policy, found, withDocument: true))
            : IamErrors.NoVersion(arn, id);
    }
}
