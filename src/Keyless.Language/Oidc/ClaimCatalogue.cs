using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Keyless.Language.Oidc;

/// <summary>One claim of a GitHub token, for people.</summary>
/// <param name="Meaning">One phrase.</param>
/// <param name="AwsTestable">Whether a trust policy on AWS can test it as <c>HOST:name</c>.</param>
public sealed record ClaimInfo(string Name, string Meaning, bool AwsTestable);

/// <summary>Every claim that GitHub puts into a token, and which of them AWS lets a trust policy see.</summary>
public static class ClaimCatalogue
{
    /// <summary>GitHub Docs, "OpenID Connect reference"; IAM User Guide, "Available keys for AWS OIDC federation".</summary>
    public static ImmutableArray<ClaimInfo> All { get; } =
    [
        new("iss", "the issuer; the IAM provider is found by it", AwsTestable: false),
        new("aud", "whom the token is for; a client id of the provider", AwsTestable: true),
        new("sub", "the subject: repository and context", AwsTestable: true),
        new("jti", "this token's own id", AwsTestable: false),
        new("iat", "when it was issued", AwsTestable: false),
        new("nbf", "not valid before", AwsTestable: false),
        new("exp", "not valid after", AwsTestable: false),
        new("actor", "who started the run", AwsTestable: true),
        new("actor_id", "the id of who started the run", AwsTestable: true),
        new("base_ref", "the branch a pull request goes into; empty otherwise", AwsTestable: false),
        new("check_run_id", "this very job; differs between matrix jobs", AwsTestable: false),
        new("enterprise", "the enterprise of the repository's owner", AwsTestable: false),
        new("enterprise_id", "the id of that enterprise", AwsTestable: true),
        new("environment", "the environment the job names", AwsTestable: true),
        new("environment_node_id", "that environment's opaque id", AwsTestable: false),
        new("event_name", "the event that started the run", AwsTestable: false),
        new("head_ref", "the branch a pull request comes from; empty otherwise", AwsTestable: false),
        new("job_workflow_ref", "the workflow file that defines this job, and its ref", AwsTestable: true),
        new("job_workflow_sha", "the commit of that file", AwsTestable: false),
        new("ref", "the branch or tag the run is for", AwsTestable: true),
        new("ref_protected", "whether rules protect that ref", AwsTestable: false),
        new("ref_type", "`branch` or `tag`", AwsTestable: false),
        new("repository", "owner and name, never with ids", AwsTestable: true),
        new("repository_id", "the repository's id, which survives renames", AwsTestable: true),
        new("repository_owner", "the owner's name", AwsTestable: false),
        new("repository_owner_id", "the owner's id, which survives renames", AwsTestable: true),
        new("repository_visibility", "`public`, `private` or `internal`", AwsTestable: false),
        new("run_attempt", "grows when the run is repeated", AwsTestable: false),
        new("run_id", "the run", AwsTestable: false),
        new("run_number", "the run's number in its workflow", AwsTestable: false),
        new("runner_environment", "`github-hosted` or `self-hosted`", AwsTestable: false),
        new("sha", "the commit the run is for", AwsTestable: false),
        new("workflow", "the workflow's name, or its path", AwsTestable: true),
        new("workflow_ref", "the top-level workflow file, and its ref", AwsTestable: false),
        new("workflow_sha", "the commit of that file", AwsTestable: false),
        new("azp", "the authorized party; replaces `aud` where AWS checks it", AwsTestable: true),
        new("https://aws.amazon.com/tags", "session tags; the trust policy must allow sts:TagSession", AwsTestable: false),
        new("https://aws.amazon.com/source_identity", "source identity; the trust policy must allow sts:SetSourceIdentity", AwsTestable: false),
        new("https://aws.amazon.com/roles", "the only roles the token may take", AwsTestable: false),
    ];

    /// <summary>The claims that follow from the job, in GitHub's order.</summary>
    public static ImmutableArray<string> JobClaims { get; } = [.. All.Select(claim => claim.Name).SkipWhile(name => name != "actor").TakeWhile(name => name != "azp")];

    /// <summary>The discovery document's <c>claims_supported</c>.</summary>
    public static ImmutableArray<string> Supported { get; } =
    [
        "sub", "aud", "exp", "iat", "iss", "jti", "nbf", "ref", "sha", "repository", "repository_id", "repository_owner", "repository_owner_id",
        "enterprise", "enterprise_id", "run_id", "run_number", "run_attempt", "actor", "actor_id", "workflow", "workflow_ref", "workflow_sha",
        "head_ref", "base_ref", "event_name", "ref_type", "ref_protected", "environment", "environment_node_id", "job_workflow_ref",
        "job_workflow_sha", "repository_visibility", "runner_environment", "check_run_id",
    ];

    private static readonly FrozenDictionary<string, ClaimInfo> ByName = All.ToFrozenDictionary(claim => claim.Name, StringComparer.Ordinal);

    public static ClaimInfo? Find(string name) => ByName.GetValueOrDefault(name);
}
