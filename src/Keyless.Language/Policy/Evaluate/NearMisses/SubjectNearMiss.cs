using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>What of a GitHub token's <c>sub</c> a policy's value misses. GitHub Docs, "OpenID Connect reference"; design of subjects since July 2026.</summary>
/// <param name="got">The token's subject.</param>
/// <param name="alternatives">All values that the condition lists.</param>
/// <param name="repository">The token's <c>repository</c>; null when the request does not have it.</param>
/// <param name="wildcards">Whether the operator gives wildcards their meaning.</param>
internal sealed class SubjectNearMiss(string got, ImmutableArray<string> alternatives, string? repository, bool wildcards)
{
    /// <summary>The template's key whose name a subject never has, only what it stands for.</summary>
    private const string ContextKey = "context";

    private static readonly RequestContext EmptyContext = new();

    private readonly SubjectText? _token = SubjectText.Parse(got);

    /// <summary>Null when the values have nothing to do with each other.</summary>
    /// <param name="wanted">One of the alternatives.</param>
    public NearMiss? Of(string wanted, SourceSpan span)
    {
        NearMiss Miss(string id, string message, string change) => new(id, message, change, span);
        if (Address(wanted) is { } address)
        {
            return Miss("address-instead-of-name", $"the policy has the repository's address, `{address}`, where subjects have its name", $"write `{got}`");
        }

        if (_token is not { } token)
        {
            return null;
        }

        if (SubjectText.Parse(wanted) is not { } policy)
        {
            return WithoutRepo(wanted) is var (message, meant) ? Miss("subject-without-repo", message, $"write `{Fitting(meant)}`") : null;
        }

        if (!SameForm(policy, token))
        {
            return Form(policy, token, Miss);
        }

        if (policy is { IsDefault: true, Context: null or "" } && token.Parts.Length > 1 && Matches(policy.Repository, token.Repository))
        {
            return Miss("subject-without-context", $"`{wanted}` ends with the repository, the subject goes on: `{got}`",
                $"write `{got}`, or `{SubjectText.Prefix}{policy.Repository}:*` under `StringLike` for every job of the repository");
        }

        return Part(policy, token, Miss);
    }

    /// <summary>The address of a repository that a policy's value has in it; null when it has none.</summary>
    private static string? Address(string wanted)
    {
        const string name = "github.com";
        var host = wanted.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (host < 0 || host + name.Length == wanted.Length || wanted[host + name.Length] is not ('/' or ':'))
        {
            return null;
        }

        var start = Array.Find(["https://", "git@"], before => wanted.AsSpan(0, host).EndsWith(before, StringComparison.OrdinalIgnoreCase)) is { } prefix ? host - prefix.Length : host;
        var end = wanted.IndexOf(':', host + name.Length + 1);
        return wanted[start..(end < 0 ? wanted.Length : end)];
    }

    private static (string Message, string Meant)? WithoutRepo(string wanted)
    {
        const string repository = "repository:";
        return wanted.StartsWith(repository, StringComparison.Ordinal)
                ? ($"`{wanted}` begins with `{repository}` where subjects have `{SubjectText.Prefix}`", SubjectText.Prefix + wanted[repository.Length..])
            : wanted.Split(':')[0].Contains('/', StringComparison.Ordinal)
                ? ($"`{wanted}` does not begin with `{SubjectText.Prefix}`, as subjects do", SubjectText.Prefix + wanted)
            : null;
    }

    /// <summary>Whether both are made of the same claims; a policy that ends with a wildcard names the first ones only.</summary>
    private static bool SameForm(SubjectText policy, SubjectText token) =>
        (policy.IsDefault && token.IsDefault && token.Parts.Length == 2)
        || (!policy.Claims.Contains(ContextKey)
            && (policy.IsOpen ? token.Template.AsSpan().StartsWith(policy.Template.AsSpan()) : policy.Rest is null && policy.Template.SequenceEqual(token.Template)));

