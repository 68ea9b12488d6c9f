using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>What given policies would decide. IAM API Reference, <c>SimulateCustomPolicy</c>.</summary>
internal sealed class SimulateCustomPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(SimulateCustomPolicy);

    protected override IamResource Resource(IamCall call) => IamResource.All;

    protected override AwsResponse Run(IamCall call)
    {
        var question = Simulator.Read(call);
        var documents = PolicyInputs.Read(call.Check, "PolicyInputList", required: true);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        var policies = PolicyInputs.Compile(documents, PolicyKind.Identity, "PolicyInputList", out var malformed);
        return malformed ?? Simulator.Answer(call, question, new() { Identity = policies }, $"arn:aws:iam::{call.Account}:user/simulated", []);
    }
}
