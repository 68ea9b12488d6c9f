using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>The condition keys that given policies speak of. IAM API Reference, <c>GetContextKeysForCustomPolicy</c>.</summary>
internal sealed class GetContextKeysForCustomPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetContextKeysForCustomPolicy);

    protected override string Resource(IamCall call) => "*";

    protected override AwsResponse Run(IamCall call)
    {
        var policies = PolicyInputs.Read(call.Check, "PolicyInputList", PolicyKind.Identity, out var error);
        if (policies.IsEmpty && error is null)
        {
            call.Check.Violate("Value at 'policyInputList' failed to satisfy constraint: Member must not be null");
        }

        return call.Check.Error ?? error ?? call.Result(xml => ContextKeys.Write(xml, ContextKeys.Of(policies.Select(policy => policy.Document))));
    }
}
