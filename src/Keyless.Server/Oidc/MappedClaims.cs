using System.Collections.Immutable;
using System.Text;
using Keyless.Language.Oidc;

namespace Keyless.Server.Oidc;

/// <summary>
/// The claims of the mapping rules. Off unless the settings hold rules. IAM User Guide, "Pass session tags using AssumeRoleWithWebIdentity",
/// and the claims <c>source_identity</c> and <c>roles</c> beside it.
/// </summary>
public static class MappedClaims
{
    private const int LongestTag = 256;
    private const int LongestSourceIdentity = 64;

    /// <summary>The claims of a token, or why there is none. What names a claim that the token lacks is left out.</summary>
    public static (ImmutableArray<KeyValuePair<string, string>> Claims, string? Fault) Of(ClaimMapping mapping, ImmutableArray<Claim> claims)
    {
        var known = claims.Where(claim => !claim.IsJson).ToDictionary(claim => claim.Name, claim => claim.Text, StringComparer.Ordinal);
        var mapped = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var tags = mapping.Tags.Select(tag => (tag.Key, Value: Fill(tag.Value, known))).Where(tag => tag.Value is not null).ToList();
        if (tags.Count > 0)
        {
            mapped.Add(new("https://aws.amazon.com/tags", Discovery.Text(json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("principal_tags");
                foreach (var (key, value) in tags)
                {
                    json.WriteStartArray(key);
                    json.WriteStringValue(Clean(value!, LongestTag, IsTagCharacter));
                    json.WriteEndArray();
                }

                json.WriteEndObject();
                json.WriteStartArray("transitive_tag_keys");
                foreach (var key in mapping.TransitiveTagKeys.Where(key => tags.Exists(tag => tag.Key == key)))
                {
                    json.WriteStringValue(key);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            })));
        }

        if (mapping.SourceIdentity is { } template && Fill(template, known) is { } source)
        {
            mapped.Add(new("https://aws.amazon.com/source_identity", Discovery.Text(json => json.WriteStringValue(Clean(source, LongestSourceIdentity, IsNameCharacter)))));
        }

        if (!mapping.Roles.IsEmpty)
        {
            // The claim only ever narrows: without any role left the token would be good for all of them.
            var roles = mapping.Roles.Select(role => Fill(role, known)).OfType<string>().ToList();
            if (roles.Count == 0)
            {
                return ([], "each of the mapping's `roles` names a claim that this job's token does not have, so no role is left for it");
            }

            mapped.Add(new("https://aws.amazon.com/roles", Discovery.Text(json =>
            {
                json.WriteStartArray();
                foreach (var role in roles)
                {
                    json.WriteStringValue(role);
                }

                json.WriteEndArray();
            })));
        }

        return (mapped.ToImmutable(), null);
    }

    /// <summary>The claim names between braces; what is wrong with a template otherwise.</summary>
    public static (ImmutableArray<string> Names, string? Fault) NamesIn(string template)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var rest = template.AsSpan();
        while (rest.IndexOf('{') is var open and >= 0)
        {
            var close = rest[open..].IndexOf('}');
            if (close < 0)
            {
                return ([], "`{` is never closed");
            }

            names.Add(rest.Slice(open + 1, close - 1).ToString());
            rest = rest[(open + close + 1)..];
        }

        return (names.ToImmutable(), null);
    }

    /// <summary>One pass: a claim's value, which a stranger may have chosen, is never read as a template. Null when a claim is absent.</summary>
    private static string? Fill(string template, Dictionary<string, string> claims)
    {
        var text = new StringBuilder(template.Length);
        var rest = template.AsSpan();
        while (rest.IndexOf('{') is var open and >= 0)
        {
            var close = open + rest[open..].IndexOf('}');
            if (!claims.TryGetValue(rest[(open + 1)..close].ToString(), out var value))
            {
                return null;
            }

            text.Append(rest[..open]).Append(value);
            rest = rest[(close + 1)..];
        }

        return text.Append(rest).ToString();
    }

    /// <summary>AWS refuses what its patterns do not allow, so other characters become <c>_</c>, as the published action does.</summary>
    private static string Clean(string text, int longest, Func<char, bool> allowed) =>
        string.Concat(text.Take(longest).Select(c => allowed(c) ? c : '_'));

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal);

    private static bool IsTagCharacter(char c) => char.IsLetterOrDigit(c) || char.IsSeparator(c) || "_.:/=+-@".Contains(c, StringComparison.Ordinal);
}
