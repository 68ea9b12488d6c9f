using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint;

/// <summary>An action of a trust policy and who calls it. AWS STS API Reference.</summary>
/// <param name="Callers">In words, for messages.</param>
internal sealed record TrustAction(string Name, string Callers)
{
    public static readonly TrustAction[] All =
    [
        new("sts:AssumeRole", "an AWS principal or a service"),
        new("sts:AssumeRoleWithWebIdentity", "an OIDC provider"),
        new("sts:AssumeRoleWithSAML", "a SAML provider"),
        new("sts:TagSession", "anybody who assumes the role"),
        new("sts:SetSourceIdentity", "anybody who assumes the role"),
        new("sts:SetContext", "anybody who assumes the role"),
    ];

    /// <summary>An addition to another action, whoever calls that.</summary>
    public bool ForAnybody => Callers == All[3].Callers;

    public bool NeedsFederation => Name is "sts:AssumeRoleWithWebIdentity" or "sts:AssumeRoleWithSAML";

    public bool TakesAws => Name == "sts:AssumeRole";

    public static IEnumerable<TrustAction> Of(LintedStatement statement) => All.Where(a => !a.ForAnybody && statement.Admits(a.Name));

    public bool Takes(PrincipalValue principal) => principal.Type switch
    {
        PrincipalType.Aws or PrincipalType.Service => TakesAws,
        PrincipalType.Federated => NeedsFederation && IsSaml(principal) == (Name == "sts:AssumeRoleWithSAML"),
        _ => true,
    };

    /// <summary>The action that a principal does call.</summary>
    public static TrustAction? For(PrincipalValue principal) => All.FirstOrDefault(a => !a.ForAnybody && a.Takes(principal));

    public static string Named(PrincipalValue principal) => principal.Type switch
    {
        PrincipalType.Service => "a service",
        PrincipalType.Federated => IsSaml(principal) ? "a SAML provider" : "an OIDC provider",
        _ => "an AWS principal",
    };

    private static bool IsSaml(PrincipalValue principal) => principal.Text.Contains(":saml-provider/", StringComparison.Ordinal);
}
