using System.Text.Json.Nodes;
using Keyless.Language.Oidc;
using Keyless.Server.Storage;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>
/// The claims that AWS makes condition keys of, provider by provider, each through a whole exchange: its value is let in, another is not,
/// and a policy that wants the key absent says so. A claim that is not on the provider's list is no key.
/// </summary>
public sealed class ProviderKeyTests
{
    private static readonly string[] GitHub = ["actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id", "repository_owner_id", "workflow"];
    private static readonly string[] GitLab = ["namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment", "user_access_level", "user_email", "user_id", "user_login"];
    private static readonly string[] Buildkite = ["build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id", "pipeline_slug"];

    private static readonly (string Issuer, string[] Claims)[] Providers =
    [
        ("https://token.actions.githubusercontent.com", GitHub),
        ("https://token.actions.githubusercontent.com/octo-inc", GitHub),
        ("https://token.actions.octo.ghe.com", GitHub),
        ("https://github.com/enterprises/octo-inc", GitHub),
        ("https://gitlab.com", GitLab),
        ("https://agent.buildkite.com", Buildkite),
        ("https://agent.acme.buildkite.dev", Buildkite),
        ("https://agent.acme.buildkite.site", Buildkite),
        ("https://oidc.circleci.com/org/0b0f2830", ["oidc.circleci.com/project-id"]),
        ("https://idcs-0b0f2830.identity.oraclecloud.com", ["rpst_id"]),
        ("https://accounts.google.com", ["google/organization_number"]),
    ];

    public static TheoryData<string, string> Exposed => [.. Providers.SelectMany(provider => provider.Claims.Concat(["sub", "aud", "email"]).Select(claim => (provider.Issuer, claim)))];

    /// <summary>Claims that the tokens have and no policy sees.</summary>
    public static TheoryData<string, string> Hidden =>
    [
        .. new[] { "repository_owner", "event_name", "sha", "ref_type", "base_ref", "head_ref", "run_id", "run_attempt", "runner_environment", "workflow_ref", "job_workflow_sha", "repository_visibility", "enterprise", "iss", "jti" }
            .Select(claim => (IssuerUrl.GitHub, claim)),
        ("https://gitlab.com", "project_path"),
        ("https://gitlab.com", "ref"),
        ("https://agent.buildkite.com", "build_number"),
        ("https://agent.buildkite.org", "build_branch"),
        ("https://oidc.circleci.com/other", "oidc.circleci.com/project-id"),
        ("https://identity.oraclecloud.com", "rpst_id"),
        ("https://ghes.example/_services/token", "repository"),
        ("https://token.actions.githubusercontent.com.example", "repository"),
        ("https://issuer.example", "name"),
    ];

