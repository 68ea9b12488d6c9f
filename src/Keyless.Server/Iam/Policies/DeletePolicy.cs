using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>Removes a managed policy that is attached to nothing and has one version. IAM API Reference, <c>DeletePolicy</c>.</summary>
internal sealed class DeletePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeletePolicy);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (PolicyElements.FindOwn(account, arn, out var error) is not { } policy)
            {
                return error!;
            }

            if (PolicyElements.UsesInTheWay(account, policy) is { } conflict)
            {
                return conflict;
            }

            var others = policy.Versions.Where(version => version.Number != policy.DefaultVersion).Select(version => version.Id).ToList();
            if (others.Count > 0)
            {
                return IamErrors.DeleteConflict(
                    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
                    + "The default version is deleted with the policy.",
                    $"policy `{policy.Name}` still has {Identities.Listed("version", "versions", others)} besides the default, `v{policy.DefaultVersion}`",
                    Identities.Commands(others, id => $"aws iam delete-policy-version --policy-arn {arn} --version-id {id}"));
            }

            transaction.Remove(policy);
            return call.Done();
        });
    }
}
