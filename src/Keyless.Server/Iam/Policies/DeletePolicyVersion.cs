using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>Removes a version that is not the default. IAM API Reference, <c>DeletePolicyVersion</c>.</summary>
internal sealed class DeletePolicyVersion(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeletePolicyVersion);

    protected override string Resource(IamCall call) => call.Parameters.Text("PolicyArn"u8) ?? "*";

    protected override Permission Describe(IamCall call, Permission permission) =>
        PolicyElements.Describe(call, permission);

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var id = call.Check.Required("VersionId", 1, 32, PolicyElements.VersionId);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (PolicyElements.FindOwn(account, arn, out var error) is not { } policy)
            {
                return error!;
            }

            if (policy.Versions.FirstOrDefault(version => version.Id == id) is not { } found)
            {
                return IamErrors.NoVersion(arn, id);
            }

            if (found.Number == policy.DefaultVersion)
            {
                return IamErrors.DeleteConflict("Cannot delete the default version of a policy.");
            }

            transaction.Put(policy with { Versions = policy.Versions.Remove(found) });
            return call.Done();
        });
    }
}
