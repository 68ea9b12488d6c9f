using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Policies;

/// <summary>A further version of a managed policy, of five at most. IAM API Reference, <c>CreatePolicyVersion</c>.</summary>
internal sealed class CreatePolicyVersion(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(CreatePolicyVersion);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var document = call.Check.Required("PolicyDocument", 1, Documents.MaxLength, ParameterPattern.Document);
        var asDefault = call.Check.Flag("SetAsDefault", absent: false);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (PolicyElements.FindOwn(account, arn, out var error) is not { } policy)
            {
                return error!;
            }

            if (PolicyElements.DocumentFault(document) is { } malformed)
            {
                return malformed;
            }

            if (policy.Versions.Length >= PolicyElements.MaxVersions)
            {
                return new AwsError(
                    "LimitExceeded", 409,
                    "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
                {
                    Reason = $"policy `{policy.Name}` has {policy.Versions.Length} versions already, and no more are allowed",
                    Mend = $"delete one that is not the default: `aws iam delete-policy-version --policy-arn {arn} --version-id {policy.Versions.First(version => version.Number != policy.DefaultVersion).Id}`",
                };
            }

            var version = new PolicyVersionEntry(policy.LastVersion + 1, new StoredPolicy(document), call.Now);
            var changed = policy with
            {
                Versions = policy.Versions.Add(version),
                LastVersion = version.Number,
                DefaultVersion = asDefault ? version.Number : policy.DefaultVersion,
                UpdatedAt = call.Now,
            };
            transaction.Put(changed);
            return call.Result(xml => PolicyElements.WriteVersion(xml, "PolicyVersion", changed, version, withDocument: false));
        });
    }
}
