using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>Adds or replaces tags of a managed policy. IAM API Reference, <c>TagPolicy</c>.</summary>
internal sealed class TagPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(TagPolicy);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override IamKeys Keys => IamKeys.RequestTags;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var tags = Tagging.Read(call, required: true);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (PolicyElements.FindOwn(account, arn, out var error) is not { } policy)
            {
                return error!;
            }

            var (merged, fault) = Tagging.Merge(policy.Tags, tags, caseMatters: true);
            if (fault is not null)
            {
                return fault;
            }

            transaction.Put(policy with { Tags = merged });
            return call.Done();
        });
    }
}
