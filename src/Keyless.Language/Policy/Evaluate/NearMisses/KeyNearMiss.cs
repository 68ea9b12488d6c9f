using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>Why a request does not have the key a condition tests. IAM User Guide, "Available keys for AWS web identity federation".</summary>
internal static class KeyNearMiss
{
    private const string ProviderMark = "oidc-provider/";

    public static NearMiss? Of(AccessRequest request, ConditionCheck check)
    {
        var span = check.Condition.Key.Span;
        if (request.Requester is Requester.Federated { Provider: var provider } && provider.Contains(ProviderMark, StringComparison.Ordinal))
        {
            var host = provider[(provider.IndexOf(ProviderMark, StringComparison.Ordinal) + ProviderMark.Length)..];
            var colon = check.Key.LastIndexOf(':');
            var prefix = colon < 0 ? "" : check.Key[..colon];
            var claim = check.Key[(colon + 1)..];
            if (prefix.Equals(host, StringComparison.OrdinalIgnoreCase))
            {
                return ProviderClaims.IsGitHub(host) ? OfGitHubClaim(request, check, host, claim) : OfClaim(host, claim, span);
            }

            if (claim.Equals("sub", StringComparison.OrdinalIgnoreCase) || claim.Equals("aud", StringComparison.OrdinalIgnoreCase) || ClaimCatalogue.Find(claim) is not null)
            {
                var wrong = prefix.Length == 0 ? $"the key `{check.Key}` does not name its provider"
                    : prefix.Contains("//", StringComparison.Ordinal) ? $"the key `{check.Key}` has a scheme before the provider's host"
                    : prefix.TrimEnd('/').Equals(host, StringComparison.OrdinalIgnoreCase) ? $"the key `{check.Key}` has a slash after the provider's host, `{host}`"
                    : $"the key `{check.Key}` is not of the token's provider, `{host}`";
                return new NearMiss("key-of-another-provider", wrong, Write(request, check, $"{host}:{claim}"), span);
            }
        }

        if (request.Requester is Requester.Federated && NotForWebIdentities(check.Key) is var (why, instead))
        {
            return new NearMiss("key-of-other-callers", $"the key `{check.Key}` is never there for a caller with a token: {why}", instead, span);
        }

        var near = Suggest.Nearest(check.Key, request.Context.Values.Select(v => v.Key));
        return near is null || ValueNearMiss.Distance(check.Key, near) > 2 ? null : new NearMiss("key-misspelt", $"the request has no key `{check.Key}`, but has `{near}`", Write(request, check, near), span);
    }

    /// <summary>The key to write, and what else is then to change, since the value under it was never compared.</summary>
    private static string Write(AccessRequest request, ConditionCheck check, string key)
    {
        var right = check.Condition with { Key = check.Condition.Key with { Value = key } };
        return request.Context[key] is not { } got || new CompiledCondition(right, PolicyVersion.V20121017).Holds(request.Context) == Truth.True
            ? $"write `{key}`"
            : $"write `{key}`; and {ValueNearMiss.Of(request, check with { Condition = right, Key = key, Got = got.Values })?.Change ?? $"admit `{string.Join(", ", got.Values)}` there"}";
    }

    /// <summary>Keys that AWS has for callers with credentials: why a web identity has none, and what to test instead.</summary>
    private static (string Why, string Instead)? NotForWebIdentities(string key) => key.Split('/')[0].ToLowerInvariant() switch
    {
        "aws:principalarn" => ("it has no ARN before it has the session", "test the token's claims, or `aws:FederatedProvider`"),
        "aws:principalorgid" or "aws:principalorgpaths" => ("it belongs to no organization", "test the token's claims instead, such as `sub` or `repository_owner_id`"),
        "aws:principaltag" => ("it has no tags before it has the session", "test `aws:RequestTag/` for the tags that the token brings"),
        "aws:username" => ("it is no user", "test the token's `sub`"),
        "aws:sourceidentity" => ("the session has it, once it is there", "test `sts:SourceIdentity`"),
        "aws:multifactorauthpresent" or "aws:multifactorauthage" => ("no MFA device of AWS was asked", "test the token's `amr`, or leave it to the issuer"),
        "sts:externalid" => ("only `sts:AssumeRole` takes an external id", "leave it out: the token's `aud` and `sub` say who asks"),
        "sts:durationseconds" => ("AWS has it for other calls", "limit the role with its maximum session duration"),
        _ => null,
    };

    private static NearMiss OfClaim(string host, string claim, SourceSpan span)
    {
        ImmutableArray<string> testable = ["sub", "aud", "oaud", "amr", "email", .. ProviderClaims.Of(host).Where(name => name != "aud")];
        return testable.Contains(claim, StringComparer.OrdinalIgnoreCase)
            ? new NearMiss("claim-absent", $"the token has no claim `{claim}`", "have the issuer write it, or do not ask for it here", span)
            : new NearMiss("key-not-evaluated", $"AWS makes no condition key of the claim `{claim}` of `{host}`, so no policy can test it", $"use one that it evaluates: {string.Join(", ", testable.Select(name => $"`{name}`"))}", span);
    }

    private static NearMiss OfGitHubClaim(AccessRequest request, ConditionCheck check, string host, string claim)
    {
        var span = check.Condition.Key.Span;
        var key = $"{host}:{claim}";
        var info = ClaimCatalogue.All.FirstOrDefault(c => c.Name.Equals(claim, StringComparison.OrdinalIgnoreCase));
        if (info is null && !claim.StartsWith("repo_property_", StringComparison.OrdinalIgnoreCase))
        {
            var near = claim.ToLowerInvariant() switch
            {
                "repo" or "repository_name" => "repository",
                "branch" or "tag" => "ref",
                "subject" => "sub",
                "audience" => "aud",
                "owner" or "org" or "organization" => "repository_owner_id",
                "env" => "environment",
                _ => Suggest.Nearest(claim, ClaimCatalogue.All.Where(c => c.AwsTestable).Select(c => c.Name)),
            };
            return new NearMiss("key-never-in-token", $"no GitHub token has a claim `{claim}`, so the key `{key}` is never there",
                near is null ? $"use one that AWS evaluates: {Testable}" : Write(request, check, $"{host}:{near}"), span);
        }

        if (info is not { AwsTestable: true })
        {
            var instead = claim.ToLowerInvariant() switch
            {
                "repository_owner" => $"use `{host}:repository_owner_id`, or the owner in `{host}:sub`",
                "event_name" or "head_ref" or "base_ref" or "ref_type" => $"use `{host}:sub`: its end says branch, tag, pull request or environment",
                "workflow_ref" => $"use `{host}:job_workflow_ref`",
                _ => $"use one that AWS evaluates: {Testable}",
            };
            return new NearMiss("key-not-evaluated", $"the token has the claim `{claim}`, but AWS makes no condition key of it, so no policy can test it", instead, span);
        }

        return info.Name switch
        {
            "environment" => new NearMiss("job-without-environment", $"the job names no environment, so its token has no `{claim}` claim", "add `environment:` to the job, or do not ask for it here", span),
            "enterprise_id" => new NearMiss("owner-without-enterprise", $"the repository's owner belongs to no enterprise, so the token has no `{claim}` claim", "do not ask for it here", span),
            _ => new NearMiss("claim-absent", $"the token has no claim `{claim}`", "have the issuer write it, or do not ask for it here", span),
        };
    }

    private static string Testable => string.Join(", ", ProviderClaims.Of("token.actions.githubusercontent.com").Prepend("sub").Select(c => $"`{c}`"));
}
