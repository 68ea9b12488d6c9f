using System.Collections.Immutable;

namespace Keyless.Language.Oidc;

/// <summary>
/// Which claims of which issuer become condition keys beside <c>aud</c>, <c>sub</c>, <c>amr</c> and <c>email</c>.
/// IAM User Guide, "IAM and AWS STS condition context keys", Available keys for AWS OIDC federation.
/// </summary>
public static class ProviderClaims
{
    private static readonly ImmutableArray<string> GitHub =
    [
        "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id",
        "repository_owner_id", "workflow",
    ];

    private static readonly ImmutableArray<string> GitLab =
    [
        "namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment", "user_access_level", "user_email",
        "user_id", "user_login",
    ];

    private static readonly ImmutableArray<string> Buildkite =
    [
        "build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id", "pipeline_slug",
    ];

    /// <summary>The extra claims for a provider, named by its URL without scheme.</summary>
    public static ImmutableArray<string> Of(string provider)
    {
        var slash = provider.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? provider : provider[..slash];
        var path = slash < 0 ? "" : provider[(slash + 1)..];
        return host switch
        {
            "token.actions.githubusercontent.com" => GitHub,
            "github.com" when path.StartsWith("enterprises/", StringComparison.Ordinal) => GitHub,
            "gitlab.com" => GitLab,
            "agent.buildkite.com" => Buildkite,
            "oidc.circleci.com" when path.StartsWith("org/", StringComparison.Ordinal) => ["oidc.circleci.com/project-id"],
            _ when host.StartsWith("token.actions.", StringComparison.Ordinal) && host.EndsWith(".ghe.com", StringComparison.Ordinal) => GitHub,
            "accounts.google.com" => ["google/organization_number"],
            _ when host.StartsWith("agent.", StringComparison.Ordinal)
                && (host.EndsWith(".buildkite.dev", StringComparison.Ordinal) || host.EndsWith(".buildkite.site", StringComparison.Ordinal)) => Buildkite,
            _ when host.StartsWith("idcs-", StringComparison.Ordinal) && host.EndsWith(".identity.oraclecloud.com", StringComparison.Ordinal) => ["rpst_id"],
            _ => [],
        };
    }

    /// <summary>Whether a provider's tokens are GitHub's, on github.com or GHE.com.</summary>
    public static bool IsGitHub(string provider) => Of(provider) == GitHub;
}
