using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Simulation;

/// <summary>The policies that a simulation is given or finds attached.</summary>
internal static class PolicyInputs
{
    private const int Max = 100;

    /// <summary>A list parameter of policy documents, named <c>PARAMETER.1</c> and on as results call them.</summary>
    public static ImmutableArray<CompiledPolicy> Read(Constraints check, string parameter, PolicyKind kind, out AwsError? error)
    {
        error = null;
        var documents = check.List(parameter, Max, 1, Documents.MaxLength, ParameterPattern.Document);
        var policies = ImmutableArray.CreateBuilder<CompiledPolicy>(documents.Count);
        for (var i = 0; i < documents.Count; i++)
        {
            if (Compile(documents[i], kind, $"{parameter}.{i + 1}", out error) is not { } policy)
            {
                return [];
            }

            policies.Add(policy);
        }

        return policies.DrainToImmutable();
    }

    public static CompiledPolicy? Compile(string json, PolicyKind kind, string name, out AwsError? error)
    {
        var parsed = PolicyParser.ParseJson(new SourceText(name, json), kind);
        if (parsed.Policy is { } policy)
        {
            error = null;
            return CompiledPolicy.Compile(policy, name);
        }

        var first = parsed.Diagnostics.First(finding => finding.Severity == Severity.Error);
        error = IamErrors.InvalidInput($"Invalid policy {name}: line {first.Start.Line}, column {first.Start.Column}: {first.Message.Replace('`', '\'')}");
        return null;
    }

    /// <summary>The policies of a role or user as simulations name them; null, with the error, when there is no such entity.</summary>
    public static (Identity Identity, PolicySet Policies)? OfPrincipal(IamCall call, string arn, out AwsError? error)
    {
        error = null;
        Identity? identity = call.State.RoleByArn(arn) is { } role ? role : call.State.UserByArn(arn);
        if (identity is null || identity.Account != call.Account)
        {
            error = arn.Split(':') is ["arn", _, "iam", _, { Length: 12 }, ..]
                ? IamErrors.NoSuchEntity($"The principal with ARN {arn} cannot be found.")
                : IamErrors.InvalidInput($"Invalid Entity Arn: {arn} does not clearly define entity type and name.");
            return null;
        }

        var account = call.State.Account(identity.Account);
        var kind = identity is Role ? "role" : "user";
        return (identity, new PolicySet
        {
            Identity =
            [
                .. identity.InlinePolicies.Select(policy => policy.Value.Compiled(PolicyKind.Identity, $"{kind}_{identity.Name}_{policy.Key}")),
                .. identity.AttachedPolicies.Select(attached => Managed(account, attached, PolicyKind.Identity)),
            ],
            Boundaries = identity.Boundary is { } boundary ? [Managed(account, boundary, PolicyKind.Boundary)] : [],
        });
    }

    private static CompiledPolicy Managed(IamAccount account, string arn, PolicyKind kind) =>
        ManagedPolicies.Find(account, arn)?.Default.Policy.Compiled(kind, arn) ?? CompiledPolicy.Nothing;
}
