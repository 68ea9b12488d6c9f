using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>What of a GitHub token's <c>sub</c> a policy's value misses. GitHub Docs, "OpenID Connect reference"; design of subjects since July 2026.</summary>
internal static class SubjectNearMiss
{
    /// <summary>Null when the values have nothing to do with each other.</summary>
    /// <param name="alternatives">All values that the condition lists, <paramref name="wanted"/> among them.</param>
    /// <param name="wildcards">Whether the operator gives wildcards their meaning.</param>
    public static NearMiss? Of(string wanted, string got, IEnumerable<string> alternatives, bool wildcards, SourceSpan span)
    {
        if (wanted.Contains("github.com/", StringComparison.OrdinalIgnoreCase))
        {
            return Miss("address-instead-of-name", $"`{wanted}` has the repository's address where the subject has its name: `{got}`", $"write `{got}`");
        }

        if (SubjectText.Parse(got) is not { } token)
        {
            return wanted.StartsWith(SubjectText.Prefix, StringComparison.Ordinal)
                ? Miss("subject-customised", $"the token's subject `{got}` follows a customised template, the policy `{wanted}` GitHub's default form",
                    $"write the subject as the token has it, `{got}`, or reset the subject customisation of the repository")
                : null;
        }

        if (SubjectText.Parse(wanted) is not { } policy)
        {
            return wanted.Contains('/', StringComparison.Ordinal) && got.Contains(wanted.Split(':')[0].TrimEnd('*'), StringComparison.OrdinalIgnoreCase)
                ? Miss("subject-without-repo", $"`{wanted}` does not start with `repo:`, as the subject `{got}` does", $"write `repo:{wanted}`")
                : null;
        }

        if (!Matches(policy.Repository, token.Repository))
        {
            return Repository(policy, token);
        }

        return policy.Context is { Length: > 0 } ? Context(policy, token)
            : Miss("subject-without-context", $"`{wanted}` ends with the repository, the subject goes on: `{got}`", $"write `{got}`, or `{SubjectText.Prefix}{policy.Repository}:*` under `StringLike` for every job of the repository");

        NearMiss? Repository(SubjectText wantedSubject, SubjectText gotSubject)
        {
            if (gotSubject.HasIds && !wantedSubject.HasIds && Matches(wantedSubject.Repository, gotSubject.DashedRepository) && !wantedSubject.Repository.Contains('*', StringComparison.Ordinal))
            {
                return Miss("immutable-subject-separator", $"the policy joins the ids with `-` (`{wantedSubject.Repository}`), subjects have `@`: `{gotSubject.Repository}`", $"write `{got}`");
            }

            if (gotSubject.HasIds && !wantedSubject.HasIds && Matches(wantedSubject.Repository, gotSubject.PlainRepository))
            {
                return Miss("immutable-subject", $"the token's subject is immutable and carries ids, `{got}`; the policy has the classic form `{wanted}`",
                    $"write `{SubjectText.Prefix}{gotSubject.Repository}:{wantedSubject.Context ?? "*"}`, beside the classic form if other jobs still use it");
            }

            if (wantedSubject.HasIds && !gotSubject.HasIds && Matches(wantedSubject.PlainRepository, gotSubject.Repository))
            {
                return Miss("classic-subject", $"the token's subject has the classic form, `{got}`; the policy wants ids: `{wanted}`",
                    $"write `{SubjectText.Prefix}{gotSubject.Repository}:{wantedSubject.Context ?? "*"}`, or opt the repository into immutable subjects");
            }

            if (wantedSubject.Repository.Equals(gotSubject.Repository, StringComparison.OrdinalIgnoreCase))
            {
                return Miss("differs-in-case", $"the repository is `{gotSubject.Repository}` in the token and `{wantedSubject.Repository}` in the policy: subjects compare with case",
                    $"write `{SubjectText.Prefix}{gotSubject.Repository}:{wantedSubject.Context ?? "*"}`");
            }

            return wantedSubject.Owner.Equals(gotSubject.Owner, StringComparison.OrdinalIgnoreCase) || Matches(wantedSubject.Owner, gotSubject.Owner)
                ? Miss("subject-other-repository", $"the token is for the repository `{gotSubject.Repository}`, the policy admits `{wantedSubject.Repository}`", $"if this repository is meant, write `{got}`")
                : Miss("subject-other-owner", $"the token is for the repository `{gotSubject.Repository}`, of another owner than `{wantedSubject.Repository}` of the policy", $"if this repository is meant, write `{got}`");
        }

        NearMiss Context(SubjectText wantedSubject, SubjectText gotSubject)
        {
            // The other values for this repository are admitted as well: naming one alone would mislead.
            var described = alternatives.Select(SubjectText.Parse).OfType<SubjectText>()
                .Where(a => a.Context is { Length: > 0 } && Matches(a.Repository, gotSubject.Repository)).Select(a => a.Described).Distinct(StringComparer.Ordinal).ToList();
            var admitted = $"the policy admits {string.Join(" or ", described.Take(4))}{(described.Count > 4 ? $" or {described.Count - 4} others" : "")}";
            var change = $"if such jobs are meant, admit `{got}` too";
            return (wantedSubject, gotSubject) switch
            {
                _ when wantedSubject.IsUnknownContext =>
                    Miss("subject-context-unknown", $"`{wantedSubject.Context}` is no context of a subject, which has `ref:`, `environment:` or `pull_request` there: the token has `{gotSubject.Context}`", $"write `{got}`"),
                ({ Environment: null }, { Environment: { } environment }) =>
                    Miss("environment-instead-of-branch", $"the job runs in the environment `{environment}`, which replaces branch and event in its subject `{got}`; {admitted}",
                        $"admit `{got}`, or take `environment:` off the job"),
                ({ IsPullRequest: false }, { IsPullRequest: true }) =>
                    Miss("pull-request-instead-of-branch", $"the job runs for a pull request, its subject is `{got}` whatever the branch; {admitted}",
                        "run the job on `push`, or give pull requests a role of their own with fewer permissions: their code is not reviewed yet"),
                ({ Environment: { } environment }, { Environment: null }) =>
                    Miss("branch-instead-of-environment", $"the job names no environment, its subject is `{got}`; the policy admits the environment `{environment}`", $"add `environment: {environment}` to the job"),
                ({ IsPullRequest: true }, _) =>
                    Miss("branch-instead-of-pull-request", $"the job runs for {gotSubject.Described}; {admitted}", change),
                ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when IsShort(wantedRef, gotRef) =>
                    Miss("ref-not-full", $"`{wantedRef}` is not the full name of the ref: the token has `{gotRef}`", $"write `{got}`"),
                ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when !IsRef(wantedRef) =>
                    Miss("ref-malformed", $"`{wantedRef}` is no ref, which begins with `refs/heads/`, `refs/tags/` or `refs/pull/`: the token has `{gotRef}`", $"write `{got}`"),
                ({ Environment: { } wantedEnvironment }, { Environment: { } gotEnvironment }) when wantedEnvironment.Replace(":", "%3A", StringComparison.Ordinal) == gotEnvironment =>
                    Miss("subject-colon", $"a colon in the environment's name stands as `%3A` in the subject: `{got}`", $"write `{got}`"),
                _ when wantedSubject.Context!.Equals(gotSubject.Context, StringComparison.OrdinalIgnoreCase) =>
                    Miss("differs-in-case", $"the policy's `{wanted}` and the token's `{got}` differ only in case", $"write `{got}`"),
                ({ Environment: { } }, { Environment: { } environment }) =>
                    Miss("other-environment", $"the job runs in the environment `{environment}`; {admitted}", change),
                ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when wantedRef.StartsWith("refs/heads/", StringComparison.Ordinal) && gotRef.StartsWith("refs/tags/", StringComparison.Ordinal) =>
                    Miss("tag-instead-of-branch", $"the job runs for {gotSubject.Described}; {admitted}", change),
                ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when wantedRef.StartsWith("refs/tags/", StringComparison.Ordinal) && gotRef.StartsWith("refs/heads/", StringComparison.Ordinal) =>
                    Miss("branch-instead-of-tag", $"the job runs for {gotSubject.Described}; {admitted}", change),
                _ => Miss("other-branch", $"the job runs for {gotSubject.Described}; {admitted}", change),
            };
        }

        bool Matches(string pattern, string value) =>
            TextPattern.Parse(pattern, wildcards, variables: false).Match(value, EmptyContext) == PatternMatch.Yes;

        NearMiss Miss(string id, string message, string change) => new(id, message, change, span);
    }

    private static readonly RequestContext EmptyContext = new();

    /// <summary>Whether it begins as refs do, or with a wildcard that may stand for that.</summary>
    private static bool IsRef(string text) =>
        text.StartsWith("refs/heads/", StringComparison.Ordinal) || text.StartsWith("refs/tags/", StringComparison.Ordinal) || text.StartsWith("refs/pull/", StringComparison.Ordinal)
        || text.AsSpan(0, Math.Min(text.Length, "refs/heads/".Length)).ContainsAny('*', '?');

    /// <summary>Whether the one is a branch or tag name, or a part of the path, of the other.</summary>
    private static bool IsShort(string wanted, string full) =>
        wanted != full && wanted.Length > 0 && (full == $"refs/heads/{wanted}" || full == $"refs/tags/{wanted}" || full == $"refs/{wanted}" || full == wanted.TrimStart('/'));
}
