using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Policies;

/// <summary>A customer-managed policy with its first version. IAM API Reference, <c>CreatePolicy</c>.</summary>
internal sealed class CreatePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(CreatePolicy);

    protected override IamResource Resource(IamCall call) => call.New("policy", "PolicyName") with { Shown = $"policy {call.Parameters.Text("PolicyName"u8)}" };

    protected override IamKeys Keys => IamKeys.RequestTags;

    protected override AwsResponse Run(IamCall call)
    {
        var path = call.Check.Optional("Path", 1, 512, ParameterPattern.PolicyPath) ?? "/";
        var name = call.Check.Required("PolicyName", 1, 128, ParameterPattern.Name);
        var document = call.Check.Required("PolicyDocument", 1, Documents.MaxLength, ParameterPattern.Document);
        var description = call.Check.Optional("Description", 0, 1000, ParameterPattern.Description);
        var tags = Tagging.OfCreate(call, caseMatters: true, out var error);
        if (error is not null)
        {
            return error;
        }

        return call.Write((transaction, account) =>
        {
            if (account.PolicyByName(name) is { } present)
            {
                return IamErrors.PolicyExists(name, present);
            }

            if (PolicyElements.DocumentFault(document) is { } malformed)
            {
                return malformed;
            }

            if (account.Policies.Count >= PolicyElements.MaxPolicies)
            {
                return IamErrors.LimitExceeded("PoliciesPerAccount", PolicyElements.MaxPolicies, $"account `{call.Account}` has", "policies", "delete policies that are not used");
            }

            var policy = new ManagedPolicy
            {
                Account = call.Account,
                Path = path,
                Name = name,
                Id = Identifiers.UniqueId("ANPA", call.Account),
                Description = description,
                CreatedAt = call.Now,
                UpdatedAt = call.Now,
                Tags = tags,
                Versions = [new PolicyVersionEntry(1, new StoredPolicy(document), call.Now)],
                DefaultVersion = 1,
                LastVersion = 1,
            };
            transaction.Put(policy);
            return call.Result(xml => PolicyElements.Write(xml, "Policy", account, policy, PolicyDetail.Created));
        });
    }
}
