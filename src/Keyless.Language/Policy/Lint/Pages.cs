namespace Keyless.Language.Policy.Lint;

/// <summary>The pages that the catalogue refers to.</summary>
internal static class Pages
{
    private const string Iam = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
    /// <summary>Keyless itself.</summary>
    public const string Settings = "docs/checks.md#suppressions";
    private const string GitHubDocs = "https://docs.github.com/en/actions/";

    public const string Json = "https://www.rfc-editor.org/rfc/rfc8259";
    public const string Grammar = Iam + "reference_policies_grammar.html";
    public const string Version = Iam + "reference_policies_elements_version.html";
    public const string Statement = Iam + "reference_policies_elements_statement.html";
    public const string Sid = Iam + "reference_policies_elements_sid.html";
    public const string Effect = Iam + "reference_policies_elements_effect.html";
    public const string Principal = Iam + "reference_policies_elements_principal.html";
    public const string NotPrincipal = Iam + "reference_policies_elements_notprincipal.html";
    public const string Action = Iam + "reference_policies_elements_action.html";
    public const string NotAction = Iam + "reference_policies_elements_notaction.html";
    public const string Resource = Iam + "reference_policies_elements_resource.html";
    public const string NotResource = Iam + "reference_policies_elements_notresource.html";
    public const string Arn = Iam + "reference-arns.html";
    public const string Condition = Iam + "reference_policies_elements_condition.html";
    public const string Operators = Iam + "reference_policies_elements_condition_operators.html";
    public const string StringOperators = Operators + "#Conditions_String";
    public const string IfExists = Operators + "#Conditions_IfExists";
    public const string SetOperators = Iam + "reference_policies_condition-single-vs-multi-valued-context-keys.html";
    public const string GlobalKeys = Iam + "reference_policies_condition-keys.html";
    public const string OidcKeys = Iam + "reference_policies_iam-condition-keys.html#condition-keys-wif";
    public const string Variables = Iam + "reference_policies_variables.html";
    public const string Evaluation = Iam + "reference_policies_evaluation-logic.html";
    public const string Quotas = Iam + "reference_iam-quotas.html";
    public const string PassRole = Iam + "id_roles_use_passrole.html";
    public const string ServiceLinkedRoles = Iam + "id_roles_create-service-linked-role.html";
    public const string ExternalId = Iam + "id_roles_common-scenarios_third-party.html";
    public const string ConfusedDeputy = Iam + "confused-deputy.html";
    public const string LeastPrivilege = Iam + "best-practices.html#grant-least-privilege";
    public const string Identifiers = Iam + "reference_identifiers.html#identifiers-unique-ids";
    public const string Mfa = Iam + "id_credentials_mfa_configure-api-require.html";
    public const string OidcProvider = Iam + "id_roles_providers_create_oidc.html";
    public const string OidcTrust = Iam + "id_roles_create_for-idp_oidc.html";
    public const string ServiceReference = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";
    public const string ServiceControl = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html";
    public const string ResourceControl = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html";
    public const string RolesAnywhere = "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html";

    public const string GitHubAws = GitHubDocs + "how-tos/secure-your-work/security-harden-deployments/oidc-in-aws";
    public const string GitHubSubject = GitHubDocs + "reference/security/oidc#example-subject-claims";
    public const string GitHubTemplates = GitHubDocs + "reference/security/oidc#customizing-the-token-claims";
    public const string GitHubReusable = GitHubDocs + "how-tos/secure-your-work/security-harden-deployments/oidc-with-reusable-workflows";
    public const string GitHubEnvironments = GitHubDocs + "reference/workflows-and-actions/deployments-and-environments";
    public const string GitHubEnterprise = GitHubDocs + "reference/security/oidc#customizing-the-issuer-value-for-an-enterprise";
}
