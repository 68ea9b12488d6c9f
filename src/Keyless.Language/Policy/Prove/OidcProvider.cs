using System.Collections.Immutable;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Prove;

/// <summary>An OIDC provider as trust policies name it.</summary>
/// <param name="Arn">The principal's text: an ARN, or a template's placeholder for one.</param>
/// <param name="Host">The issuer without scheme, as condition keys begin.</param>
public sealed record OidcProvider(string Arn, string Host)
{
    private const string Mark = ":oidc-provider/";

    /// <summary>Stands in where a policy names no GitHub provider.</summary>
    public static OidcProvider Default { get; } = new("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com", "token.actions.githubusercontent.com");

    /// <summary>GitHub's jobs get their tokens from it: on github.com, GHE.com or GitHub Enterprise Server.</summary>
    public bool IsGitHub => ProviderClaims.IsGitHub(Host) || Host.EndsWith("/_services/token", StringComparison.Ordinal);

    /// <summary>The provider's account; a stand-in where the ARN leaves it out.</summary>
    internal string Account => Document.Arn.TryParse(Arn, out var arn) && Document.Arn.IsAccountId(arn.Account) ? arn.Account.ToString() : "123456789012";

    /// <summary>The GitHub providers of some policies, in order of appearance.</summary>
    public static ImmutableArray<OidcProvider> In(params IEnumerable<PolicyDocument> policies) =>
        [.. policies.SelectMany(policy => policy.Statements).SelectMany(GitHubOf).Distinct()];

    /// <summary>Statements that speak to others than GitHub's jobs: accounts, services, other providers. They are outside every answer here.</summary>
    public static ImmutableArray<Statement> OthersIn(PolicyDocument policy) =>
        [.. policy.Statements.Where(statement => statement.Principal is not { Negated: false } principal || principal.Values.Length > GitHubOf(statement).Count())];

    /// <summary>A call of AssumeRoleWithWebIdentity on a role of the provider's account.</summary>
    internal AccessRequest Call(RequestContext context) =>
        new("sts:AssumeRoleWithWebIdentity", $"arn:aws:iam::{Account}:role/role", new Requester.Federated(Arn), context) { ResourceAccount = Account };

    private static IEnumerable<OidcProvider> GitHubOf(Statement statement) =>
        (statement.Principal?.Values ?? []).Where(value => value.Type == PrincipalType.Federated).Select(value => Of(value.Text, statement)).Where(provider => provider.IsGitHub);

    /// <summary>A principal that is no provider ARN, <c>${oidc_arn}</c> of a template for example, is known by the keys beside it.</summary>
    private static OidcProvider Of(string principal, Statement statement)
    {
        var mark = principal.IndexOf(Mark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            return new OidcProvider(principal, principal[(mark + Mark.Length)..]);
        }

        var host = principal.StartsWith("arn:", StringComparison.Ordinal)
            ? null
            : statement.Conditions.Select(condition => condition.Key.Value)
                .Where(key => key.Contains(':', StringComparison.Ordinal))
                .Select(key => key[..key.LastIndexOf(':')].ToLowerInvariant())
                .FirstOrDefault(prefix => new OidcProvider("", prefix).IsGitHub);
        return new OidcProvider(principal, host ?? principal);
    }
}
