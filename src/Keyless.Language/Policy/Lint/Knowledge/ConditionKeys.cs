using Keyless.Language.Policy.Conditions;
using System.Collections.Immutable;
using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Lint.Knowledge;

/// <summary>A condition key as AWS documents it.</summary>
/// <param name="Name">In its documented spelling; <c>aws:RequestTag/</c> stands for all names behind the slash.</param>
/// <param name="IsAlwaysPresent">Whether every request has it.</param>
/// <param name="Actions">The actions it is set for; empty when it is not limited to some.</param>
internal sealed record ConditionKey(string Name, OperatorFamily Type, bool IsMultivalued, bool IsAlwaysPresent, ImmutableArray<string> Actions)
{
    public bool TakesName => Name[^1] is '/' or ':';
}

/// <summary>The condition keys that are known, from <c>keys.txt</c>, and the claims of known identity providers.</summary>
internal static class ConditionKeys
{
    private static readonly Lazy<(Dictionary<string, ConditionKey> Keys, HashSet<string> Complete)> Tables = new(Read);

    public static IEnumerable<string> Names => Tables.Value.Keys.Values.Select(k => k.Name);

    public static ConditionKey? Find(string key)
    {
        if (ProviderKey.Parse(key) is { } claim)
        {
            return OfClaim(key, claim);
        }

        var keys = Tables.Value.Keys;
        if (keys.TryGetValue(key, out var known))
        {
            return known;
        }

        // `aws:RequestTag/team`, `kms:EncryptionContext:project`: the part up to the separator is the key.
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var colon = key.IndexOf(':', key.IndexOf(':', StringComparison.Ordinal) + 1);
        var end = slash >= 0 ? slash : colon;
        return end > 0 && end < key.Length - 1 ? keys.GetValueOrDefault(key[..(end + 1)]) : null;
    }

    /// <summary>Whether every key of a prefix is known, so that another one does not exist.</summary>
    public static bool IsComplete(string prefix) => Tables.Value.Complete.Contains(prefix);

    /// <summary>What a claim is as a key; GitHub's are single-valued and there, but for the environment and the enterprise.</summary>
    private static ConditionKey? OfClaim(string key, ProviderKey claim)
    {
        var name = claim.Claim.ToLowerInvariant();
        if (name == "amr")
        {
            return new ConditionKey(key, OperatorFamily.String, IsMultivalued: true, IsAlwaysPresent: false, []);
        }

        var exists = name is "sub" or "aud" or "email" or "oaud" || ProviderClaims.Of(claim.Provider.ToLowerInvariant()).Contains(name);
        var optional = name is "environment" or "enterprise_id" or "email" or "oaud" || !claim.IsGitHub;
        return exists ? new ConditionKey(key, OperatorFamily.String, IsMultivalued: false, IsAlwaysPresent: !optional || name is "sub" or "aud", []) : null;
    }

    private static (Dictionary<string, ConditionKey>, HashSet<string>) Read()
    {
        var keys = new Dictionary<string, ConditionKey>(StringComparer.OrdinalIgnoreCase);
        var complete = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in EmbeddedTable.Lines("keys.txt"))
        {
            var words = line.Split(' ');
            if (words[0] == "complete")
            {
                complete.Add(words[1]);
                continue;
            }

            var always = words.Length > 2 && words[2] == "always";
            var service = words[0][..words[0].IndexOf(':', StringComparison.Ordinal)];
            keys.Add(words[0], new ConditionKey(
                words[0], Type(words[1].TrimEnd('*')), words[1].EndsWith('*'), always, [.. words.Skip(always ? 3 : 2).Select(action => $"{service}:{action}")]));
        }

        return (keys, complete);
    }

    private static OperatorFamily Type(string word) => word switch
    {
        "string" => OperatorFamily.String,
        "number" => OperatorFamily.Numeric,
        "date" => OperatorFamily.Date,
        "bool" => OperatorFamily.Bool,
        "binary" => OperatorFamily.Binary,
        "ip" => OperatorFamily.IpAddress,
        "arn" => OperatorFamily.Arn,
        _ => throw new InvalidOperationException($"keys.txt: no type `{word}`"),
    };
}