    /// <summary>The one is customised and the other is not, or they are customised otherwise.</summary>
    private NearMiss Form(SubjectText policy, SubjectText token, Func<string, string, string, NearMiss> miss)
    {
        var name = repository ?? (token.Repository.Length > 0 ? token.PlainRepository : "OWNER/REPO");
        if (token is { IsDefault: true, Parts.Length: 2 })
        {
            return miss("subject-not-customised",
                $"the policy expects a customised subject of {Listed(policy.Claims)}; the token's has the default form",
                policy.Claims.Contains(ContextKey)
                    ? $"write `{got}`: `context` is never written, its place has `ref:`, `environment:` or `pull_request`"
                    : $"write `{got}`, or customise the repository's subject: {Customise(name, [.. policy.Template, .. policy.Rest is null ? [] : new[] { ContextKey }])}");
        }

        var write = $"write `{got}`{(NamesRepository(token) ? "" : " and, since that names no repository, test the claim `repository` too")}";
        if (policy.IsDefault)
        {
            return miss("subject-customised",
                $"the repository or its organization customises the subject to `{got}`; the policy has the default form",
                $"{write}; or return to the default form: `gh api -X PUT repos/{name}/actions/oidc/customization/sub -F use_default=true`");
        }

        return miss("subject-of-other-claims",
            policy.Claims.Order(StringComparer.Ordinal).SequenceEqual(token.Claims.Order(StringComparer.Ordinal), StringComparer.Ordinal)
                ? $"the token's subject has its claims in the order {Listed(token.Claims)}, the policy in the order {Listed(policy.Claims)}"
                : $"the token's subject is made of {Listed(token.Claims)}, the policy's of {Listed(policy.Claims)}{(policy.IsOpen ? " and more" : "")}",
            $"{write}; or customise the repository's subject as the policy has it: {Customise(name, policy.Template)}");
    }

    /// <summary>They are made of the same claims: the first whose values differ.</summary>
    private NearMiss? Part(SubjectText policy, SubjectText token, Func<string, string, string, NearMiss> miss)
    {
        var differing = token.Parts.Zip(policy.Parts).Where(pair => !Matches(pair.Second.Text, pair.First.Text)).ToList();
        if (differing is [{ First.Claim: "repo" }, ..])
        {
            return Repository(policy, token, miss);
        }

        if (policy.IsDefault || differing is [{ First.IsContext: true }, ..])
        {
            return policy.Context is { Length: > 0 } ? Context(policy, token, miss) : null;
        }

        return differing is [var (has, wants), ..]
            ? miss("subject-claim-differs",
                $"the token's subject has `{has.Claim}` {(has.Value.Length == 0 ? "empty" : $"`{has.Value}`")}, the policy admits `{wants.Value}`"
                    + (differing.Count > 1 ? $"; {Listed([.. differing.Skip(1).Select(pair => pair.First.Claim)])} differ{(differing.Count == 2 ? "s" : "")} too" : ""),
                $"if this is meant, write `{got}`")
            : null;
    }

