using System.Collections.Frozen;
using System.Collections.Immutable;
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
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    // Each statement by itself, to name the one that allows without the cost of an explanation.
    private readonly ImmutableArray<(string Summary, PolicySet Alone)> _statements;

    private TrustPolicy(CompiledPolicy policy, FrozenSet<string>? keys)
    {
        Policies = new PolicySet { Resource = policy, ResourcePolicyDelegates = true };
        _keys = keys;
        _lookup = keys is null ? default : keys.GetAlternateLookup<ReadOnlySpan<char>>();
        _statements =
        [
            .. policy.Document.Statements.Where(statement => statement.Effect.Value == Effect.Allow).Select(statement => (
                $"allowed by statement {(statement.Sid is { Value.Length: > 0 } sid ? $"`{sid.Value}`" : (statement.Index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))} of the trust policy",
                new PolicySet { Resource = CompiledPolicy.Compile(policy.Document with { Statements = [statement] }), ResourcePolicyDelegates = true })),
        ];
    }

    public PolicySet Policies { get; }

    public PolicyDocument Document => Policies.Resource!.Document;

    /// <summary>
    /// The condition key of that name, when a decision under this policy can depend on it; null for one that it cannot depend on, which
    /// need not be looked up.
    /// </summary>
    public string? KeyOf(string prefix, string name)
    {
        Span<char> key = stackalloc char[512];
        if (_keys is null || prefix.Length + name.Length > key.Length)
        {
            return prefix + name;
        }

        prefix.CopyTo(key);
        name.CopyTo(key[prefix.Length..]);
        return _lookup.TryGetValue(key[..(prefix.Length + name.Length)], out var mentioned) ? mentioned : null;
    }

    /// <summary>Names the statement that lets an allowed request in.</summary>
    public string StatementThatAllows(AccessRequest request)
    {
        foreach (var (summary, alone) in _statements)
        {
            if (_statements.Length == 1 || Authorizer.Decide(request, alone) == Verdict.Allow)
            {
                return summary;
            }
        }

        return "allowed by the trust policy";
    }

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
