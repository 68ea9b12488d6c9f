using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;
using Keyless.Server.Storage;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>A role's trust policy, compiled once for as long as its text stays.</summary>
public sealed class TrustPolicy
{
    private static readonly ConditionalWeakTable<StoredPolicy, TrustPolicy> Compiled = [];

    private readonly FrozenSet<string>? _keys;

    private TrustPolicy(CompiledPolicy policy, FrozenSet<string>? keys)
    {
        Policies = new PolicySet { Resource = policy, ResourcePolicyDelegates = true };
        _keys = keys;
    }

    public PolicySet Policies { get; }

    public PolicyDocument Document => Policies.Resource!.Document;

    /// <summary>Whether a decision under this policy can depend on a condition key; those it cannot depend on need not be looked up.</summary>
    public bool Mentions(string key) => _keys is null || _keys.Contains(key);

    public static TrustPolicy Of(Role role)
    {
        if (!Compiled.TryGetValue(role.TrustPolicy, out var trust))
        {
            trust = Compile(role.TrustPolicy, role.Name);
            Compiled.AddOrUpdate(role.TrustPolicy, trust);
        }

        return trust;
    }

    private static TrustPolicy Compile(StoredPolicy stored, string name)
    {
        // Messages name it so.
        var parsed = PolicyParser.ParseJson(new SourceText("role " + name, stored.Json), PolicyKind.Trust);
        if (parsed.Policy is not { } document)
        {
            // Not readable any more: fail closed.
            return new TrustPolicy(CompiledPolicy.Nothing, FrozenSet<string>.Empty);
        }

        // A policy variable may read any key.
        var keys = stored.Json.Contains("${", StringComparison.Ordinal)
            ? null
            : document.Statements.SelectMany(statement => statement.Conditions).Select(condition => condition.Key.Value).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        return new TrustPolicy(CompiledPolicy.Compile(document), keys);
    }
}