    private NearMiss Repository(SubjectText policy, SubjectText token, Func<string, string, string, NearMiss> miss)
    {
        var sameContext = policy.Context is not { Length: > 0 } wantedContext || token.Context is not { } context || Matches(wantedContext, context);
        var besides = sameContext ? "" : $"; besides, the job runs for {token.Described}, not {policy.Described}";
        var write = $"write `{Fitting(policy.WithRepository(token.Repository))}`";
        if (token.HasIds && !policy.HasIds && Matches(policy.Repository, token.DashedRepository) && !policy.Repository.Contains('*', StringComparison.Ordinal))
        {
            return miss("immutable-subject-separator", $"the policy joins the ids with `-` (`{policy.Repository}`), subjects have `@`: `{token.Repository}`{besides}", write);
        }

        if (token.HasIds && !policy.HasIds && Matches(policy.Repository, token.PlainRepository))
        {
            return miss("immutable-subject", $"the token's subject is immutable and carries ids, `{SubjectText.Prefix}{token.Repository}`; the policy's `{policy.Repository}` has none{besides}", $"{write}, beside the classic form if other jobs still use it");
        }

        if (policy.HasIds && !token.HasIds && Matches(policy.PlainRepository, token.Repository))
        {
            return miss("classic-subject", $"the token's subject has the classic form, `{SubjectText.Prefix}{token.Repository}`; the policy wants ids: `{policy.Repository}`{besides}", $"{write}, or opt the repository into immutable subjects");
        }

        if (policy.HasIds && token.HasIds && Matches(policy.PlainRepository, token.PlainRepository))
        {
            return policy.Repository.Split('/').Any(part => !part.Contains('@', StringComparison.Ordinal))
                ? miss("subject-other-ids", $"owner and name both carry an id, `{token.Repository}`; the policy has `{policy.Repository}`{besides}", write)
                : miss("subject-other-ids", $"the ids differ: the repository is `{token.Repository}`, the policy admits `{policy.Repository}`, an older one of that name{besides}", $"if this repository is meant, {write}");
        }

        if (!policy.Repository.Contains('*', StringComparison.Ordinal) && policy.Repository.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            return miss("repository-malformed", $"`{policy.Repository}` is no repository, which is written `OWNER/NAME`: the token's is `{token.Repository}`", $"if this one is meant, write `{got}`");
        }

        if (policy.Repository.Equals(token.Repository, StringComparison.OrdinalIgnoreCase))
        {
            return miss("differs-in-case", $"the repository is `{token.Repository}` in the token and `{policy.Repository}` in the policy: subjects compare with case{besides}", write);
        }

        var others = alternatives.Select(SubjectText.Parse).OfType<SubjectText>().Select(other => other.Repository).Distinct(StringComparer.Ordinal).Count() - 1;
        var sameOwner = policy.Owner.Equals(token.Owner, StringComparison.OrdinalIgnoreCase) || Matches(policy.Owner, token.Owner);
        var (mine, its) = sameContext ? ("", "") : (token.Described + " of ", policy.Described + " of ");
        return miss(sameOwner ? "subject-other-repository" : "subject-other-owner",
            $"the token is for {mine}{(sameContext ? "the repository " : "")}`{token.Repository}`, the policy admits {its}`{policy.Repository}`{(sameOwner ? "" : ", of another owner")}{Others(others)}",
            $"if this repository is meant, write `{got}`");
    }

