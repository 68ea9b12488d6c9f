using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>The condition keys that given policies speak of. IAM API Reference, <c>GetContextKeysForCustomPolicy</c>.</summary>
internal sealed class GetContextKeysForCustomPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetContextKeysForCustomPolicy);

    protected override IamResource Resource(IamCall call) => IamResource.All;

    protected override AwsResponse Run(IamCall call)
    {
        var documents = PolicyInputs.Read(call.Check, "PolicyInputList", required: true);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        var policies = PolicyInputs.Compile(documents, PolicyKind.Identity, "PolicyInputList", out var error);
        return error ?? call.Result(xml => ContextKeys.Write(xml, ContextKeys.Of(policies.Select(policy => policy.Document))));
    }
}