    [Theory]
    [MemberData(nameof(Exposed))]
    public async Task A_claim_of_the_list_is_a_condition_key(string issuer, string claim)
    {
        var value = claim == "aud" ? "sts.amazonaws.com" : "some-value";
        Assert.Equal(200, (await Exchange(issuer, claim, value, ("StringEquals", value))).Status);
        var other = await Exchange(issuer, claim, value, ("StringEquals", "another-value"));
        Assert.Equal("AccessDenied", other.Code);
        Assert.Contains($"`{value}`", other.Summary, StringComparison.Ordinal);
        Assert.Contains("`another-value`", other.Summary, StringComparison.Ordinal);
        Assert.Equal("AccessDenied", (await Exchange(issuer, claim, value, ("Null", "true"))).Code);
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public async Task A_claim_that_is_not_on_the_list_is_none(string issuer, string claim)
    {
        Assert.Equal(200, (await Exchange(issuer, claim, "some-value", ("Null", "true"))).Status);
        var refused = await Exchange(issuer, claim, "some-value", ("StringEquals", "some-value"));
        Assert.Equal("AccessDenied", refused.Code);
        Assert.Contains("AWS makes no condition key of", refused.Summary, StringComparison.Ordinal);
        Assert.Contains($"claim `{claim}`", refused.Summary, StringComparison.Ordinal);
    }

    /// <summary>Nobody registers a built-in provider or its clients: the trust policy names both, as IAM demands.</summary>
    [Fact]
    public async Task A_built_in_provider_is_known_by_its_domain()
    {
        const string trust = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:aud":"service","accounts.google.com:oaud":"sts.amazonaws.com"},"Null":{"aws:PrincipalAccount":"true"}}}}""";
        await using var sandbox = new Sandbox(trust, issuer: "https://accounts.google.com");
        var claims = Claims(sandbox, "https://accounts.google.com", "azp", "service");
        var answer = await sandbox.Exchange(sandbox.Sign(claims.ToJsonString()));
        Assert.Equal((200, "accounts.google.com", "service"), (answer.Status, answer.Value("Provider"), answer.Value("Audience")));
        Assert.Equal("accounts.google.com:service:somebody", answer.Record.GetProperty("userIdentity").GetProperty("principalId").GetString());

        claims["azp"] = "stranger";
        Assert.Contains("`stranger`", (await sandbox.Exchange(sandbox.Sign(claims.ToJsonString()))).Summary, StringComparison.Ordinal);

        // What an account registers itself comes first.
        sandbox.Put(sandbox.RoleWith(trust.Replace("\"accounts.google.com\"},\"Action", $"\"{OidcProvider.ArnOf(Sandbox.Account, "accounts.google.com")}\"}},\"Action", StringComparison.Ordinal)));
        claims["azp"] = "service";
        Assert.Contains("which the account does not have", (await sandbox.Exchange(sandbox.Sign(claims.ToJsonString()))).Summary, StringComparison.Ordinal);
        sandbox.Put(sandbox.RoleWith(trust));
        sandbox.Put(new OidcProvider { Account = Sandbox.Account, Issuer = "https://accounts.google.com", ClientIds = ["service"], CreatedAt = default });
        answer = await sandbox.Exchange(sandbox.Sign(claims.ToJsonString()));
        Assert.Contains("the provider as `accounts.google.com`, not by its ARN", answer.Summary, StringComparison.Ordinal);
        Assert.Contains(OidcProvider.ArnOf(Sandbox.Account, "accounts.google.com"), answer.Help, StringComparison.Ordinal);
    }

    private static async Task<Answer> Exchange(string issuer, string claim, string value, (string Operator, string Wanted) condition)
    {
        var host = IssuerUrl.WithoutScheme(issuer);
        var principal = host == "accounts.google.com" ? host : $"arn:aws:iam::{Sandbox.Account}:oidc-provider/{host}";
        var trust = new JsonObject
        {
            ["Version"] = "2012-10-17",
            ["Statement"] = new JsonObject
            {
                ["Effect"] = "Allow",
                ["Principal"] = new JsonObject { ["Federated"] = principal },
                ["Action"] = "sts:AssumeRoleWithWebIdentity",
                ["Condition"] = new JsonObject { [condition.Operator] = new JsonObject { [$"{host}:{claim}"] = condition.Wanted } },
            },
        };
        await using var sandbox = new Sandbox(trust.ToJsonString(), issuer: issuer);
        if (principal != host)
        {
            sandbox.Put(new OidcProvider { Account = Sandbox.Account, Issuer = issuer, ClientIds = ["sts.amazonaws.com"], CreatedAt = default });
        }

        return await sandbox.Exchange(sandbox.Sign(Claims(sandbox, issuer, claim, value).ToJsonString()));
    }

    private static JsonObject Claims(Sandbox sandbox, string issuer, string claim, string value)
    {
        var now = sandbox.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = issuer, ["sub"] = "somebody", ["aud"] = "sts.amazonaws.com", ["iat"] = now, ["exp"] = now + 300 };
        if (claim == "iss")
        {
            return claims;
        }

        if (claim.StartsWith("google/", StringComparison.Ordinal))
        {
            claims["google"] = new JsonObject { [claim["google/".Length..]] = value };
        }
        else
        {
            claims[claim] = value;
        }

        return claims;
    }
}
