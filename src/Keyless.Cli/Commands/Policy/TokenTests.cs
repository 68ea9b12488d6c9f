using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Prove;

namespace Keyless.Cli.Commands.Policy;

/// <summary>
/// Sets of tokens as people write them: <c>repository=octo-org/octo-repo</c>, <c>ref!=refs/heads/main</c>, <c>sub~repo:*</c>,
/// <c>environment</c>, <c>!environment</c>, <c>aws:SourceIp in 203.0.113.0/24</c>. Values separated by commas are alternatives.
/// </summary>
internal static class TokenTests
{
    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["owner"] = "repository_owner",
        ["repo"] = "repository",
        ["event"] = "event_name",
        ["owner_id"] = "repository_owner_id",
        ["visibility"] = "repository_visibility",
        ["audience"] = "aud",
    };

    /// <summary>The set in which all tests hold; false with a problem printed.</summary>
    public static bool TryRead(IEnumerable<string> texts, [NotNullWhen(true)] out TokenSet? set)
    {
        set = null;
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<ClaimTest>>();
        foreach (var text in texts)
        {
            if (Row(text.Trim()) is not { } row)
            {
                Terminal.Error.Problem($"`{text}` is no test of a token; write `claim=value`, `claim!=value`, `claim~pattern`, `claim!~pattern`, `claim`, `!claim` or `key in CIDR`");
                return false;
            }

            foreach (var test in row)
            {
                if (!test.Claim.Contains(':', StringComparison.Ordinal) && ClaimCatalogue.Find(test.Claim) is null && !test.Claim.StartsWith("repo_property_", StringComparison.Ordinal))
                {
                    var near = Suggest.Nearest(test.Claim, ClaimCatalogue.All.Select(claim => claim.Name).Concat(Short.Keys).Append("branch").Append("tag"));
                    Terminal.Error.Problem($"`{test.Claim}` is no claim of a GitHub token{(near is null ? "" : $"; did you mean `{near}`?")}");
                    return false;
                }
            }

            rows.Add(row);
        }

        set = new TokenSet(rows.DrainToImmutable());
        return true;
    }

    private static ImmutableArray<ClaimTest>? Row(string text)
    {
        if (text.IndexOf(" in ", StringComparison.Ordinal) is var at and > 0)
        {
            return Each(text[..at].Trim(), ClaimOperator.InCidr, text[(at + 4)..].Trim());
        }

        foreach (var (sign, op) in new[] { ("!=", ClaimOperator.Not), ("!~", ClaimOperator.NotLike), ("=", ClaimOperator.Is), ("~", ClaimOperator.Like) })
        {
            if (text.IndexOf(sign, StringComparison.Ordinal) is var place and > 0 && IsName(text[..place]))
            {
                return Each(text[..place], op, text[(place + sign.Length)..]);
            }
        }

        return text is ['!', .. var absent] && IsName(absent) ? [new ClaimTest(Name(absent), ClaimOperator.Absent, "")]
            : IsName(text) ? [new ClaimTest(Name(text), ClaimOperator.Present, "")]
            : null;
    }

    /// <summary>Alternatives; <c>branch</c> and <c>tag</c> are refs by their short names.</summary>
    private static ImmutableArray<ClaimTest> Each(string name, ClaimOperator op, string values)
    {
        var prefix = name switch { "branch" => "refs/heads/", "tag" => "refs/tags/", _ => "" };
        var claim = prefix.Length > 0 ? "ref" : Name(name);
        return [.. values.Split(',').Select(value => new ClaimTest(claim, op, prefix + value))];
    }

    private static string Name(string written) => Short.GetValueOrDefault(written, written);

    private static bool IsName(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' or '/' or '-' or '.');
}
