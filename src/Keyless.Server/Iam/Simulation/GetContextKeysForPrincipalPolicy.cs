using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>The condition keys that the policies of a role, user or group speak of. IAM API Reference, <c>GetContextKeysForPrincipalPolicy</c>.</summary>
internal sealed class GetContextKeysForPrincipalPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetContextKeysForPrincipalPolicy);

    protected override IamResource Resource(IamCall call) => new(call.Parameters.Text("PolicySourceArn"u8) ?? "*");

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicySourceArn", 20, 2048);
        var documents = PolicyInputs.Read(call.Check, "PolicyInputList");
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        var added = PolicyInputs.Compile(documents, PolicyKind.Identity, "PolicyInputList", out var malformed);
        if (malformed is not null)
        {
            return malformed;
        }

        return PolicyInputs.OfPrincipal(call, arn, out var unknown) is var (_, policies)
            ? call.Result(xml => ContextKeys.Write(xml, ContextKeys.Of(policies.Identity.AddRange(added).Select(policy => policy.Document))))
            : unknown!;
    }
}
