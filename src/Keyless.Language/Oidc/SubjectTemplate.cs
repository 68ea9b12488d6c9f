using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Oidc;

/// <summary>
/// A repository's customised subject as GitHub's REST API keeps it. GitHub Docs, "REST API endpoints for GitHub Actions OIDC".
/// </summary>
/// <param name="UseDefault">True: GitHub's default form, whatever <paramref name="IncludeClaimKeys"/> says.</param>
/// <param name="IncludeClaimKeys">The template; empty falls back to the organisation's.</param>
public sealed record SubjectCustomization(bool UseDefault, ImmutableArray<string> IncludeClaimKeys)
{
    public static SubjectCustomization Default { get; } = new(UseDefault: true, []);

    /// <summary>Whether subjects carry ids; null leaves it to the repository's age.</summary>
    public bool? UseImmutableSubject { get; init; }

    /// <summary>The template in force, empty for GitHub's default: the repository's own keys, else the organisation's.</summary>
    public ImmutableArray<string> TemplateUnder(ImmutableArray<string> organisation) =>
        UseDefault ? [] : IncludeClaimKeys.IsDefaultOrEmpty ? organisation : IncludeClaimKeys;
}

/// <summary>The rules for a template's keys.</summary>
public static class SubjectTemplate
{
    /// <summary>Whether a subject can be made of it.</summary>
    public static bool IsKey(string key) =>
        key is "repo" or "context" || (key != "repository" && (key.StartsWith("repo_property_", StringComparison.Ordinal) || ClaimCatalogue.JobClaims.Contains(key)));

    /// <summary>The first thing wrong with a template, or null.</summary>
    public static string? FaultOf(ImmutableArray<string> keys)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                return $"claim key `{key}` may hold letters, digits and underscores only";
            }

            if (!seen.Add(key))
            {
                return $"claim key `{key}` occurs twice";
            }

            if (key == "repository")
            {
                return "claim key `repository` is not accepted: write `repo`";
            }

            if (IsKey(key))
            {
                continue;
            }

            if (ClaimCatalogue.Find(key) is not null)
            {
                return $"claim key `{key}` says nothing about the job: choose from `repo`, `context` and the claims that do, such as `job_workflow_ref`";
            }

            var near = Suggest.Nearest(key, ClaimCatalogue.JobClaims.Append("repo").Append("context"));
            return $"claim key `{key}` is no claim of a GitHub token" + (near is null ? "" : $"; did you mean `{near}`?");
        }

        return null;
    }
}
