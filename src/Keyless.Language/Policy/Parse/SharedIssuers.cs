using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Parse;

/// <summary>
/// What IAM demands of a trust policy for an identity provider that serves many tenants: it must evaluate the claim that tells them
/// apart. IAM User Guide, "Identity-provider controls for shared OIDC providers". A test of shape: patterns that admit strangers pass.
/// </summary>
public static class SharedIssuers
{
    private const string GitHub = "token.actions.githubusercontent.com";

    /// <summary>The bare domains that need no provider in IAM.</summary>
    private static readonly (string Host, ImmutableArray<string> Claims)[] BuiltIn =
    [
        ("accounts.google.com", ["aud", "oaud", "sub"]),
        ("www.amazon.com", ["app_id", "sub"]),
        ("graph.facebook.com", ["app_id", "sub"]),
    ];

    /// <summary>Issuers by their exact address without scheme, with the key each must have evaluated.</summary>
    private static readonly (string Issuer, string Key)[] Controlled =
    [
        .. new[]
        {
            "vstoken.actions.githubusercontent.com", "oidc-configuration.audit-log.githubusercontent.com", "gitlab.com", "agent.buildkite.com",
            "oidc.codefresh.io", "studio.datachain.ai/api", "scalr.io", "tokens.cloud.shisho.dev", "app.terraform.io", "proidc.upbound.io",
        }.Select(issuer => (issuer, issuer + ":sub")),
        .. new[] { "cognito-identity.amazonaws.com", "api.pulumi.com/oidc", "sandboxes.cloud", "oidc.vercel.com" }.Select(issuer => (issuer, issuer + ":aud")),
        .. new[]
        {
            // IBM Turbonomic
            "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7", "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
            "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg", "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb", "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        }.Select(issuer => (issuer, issuer + ":sub")),
        ("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", "sts:RoleSessionName"),
    ];

    /// <summary>IAM's refusal of the first statement that lets a shared provider in without its claim; null when there is none.</summary>
    internal static PolicyFault? Fault(PolicyDocument trust)
    {
        var open = trust.Statements.Where(s => s.Effect.Value == Effect.Allow && s.Action.Negated != s.Action.Patterns.Any(a => a.Value == "sts:AssumeRoleWithWebIdentity"));
        return open.SelectMany(s => (s.Principal?.Values ?? []).Where(p => p.Type == PrincipalType.Federated).Select(p => Fault(s, IamVerdict.Label(trust, s.Index), p.Text))).FirstOrDefault(f => f is not null);
    }

    private static PolicyFault? Fault(Statement statement, string label, string principal)
    {
        if (BuiltIn.FirstOrDefault(b => b.Host == principal) is { Host: not null } builtIn)
        {
            return NamesApplication(statement, builtIn.Host, builtIn.Claims) ? null : new PolicyFault(
                $"Policy trusting {principal} requires a StringEquals condition on an application id",
                $"{label} trusts `{principal}`, which anybody's application signs in with, and no `StringEquals` tests which: {string.Join(" or ", builtIn.Claims.Select(claim => $"`{builtIn.Host}:{claim}`"))}",
                $"add `\"StringEquals\": {{ \"{builtIn.Host}:{builtIn.Claims[0]}\": \"YOUR-APPLICATION-ID\" }}`");
        }

        var issuer = Arn.TryParse(principal, out var arn) && arn.Resource.StartsWith("oidc-provider/") ? arn.Resource["oidc-provider/".Length..].ToString() : principal;
        if (issuer == "cognito-identity.amazonaws.com" && statement.Conditions.IsEmpty)
        {
            return new PolicyFault(
                "A condition block must be present for the Cognito provider", $"{label} trusts every identity pool of `{issuer}`: it has no condition",
                $"add `\"StringEquals\": {{ \"{issuer}:aud\": \"YOUR-IDENTITY-POOL-ID\" }}`");
        }

        // Recorded: everything that begins with GitHub's host is held to be GitHub's, also a longer label.
        if (issuer.StartsWith(GitHub, StringComparison.Ordinal))
        {
            string[] keys = [issuer + ":sub", issuer + ":job_workflow_ref"];
            return Evaluates(statement, keys, v => v.Length > 0 && v[0] != '*') ? null
                : Open(statement, label, principal, issuer, keys, $"`{issuer}`, whose tokens all of GitHub gets", "repo:OWNER/REPO:ref:refs/heads/main");
        }

        var key = Controlled.FirstOrDefault(c => c.Issuer == issuer).Key;
        return key is null || Evaluates(statement, [key], v => v != "*") ? null : Open(statement, label, issuer, issuer, [key], $"`{issuer}`, which serves many tenants", "WHO-MAY");
    }

    /// <summary>Why none of the keys counts: not tested, misspelt, under another operator, or with a value that admits everything.</summary>
    private static PolicyFault Open(Statement statement, string label, string principal, string issuer, string[] keys, string who, string value)
    {
        var first = keys[0];
        var tested = statement.Conditions.FirstOrDefault(c => keys.Contains(c.Key.Value, StringComparer.OrdinalIgnoreCase));
        var misspelt = tested is null ? statement.Conditions.Select(c => c.Key.Value).FirstOrDefault(k => keys.Any(key => ClaimOf(k) == ClaimOf(key))) : null;
        var (why, help) = tested is not null
            ? ConditionOperators.Find(tested.Operator.Value) is { IfExists: false, Operator.Name: "StringEquals" or "StringLike" or "StringEqualsIgnoreCase" }
                ? ($"`{string.Join("`, `", tested.Values.Select(v => v.Value))}` for its `{ClaimOf(tested.Key.Value)}` does not say which of them", $"begin the value with what you trust: `{value}`")
                : ($"`{tested.Operator.Value}` on its `{ClaimOf(tested.Key.Value)}` is no operator that counts", "write `StringEquals` or `StringLike`")
            : misspelt is not null ? ($"the condition's key is `{misspelt}`, not `{keys.First(key => ClaimOf(key) == ClaimOf(misspelt))}`", $"write `{keys.First(key => ClaimOf(key) == ClaimOf(misspelt))}`")
            : ($"no condition tests `{first}`", $"add `\"StringEquals\": {{ \"{first}\": \"{value}\" }}`");
        return new PolicyFault(Text(principal, string.Join(" or ", keys)), $"{label} trusts {who}: {why}", help);
    }

    private static string ClaimOf(string key) => key[(key.LastIndexOf(':') + 1)..].ToLowerInvariant();

    /// <summary>One operator suffices; in it every value of the keys must be narrow. An empty list passes, as recorded.</summary>
    private static bool Evaluates(Statement statement, string[] keys, Func<string, bool> isNarrow) =>
        statement.Conditions
            .Where(c => ConditionOperators.Find(c.Operator.Value) is { IfExists: false, Operator.Name: "StringEquals" or "StringLike" or "StringEqualsIgnoreCase" })
            .Where(c => keys.Contains(c.Key.Value, StringComparer.OrdinalIgnoreCase))
            .GroupBy(c => c.Operator)
            .Any(block => block.All(c => c.Values.All(v => isNarrow(v.Value))));

    /// <summary>The built-in providers' rule is older: any value, keys with case, no wildcard operator.</summary>
    private static bool NamesApplication(Statement statement, string host, ImmutableArray<string> claims) =>
        statement.Conditions.Any(c => ConditionOperators.Find(c.Operator.Value) is { IfExists: false, Operator.Name: "StringEquals" or "StringEqualsIgnoreCase" }
            && claims.Any(claim => c.Key.Value == $"{host}:{claim}"));

    private static string Text(string principal, string keys) =>
        $"Trust policy with trusted principal {principal} must evaluate, using StringEquals, StringLike or StringEqualsIgnoreCase, {keys} which is not scoped to all.";
}
