using System.Collections.Concurrent;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Storage;

namespace Keyless.Server.Aws;

/// <summary>
/// Compiled inline session policies by their text: a session brings its policy as text with every request, and many sessions of one
/// workflow bring the same.
/// </summary>
internal static class SessionPolicyCache
{
    private const int Max = 1024;

    private static readonly ConcurrentDictionary<string, CompiledPolicy> Known = new(StringComparer.Ordinal);

    public static CompiledPolicy Compiled(string json)
    {
        if (Known.TryGetValue(json, out var known))
        {
            return known;
        }

        if (Known.Count >= Max)
        {
            Known.Clear();
        }

        return Known.GetOrAdd(json, static json => new StoredPolicy(json).Compiled(PolicyKind.Session, "session policy"));
    }
}
