using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>The condition keys that policies speak of. IAM API Reference, <c>GetContextKeysForCustomPolicy</c>.</summary>
internal static class ContextKeys
{
    /// <summary>Keys of conditions and of policy variables, as first written, each once.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<PolicyDocument> policies)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var keys = new List<string>();
        foreach (var statement in policies.SelectMany(policy => policy.Statements))
        {
            foreach (var condition in statement.Conditions)
            {
                Add(condition.Key.Value);
                foreach (var value in condition.Values)
                {
                    AddVariables(value.Value);
                }
            }

            foreach (var resource in statement.Resource?.Patterns ?? [])
            {
                AddVariables(resource.Value);
            }
        }

        return keys;

        void Add(string key)
        {
            if (seen.Add(key))
            {
                keys.Add(key);
            }
        }

        // ${key} or ${key, 'default'}; ${*}, ${?} and ${$} are characters.
        void AddVariables(string text)
        {
            for (var at = text.IndexOf("${", StringComparison.Ordinal); at >= 0; at = text.IndexOf("${", at + 2, StringComparison.Ordinal))
            {
                var end = text.IndexOf('}', at);
                if (end < 0)
                {
                    return;
                }

                var name = text[(at + 2)..end].Split(',')[0].Trim();
                if (name is not ("*" or "?" or "$" or ""))
                {
                    Add(name);
                }
            }
        }
    }

    public static void Write(XmlOut xml, IEnumerable<string> keys)
    {
        xml.Open("ContextKeyNames");
        foreach (var key in keys)
        {
            xml.Element("member", key);
        }

        xml.Close("ContextKeyNames");
    }
}
