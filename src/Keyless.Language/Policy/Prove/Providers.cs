using System.Collections.Immutable;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Prove;

/// <summary>The OIDC providers that trust policies name.</summary>
public static class Providers
{
    /// <summary>Stands in where a policy names no GitHub provider.</summary>
    public const string Default = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";

    private const string Mark = ":oidc-provider/";

    /// <summary>The issuer without scheme, as condition keys begin; the text itself when it is no provider ARN.</summary>
    public static string HostOf(string provider)
    {
        var mark = provider.IndexOf(Mark, StringComparison.Ordinal);
        return mark < 0 ? provider : provider[(mark + Mark.Length)..];
    }

    public static bool IsGitHub(string provider) =>
        provider.Contains(Mark, StringComparison.Ordinal) && HostOf(provider) is var host
        && (ProviderClaims.IsGitHub(host) || host.EndsWith("/_services/token", StringComparison.Ordinal));

    /// <summary>The GitHub providers of some policies, in order of appearance.</summary>
    public static ImmutableArray<string> Of(params IEnumerable<PolicyDocument> policies) =>
        [.. policies.SelectMany(policy => policy.Statements)
            .SelectMany(statement => statement.Principal is { } principal ? principal.Values : [])
            .Where(value => value.Type == PrincipalType.Federated && IsGitHub(value.Text))
            .Select(value => value.Text)
            .Distinct()];

    /// <summary>Statements that let someone else in than GitHub's jobs: accounts, services, other providers. They are outside every answer here.</summary>
    public static ImmutableArray<Statement> OthersIn(PolicyDocument policy) =>
        [.. policy.Statements.Where(statement => statement.Principal is not { Negated: false } principal
            || principal.Values.Any(value => value.Type != PrincipalType.Federated || !IsGitHub(value.Text)))];

    /// <summary>A call of AssumeRoleWithWebIdentity on a role of the provider's account.</summary>
    internal static AccessRequest Call(string provider, RequestContext context)
    {
        var account = AccountOf(provider);
        return new AccessRequest("sts:AssumeRoleWithWebIdentity", $"arn:aws:iam::{account}:role/role", new Requester.Federated(provider), context) { ResourceAccount = account };
    }

    /// <summary>The account a provider is in; a stand-in where the ARN leaves it out.</summary>
    internal static string AccountOf(string provider) => Arn.TryParse(provider, out var arn) && Arn.IsAccountId(arn.Account) ? arn.Account.ToString() : "123456789012";
}