    private NearMiss Context(SubjectText policy, SubjectText token, Func<string, string, string, NearMiss> miss)
    {
        // The other values for this repository are admitted as well: naming one alone would mislead.
        var forIt = alternatives.Select(SubjectText.Parse).OfType<SubjectText>().Where(a => a.Context is { Length: > 0 } && Matches(a.Repository, token.Repository));
        var described = Suggest.ByCloseness(got, forIt, a => a.Text).Select(a => a.Described).Prepend(policy.Described).Distinct(StringComparer.Ordinal).ToList();
        var admitted = "the policy admits " + (described is [var one, var two] ? $"{one} or {two}" : described[0] + Others(described.Count - 1));
        var change = $"if such jobs are meant, admit `{got}` too";
        return (policy, token) switch
        {
            _ when policy.IsUnknownContext =>
                miss("subject-context-unknown", $"`{policy.Context}` is no context of a subject: the token has `{token.Context}` there", $"write `{got}`"),
            ({ Environment: null }, { Environment: { } environment }) =>
                miss("environment-instead-of-branch", $"the job runs in the environment `{environment}`, which its subject has in place of branch and event; {admitted}",
                    $"admit `{got}`, or take `environment:` off the job"),
            ({ IsPullRequest: false }, { IsPullRequest: true }) =>
                miss("pull-request-instead-of-branch", $"the job runs for a pull request, its subject is `{got}` whatever the branch; {admitted}",
                    "run the job on `push`, or give pull requests a role of their own with fewer permissions: their code is not reviewed yet"),
            ({ Environment: { } environment }, { Environment: null }) =>
                miss("branch-instead-of-environment", $"the job names no environment, its subject is `{got}`; {admitted}", environment.AsSpan().ContainsAny('*', '?') ? "add `environment:` to the job" : $"add `environment: {environment}` to the job"),
            ({ IsPullRequest: true }, _) =>
                miss("branch-instead-of-pull-request", $"the job runs for {token.Described}; {admitted}", change),
            ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when IsShort(wantedRef, gotRef) =>
                miss("ref-not-full", $"`{wantedRef}` is not the full name of the ref: the token has `{gotRef}`", $"write `{got}`"),
            ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when !IsRef(wantedRef) =>
                miss("ref-malformed", $"`{wantedRef}` is no ref, which begins with `refs/heads/`, `refs/tags/` or `refs/pull/`: the token has `{gotRef}`", $"write `{got}`"),
            ({ Environment: { } wantedEnvironment }, { Environment: { } gotEnvironment }) when wantedEnvironment.Replace(":", "%3A", StringComparison.Ordinal) == gotEnvironment =>
                miss("subject-colon", $"a colon in the environment's name stands as `%3A` in the subject: `{got}`", $"write `{got}`"),
            _ when policy.Context!.Equals(token.Context, StringComparison.OrdinalIgnoreCase) =>
                miss("differs-in-case", $"the policy's `{policy.Text}` and the token's `{got}` differ only in case", $"write `{got}`"),
            ({ Environment: { } }, { Environment: { } environment }) =>
                miss("other-environment", $"the job runs in the environment `{environment}`; {admitted}", change),
            ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when wantedRef.StartsWith("refs/heads/", StringComparison.Ordinal) && gotRef.StartsWith("refs/tags/", StringComparison.Ordinal) =>
                miss("tag-instead-of-branch", $"the job runs for {token.Described}; {admitted}", change),
            ({ Ref: { } wantedRef }, { Ref: { } gotRef }) when wantedRef.StartsWith("refs/tags/", StringComparison.Ordinal) && gotRef.StartsWith("refs/heads/", StringComparison.Ordinal) =>
                miss("branch-instead-of-tag", $"the job runs for {token.Described}; {admitted}", change),
            _ => miss("other-branch", $"the job runs for {token.Described}; {admitted}", change),
        };
    }

    private static string Others(int count) => count switch
    {
        0 => "",
        1 => " and one other",
        _ => $" and {count} others",
    };

    private static string Listed(ImmutableArray<string> claims)
    {
        const int most = 4;
        return string.Join(", ", claims.Take(most).Select(claim => $"`{claim}`")) + (claims.Length > most ? $" and {claims.Length - most} more" : "");
    }

    private static string Customise(string name, ImmutableArray<string> template) =>
        $"`gh api -X PUT repos/{name}/actions/oidc/customization/sub -F use_default=false{string.Concat(template.Select(key => $" -f 'include_claim_keys[]={key}'"))}`";

    /// <summary>Whether only jobs of one repository can have such a subject.</summary>
    private static bool NamesRepository(SubjectText token) => token.Parts.Any(part => part.Claim is "repo" or "repository_id");

    /// <summary>The text if the subject matches it, else the subject itself: what is suggested must do.</summary>
    private string Fitting(string text) => Matches(text, got) ? text : got;

    private bool Matches(string pattern, string value) =>
        TextPattern.Parse(pattern, wildcards, variables: false).Match(value, EmptyContext) == PatternMatch.Yes;

    /// <summary>Whether it begins as refs do, or with a wildcard that may stand for that.</summary>
    private static bool IsRef(string text) =>
        text.StartsWith("refs/heads/", StringComparison.Ordinal) || text.StartsWith("refs/tags/", StringComparison.Ordinal) || text.StartsWith("refs/pull/", StringComparison.Ordinal)
        || text.AsSpan(0, Math.Min(text.Length, "refs/heads/".Length)).ContainsAny('*', '?');

    /// <summary>Whether the one is a branch or tag name, or a part of the path, of the other.</summary>
    private static bool IsShort(string wanted, string full) =>
        wanted != full && wanted.Length > 0 && (full == $"refs/heads/{wanted}" || full == $"refs/tags/{wanted}" || full == $"refs/{wanted}" || full == wanted.TrimStart('/'));
}
