using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>The condition keys that the policies of a role or user speak of. IAM API Reference, <c>GetContextKeysForPrincipalPolicy</c>.</summary>
internal sealed class GetContextKeysForPrincipalPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetContextKeysForPrincipalPolicy);

    protected override string Resource(IamCall call) => call.Parameters.Text("PolicySourceArn"u8) ?? "*";

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicySourceArn", 20, 2048);
        var added = PolicyInputs.Read(call.Check, "PolicyInputList", PolicyKind.Identity, out var error);
        if ((call.Check.Error ?? error) is { } invalid)
        {
            return invalid;
        }

        return PolicyInputs.OfPrincipal(call, arn, out var unknown) is var (_, policies)
            ? call.Result(xml => ContextKeys.Write(xml, ContextKeys.Of(policies.Identity.AddRange(added).Select(policy => policy.Document))))
            : unknown!;
    }
}
