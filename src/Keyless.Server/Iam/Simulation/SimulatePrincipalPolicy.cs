using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Simulation;

/// <summary>What the policies of a role, user or group would decide. IAM API Reference, <c>SimulatePrincipalPolicy</c>.</summary>
internal sealed class SimulatePrincipalPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(SimulatePrincipalPolicy);

    protected override IamResource Resource(IamCall call) => new(call.Parameters.Text("PolicySourceArn"u8) ?? "*");

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicySourceArn", 20, 2048);
        var question = Simulator.Read(call);
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

        if (PolicyInputs.OfPrincipal(call, arn, out var unknown) is not var (identity, policies))
        {
            return unknown!;
        }

        var given = new List<KeyValuePair<string, string>>
        {
            new("aws:PrincipalArn", identity.Arn),
            new("aws:PrincipalAccount", identity.Account),
            new("aws:userid", identity.Id),
        };
        if (identity is User)
        {
            given.Add(new("aws:username", identity.Name));
        }

        given.AddRange(identity.Tags.Select(tag => new KeyValuePair<string, string>("aws:PrincipalTag/" + tag.Key, tag.Value)));
        return Simulator.Answer(call, question, policies with { Identity = policies.Identity.AddRange(added) }, identity.Arn, given);
    }
}
