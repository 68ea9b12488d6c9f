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

    /// <summary>A list parameter of policy documents.</summary>
    public static IReadOnlyList<string> Read(Constraints check, string parameter, bool required = false) =>
        required
            ? check.RequiredList(parameter, Max, 1, Documents.MaxLength, ParameterPattern.Document)
            : check.List(parameter, Max, 1, Documents.MaxLength, ParameterPattern.Document);

    /// <summary>Documents of a list parameter ready to decide, named <c>PARAMETER.1</c> and on as results call them.</summary>
    public static ImmutableArray<CompiledPolicy> Compile(IReadOnlyList<string> documents, PolicyKind kind, string parameter, out AwsError? error)
    {
        error = null;
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
        error = IamErrors.InvalidInput($"Invalid policy {name}: line {first.Start.Line}, column {first.Start.Column}: {first.Message.Replace('`', '\'')}") with
        {
            Reason = $"`{name}`: line {first.Start.Line}, column {first.Start.Column}: {first.Message}",
            Mend = first.Help,
        };
        return null;
    }

    /// <summary>The policies of a role, of a user with its groups, or of a group, as simulations name them; null, with the error, when there is no such entity.</summary>
    public static (Identity Identity, PolicySet Policies)? OfPrincipal(IamCall call, string arn, out AwsError? error)
    {
        error = null;
        Identity? identity = call.State.RoleByArn(arn) is { } role ? role : call.State.UserByArn(arn) is { } user ? user : call.State.GroupByArn(arn);
        if (identity is null || identity.Account != call.Account)
        {
            error = IdentityKind.OfArn(arn) is { } kind
                ? call.Missing(kind, ManagedPolicies.NameOf(arn))
                : IamErrors.InvalidInput($"Invalid Entity Arn: {arn} does not clearly define entity type and name.") with
                {
                    Reason = $"`PolicySourceArn` is `{arn}`, which is the ARN of neither a user, a group nor a role",
                    Mend = "write `arn:aws:iam::ACCOUNT:role/NAME`, `...:user/NAME` or `...:group/NAME`",
                };
            return null;
        }

        var account = call.State.Account(identity.Account);
        var policies = ImmutableArray.CreateBuilder<CompiledPolicy>();
        foreach (var source in identity is User member ? account.GroupsOf(member).Prepend<Identity>(member) : [identity])
        {
            var word = source is Role ? "role" : source is User ? "user" : "group";
            CallerPolicies.Add(policies, account, source, policy => $"{word}_{source.Name}_{policy}");
        }

        return (identity, new PolicySet
        {
            Identity = policies.DrainToImmutable(),
            Boundaries = identity.Boundary is { } boundary ? [CallerPolicies.Managed(account, boundary, PolicyKind.Boundary)] : [],
        });
    }
}
