using Keyless.Language.Oidc;
using Keyless.Server.Secrets;
using Keyless.Server.Sts;
using Keyless.Server.Sts.WebIdentity;
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
