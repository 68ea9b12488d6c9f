using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>What given policies would decide. IAM API Reference, <c>SimulateCustomPolicy</c>.</summary>
internal sealed class SimulateCustomPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(SimulateCustomPolicy);

    protected override string Resource(IamCall call) => "*";

    protected override AwsResponse Run(IamCall call)
    {
        var policies = PolicyInputs.Read(call.Check, "PolicyInputList", PolicyKind.Identity, out var error);
        if (error is not null)
        {
            return error;
        }

        return Simulator.Answer(call, new() { Identity = policies }, $"arn:aws:iam::{call.Account}:user/simulated", []);
    }
}
