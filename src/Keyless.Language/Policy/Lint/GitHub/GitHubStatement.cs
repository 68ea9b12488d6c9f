using Keyless.Language.Policy.Conditions;
using System.Collections.Immutable;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.GitHub;

/// <summary>A statement of a trust policy that speaks about GitHub's tokens.</summary>
internal sealed class GitHubStatement
{
    public const string WebIdentity = "sts:AssumeRoleWithWebIdentity";

    private GitHubStatement(LintedStatement statement, string provider, Located<string>? principal)
    {
        (Statement, Provider, Principal) = (statement, provider, principal);
        Subjects = [.. from test in TestsOf("sub")
                       where test.Operator is { Family: OperatorFamily.String or OperatorFamily.Arn }
                       from value in test.Values
                       select new Subject(test, value, SubjectPattern.Of(value.Value, test.Operator!))];
    }

    public LintedStatement Statement { get; }

    /// <summary>The provider's URL without scheme.</summary>
    public string Provider { get; }

    /// <summary>Where the provider is named; null when the statement names none and only its keys speak of GitHub.</summary>
    public Located<string>? Principal { get; }

    /// <summary>Every value that <c>sub</c> is compared with.</summary>
    public ImmutableArray<Subject> Subjects { get; }

    /// <summary>The values that let subjects in: those of an Allow under a positive operator.</summary>
    public IEnumerable<Subject> Admitted => Statement.IsAllow ? Subjects.Where(s => !s.Test.Operator!.Negated) : [];

    /// <summary>The admitted values that can match anything at all.</summary>
    public IEnumerable<Subject> Live => Admitted.Where(s => s.Pattern.IsRealisable && !(s.Test.Operator!.IsStringEquals && Glob.HasWildcard(s.Value.Value)));

    public string KeyFor(string claim) => $"{Provider}:{claim}";

    /// <summary>The tests of one claim of this provider.</summary>
    public IEnumerable<Test> TestsOf(string claim) =>
        Statement.Tests.Where(t => t.Provider is { } key && IsOurs(key) && key.Claim.Equals(claim, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the statement only applies to tokens with a certain value of the claim, not just any.</summary>
    public bool Pins(string claim) =>
        TestsOf(claim).Any(t => t.RequiresKey && t.Operator!.Family != OperatorFamily.Null && !t.Values.IsEmpty && !t.Values.Any(v => t.Operator.HasWildcards && Glob.IsFree(v.Value)));

    /// <summary>Whether some claim that identifies a repository or its owner by id is pinned.</summary>
    public bool PinsIds => Pins("repository_id") || Pins("repository_owner_id") || Pins("enterprise_id");

    /// <summary>Whether something beside the subject says which ref, environment or workflow file the job has.</summary>
    public bool PinsContext => Pins("environment") || Pins("ref") || Pins("job_workflow_ref");

    private bool IsOurs(ProviderKey key) => key.Provider.Equals(Provider, StringComparison.OrdinalIgnoreCase);

    /// <summary>The statements of a trust policy that admit or refuse web identities of GitHub.</summary>
    public static IEnumerable<GitHubStatement> Of(LintedPolicy policy) =>
        policy.Kind == PolicyKind.Trust ? policy.GitHubStatements : [];

    public static GitHubStatement? Of(LintedStatement statement)
    {
        if (!statement.Admits(WebIdentity) && statement.Action.Patterns.Any(p => p.Value.StartsWith("sts:", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        foreach (var value in statement.Principal?.Values ?? [])
        {
            if (value.Type == PrincipalType.Federated && ProviderOf(value.Text) is { } provider && ProviderClaims.IsGitHub(provider.ToLowerInvariant()))
            {
                return new GitHubStatement(statement, provider, new Located<string>(value.Text, value.Span));
            }
        }

        var named = statement.Tests.Select(t => t.Provider).FirstOrDefault(p => p is { IsGitHub: true });
        var namesOther = statement.Principal?.Values.Any(v => v.Type == PrincipalType.Federated && v.Text.StartsWith("arn:", StringComparison.Ordinal)) ?? false;
        return named is null || namesOther ? null : new GitHubStatement(statement, named.Provider, null);
    }

    /// <summary>The URL part of a provider's ARN; null for anything else.</summary>
    public static string? ProviderOf(string principal)
    {
        const string Marker = ":oidc-provider/";
        var at = principal.IndexOf(Marker, StringComparison.Ordinal);
        return at < 0 || !principal.StartsWith("arn:", StringComparison.Ordinal) ? null : principal[(at + Marker.Length)..];
    }
}

/// <summary>One value that the subject is compared with.</summary>
internal sealed record Subject(Test Test, Located<string> Value, SubjectPattern Pattern);
