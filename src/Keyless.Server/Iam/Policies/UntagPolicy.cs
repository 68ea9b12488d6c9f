using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Policies;

/// <summary>Removes tags of a managed policy. IAM API Reference, <c>UntagPolicy</c>.</summary>
internal sealed class UntagPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UntagPolicy);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override IamKeys Keys => IamKeys.TagKeys;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var keys = Tagging.ReadKeys(call);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (PolicyElements.FindOwn(account, arn, out var error) is not { } policy)
            {
                return error!;
            }

            transaction.Put(policy with { Tags = Tagging.Without(policy.Tags, keys, caseMatters: true) });
            return call.Done();
        });
    }
}
