using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Server.Audit;
using Keyless.Server.Secrets;
using Keyless.Server.Sts;
using Keyless.Server.Sts.WebIdentity;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Sts;

public sealed class OutboundTests
{
    [Fact]
    public void What_an_account_switched_on_survives_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("outbound-");
        try
        {
            var federation = new OutboundFederation(folder.FullName, account => "https://" + account);
            Assert.False(federation.IsEnabled("123456789012"));
            Assert.True(federation.Set("123456789012", enabled: true));
            Assert.False(federation.Set("123456789012", enabled: true));
            var again = new OutboundFederation(folder.FullName, account => "https://" + account);
            Assert.True(again.IsEnabled("123456789012"));
            Assert.True(again.Set("123456789012", enabled: false));
            Assert.False(again.IsEnabled("123456789012"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES384")]
    public async Task A_token_for_services_outside_is_not_taken_back(string algorithm)
    {
        await using var server = await TestServer.Start();
        await server.Root.Iam("EnableOutboundWebIdentityFederation");
        var user = await server.User("ann", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"}]}""");
        var token = (await user.Sts("GetWebIdentityToken", "Audience.member.1", "app", "SigningAlgorithm", algorithm))["WebIdentityToken"]!;
        var issuer = server.Server.BaseAddress.GetLeftPart(UriPartial.Authority) + new Uri(Issuer(token)).AbsolutePath;
        Assert.Equal(issuer, Issuer(token));
        var provider = (await server.Root.Iam("CreateOpenIDConnectProvider", "Url", issuer, "ClientIDList.member.1", "app"))["OpenIDConnectProviderArn"]!;
        var role = (await server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"{{provider}}"},"Action":"sts:AssumeRoleWithWebIdentity"}]}
            """))["Arn"]!;

        var answer = await user.Sts("AssumeRoleWithWebIdentity", "RoleArn", role, "RoleSessionName", "again", "WebIdentityToken", token);

        Assert.Equal("InvalidIdentityToken", answer.Error);
        using var reader = AuditReader.OpenFolder(server.Folder)!;
        var decision = JsonDocument.Parse(reader.Find(answer.RequestId!)!.Json).RootElement.GetProperty("decision");
        Assert.StartsWith("the token is one of GetWebIdentityToken, for services outside: its issuer `" + issuer, decision.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    private static string Issuer(string token)
    {
        var jwt = Jwt.Parse(token, out _)!;
        return jwt.Text(jwt.Claim("iss"u8)!.Value);
    }

    [Fact]
    public void Both_algorithms_verify_with_the_published_keys()
    {
        using var keys = new OutboundKeys(null, MasterKey.Ephemeral(), new HeldClock());
        var published = KeySet.Parse(keys.Jwks(), out _)!;
        foreach (var token in (string[])[keys.Rsa.Sign("{}"u8), keys.SignWithP384("{}"u8)])
        {
            var jwt = Jwt.Parse(token, out _)!;
            Assert.True(published.Find(jwt.KeyId)!.Verifies(jwt.Algorithm, jwt.SigningInput, jwt.Signature));
        }
    }
}
