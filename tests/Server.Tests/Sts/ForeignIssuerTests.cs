using System.Diagnostics;
using System.Text.Json;
using Keyless.Server;
using Keyless.Server.Audit;
using Keyless.Tests;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>
/// Exchanges over HTTP with tokens of a foreign issuer, real HTTPS between the two: the issuer goes down for an hour, rotates its keys
/// under load, drips, lies, redirects.
/// </summary>
public sealed class ForeignIssuerTests : IAsyncLifetime
{
    private const string NoKey = "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";

    private readonly MovedClock _clock = new();
    private readonly TestIssuer _issuer;
    private TestServer _server = null!;
    private string _role = "";

    public ForeignIssuerTests() => _issuer = new TestIssuer(_clock);

    public async ValueTask InitializeAsync()
    {
        await _issuer.Start();
        _server = await TestServer.Start(options => options with { Clock = _clock, TrustCaFile = _issuer.CaFile });
        _role = await Register(_server, _issuer.Url, new string('a', 40));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task No_exchange_fails_while_the_issuer_is_down_for_an_hour()
    {
        Assert.Null((await Exchange(_issuer.Token("one"))).Error);
        await _issuer.Stop();
        for (var minute = 0; minute < 62; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Exchange(_issuer.Token("one")))))
            {
                Assert.Equal((200, null), (answer.Code, answer.Message));
            }
        }

        // What the outage does keep out says so.
        var unknown = await Exchange(_issuer.Token("two"));
        Assert.Equal(("InvalidIdentityToken", NoKey), (unknown.Error, unknown.Message));
        Assert.Equal(
            $"issuer `{_issuer.Url}` publishes no key `two`, which signed the token; asking again failed: `{_issuer.Url}/.well-known/openid-configuration` refuses connections: nothing listens there",
            Summary(unknown));

        _issuer.Publish("two");
        await _issuer.Start();
        Assert.Null((await Exchange(_issuer.Token("two"))).Error);
        Assert.Equal(NoKey, (await Exchange(_issuer.Token("one"))).Message);
    }

    [Fact]
    public async Task No_exchange_fails_while_the_issuer_rotates_its_keys()
    {
        var signing = "one";
        using var stop = new CancellationTokenSource();
        var exchanges = 0;
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var answer = await Exchange(_issuer.Token(Volatile.Read(ref signing)));
                Assert.Equal((200, null), (answer.Code, answer.Message));
                Interlocked.Increment(ref exchanges);
            }
        })).ToArray();
        for (var round = 0; round < 5; round++)
        {
            // Old and new are published, the new one signs at once; the old one goes when its last token is spent.
            var (old, next) = (signing, $"round-{round}");
            _issuer.Publish(old, next);
            Volatile.Write(ref signing, next);
            await Task.Delay(700, TestContext.Current.CancellationToken);
            _issuer.Publish(next);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Task.WhenAll(workers);
        Assert.InRange(exchanges, 50, int.MaxValue);
        Assert.InRange(_issuer.DiscoveryReads, 2, 20);
    }

    [Fact]
    public async Task No_token_of_our_own_issuer_fails_while_its_keys_rotate()
    {
        await using var server = await TestServer.Start();
        var issuer = server.Server.BaseAddress.GetLeftPart(UriPartial.Authority) + "/_keyless/oidc";
        var role = await Register(server, issuer, new string('a', 40));
        using var stop = new CancellationTokenSource();
        var exchanges = 0;
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var token = server.Server.Tokens.Tokens.Issue(new() { Repository = "octo-org/site", OwnerId = "1", RepositoryId = "2" }, "app").Token!;
                var answer = await Exchange(token, server, role);
                Assert.Equal((200, null), (answer.Code, answer.Message));
                Interlocked.Increment(ref exchanges);
            }
        })).ToArray();

        // As `keyless token rotate` does: another process on the same folder.
        using var keys = new Keyless.Server.Oidc.SigningKeys(server.Folder, Keyless.Server.Secrets.MasterKey.OfFolder(server.Folder), TimeProvider.System);
        var before = keys.Current.Id;
        for (var round = 0; round < 3; round++)
        {
            keys.Rotate();
            await Task.Delay(1100, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Task.WhenAll(workers);
        Assert.InRange(exchanges, 20, int.MaxValue);
        Assert.NotEqual(before, keys.Current.Id);
    }

    [Fact]
    public async Task Unknown_keys_cost_the_issuer_one_fetch_at_a_time()
    {
        Assert.Null((await Exchange(_issuer.Token("one"))).Error);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var gate = new TaskCompletionSource();
        _issuer.Vice = async http =>
        {
            await gate.Task;
            await (TestIssuer.IsDiscovery(http) ? _issuer.Discovery(http) : _issuer.Keys(http));
        };
        var attacks = Enumerable.Range(0, 64).Select(i => Exchange(_issuer.Token("one", "made-up-" + i))).ToArray();
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(2, _issuer.DiscoveryReads);

        // Meanwhile the others are served.
        Assert.Null((await Exchange(_issuer.Token("one"))).Error);
        gate.SetResult();
        Assert.All(await Task.WhenAll(attacks), answer => Assert.Equal(NoKey, answer.Message));
        Assert.InRange(_issuer.DiscoveryReads, 2, 3);
    }

    [Fact]
    public async Task A_stream_of_made_up_keys_is_no_stream_of_fetches()
    {
        Assert.Null((await Exchange(_issuer.Token("one"))).Error);
        var clock = Stopwatch.StartNew();
        var attackers = Enumerable.Range(0, 16).Select(async attacker =>
        {
            for (var i = 0; clock.Elapsed < TimeSpan.FromSeconds(4); i++)
            {
                Assert.Equal(NoKey, (await Exchange(_issuer.Token("one", $"made-up-{attacker}-{i}"))).Message);
            }
        }).ToArray();
        await Task.WhenAll(attackers);
        Assert.InRange(_issuer.DiscoveryReads, 2, 6);
    }

    /// <summary>What an issuer does, and what the first line says of it; {url} is its address.</summary>
    private static readonly Dictionary<string, (Func<TestIssuer, HttpContext, Task> Vice, string Cause)> Vices = new()
    {
        ["drips"] = (async (_, http) =>
        {
            while (true)
            {
                await http.Response.WriteAsync(" ");
                await http.Response.Body.FlushAsync();
                await Task.Delay(200, http.RequestAborted);
            }
        }, "`{url}/.well-known/openid-configuration` did not answer within 5 seconds"),
        ["never answers for its keys"] = ((issuer, http) => TestIssuer.IsDiscovery(http) ? issuer.Discovery(http) : Task.Delay(Timeout.Infinite, http.RequestAborted), "`{url}/keys` did not answer within 5 seconds"),
        ["is huge"] = ((_, http) => http.Response.WriteAsync(new string(' ', 200 << 10)), "`{url}/.well-known/openid-configuration` is larger than 128 KiB"),
        ["has huge keys"] = (async (issuer, http) =>
        {
            await (TestIssuer.IsDiscovery(http) ? issuer.Discovery(http) : http.Response.WriteAsync(new string(' ', 2 << 20)));
        }, "`{url}/keys` is larger than 1024 KiB"),
        ["redirects elsewhere"] = ((_, http) =>
        {
            http.Response.Redirect("https://elsewhere.example/openid-configuration");
            return Task.CompletedTask;
        }, "`{url}/.well-known/openid-configuration` redirects to another origin, `https://elsewhere.example`, which is not followed"),
        ["redirects for ever"] = ((_, http) =>
        {
            http.Response.Redirect("/again");
            return Task.CompletedTask;
        }, "`{url}/.well-known/openid-configuration` redirects more than 3 times"),
        ["is another issuer"] = ((issuer, http) => issuer.Discovery(http, issuer: "https://elsewhere.example"), "the discovery document of `{url}` names the issuer `https://elsewhere.example`"),
        ["names no keys"] = ((issuer, http) => http.Response.WriteAsync($$"""{"issuer":"{{issuer.Url}}"}"""), "the discovery document of `{url}` has no `jwks_uri`"),
        ["names keys by http"] = ((issuer, http) => issuer.Discovery(http, keys: "http://elsewhere.example/keys"), "`http://elsewhere.example/keys` is not https"),
        ["names keys by a path"] = ((issuer, http) => issuer.Discovery(http, keys: "keys"), "`keys` is no URL"),
        ["names keys by a host that is none"] = ((issuer, http) => issuer.Discovery(http, keys: "https://nowhere.invalid/keys"), "`https://nowhere.invalid/keys` has a host name that does not resolve"),
        ["is a web page"] = ((_, http) => http.Response.WriteAsync("<!doctype html><title>Sign in</title>"), "the discovery document of `{url}` is no JSON"),
        ["has a web page for keys"] = ((issuer, http) => TestIssuer.IsDiscovery(http) ? issuer.Discovery(http) : http.Response.WriteAsync("<!doctype html>"), "`{url}/keys`: the key document is no JSON"),
        ["has no list of keys"] = ((issuer, http) => TestIssuer.IsDiscovery(http) ? issuer.Discovery(http) : http.Response.WriteAsync("[]"), "`{url}/keys`: the key document has no `keys` list"),
        ["is overloaded"] = ((_, http) =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        }, "`{url}/.well-known/openid-configuration` answered 503"),
        ["lost its keys"] = ((issuer, http) =>
        {
            http.Response.StatusCode = TestIssuer.IsDiscovery(http) ? 200 : 404;
            return TestIssuer.IsDiscovery(http) ? issuer.Discovery(http) : Task.CompletedTask;
        }, "`{url}/keys` answered 404"),
        ["hangs up"] = ((_, http) =>
        {
            http.Abort();
            return Task.CompletedTask;
        }, "`{url}/.well-known/openid-configuration` ended the connection before it had answered"),
    };

    public static TheoryData<string> Names => [.. Vices.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_issuer_that_cannot_be_read_is_told_exactly(string name)
    {
        _issuer.Vice = http => Vices[name].Vice(_issuer, http);
        var answer = await Exchange(_issuer.Token("one"));
        Assert.Equal((400, "InvalidIdentityToken", NoKey), (answer.Code, answer.Error, answer.Message));
        Assert.Equal($"the keys of issuer `{_issuer.Url}` cannot be fetched: {Vices[name].Cause.Replace("{url}", _issuer.Url, StringComparison.Ordinal)}", Summary(answer));
    }

    [Fact]
    public async Task A_redirect_on_the_same_origin_is_followed()
    {
        _issuer.Vice = http =>
        {
            if (http.Request.Path.Value == "/moved")
            {
                return _issuer.Discovery(http);
            }

            if (!TestIssuer.IsDiscovery(http))
            {
                return _issuer.Keys(http);
            }

            http.Response.Redirect("/moved");
            return Task.CompletedTask;
        };
        Assert.Null((await Exchange(_issuer.Token("one"))).Error);
    }

    [Fact]
    public async Task An_unknown_authority_is_let_in_by_its_thumbprint_only()
    {
        await using var server = await TestServer.Start(options => options with { Clock = _clock });
        var role = await Register(server, _issuer.Url, new string('a', 40));
        var refused = await Exchange(_issuer.Token("one"), server, role);
        Assert.Equal(("InvalidIdentityToken", "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"), (refused.Error, refused.Message));
        Assert.Equal($"the certificate of issuer `{_issuer.Url}` is signed by no authority this server trusts, and the provider's thumbprints do not include it", Summary(refused, server));

        var provider = $"arn:aws:iam::{server.Account}:oidc-provider/{_issuer.Url["https://".Length..]}";
        Assert.Null((await server.Root.Iam("UpdateOpenIDConnectProviderThumbprint", "OpenIDConnectProviderArn", provider, "ThumbprintList.member.1", _issuer.Thumbprint)).Error);
        Assert.Null((await Exchange(_issuer.Token("one"), server, role)).Error);
    }

    [Theory]
    [InlineData("elsewhere.example", 1, "presents a certificate for `elsewhere.example`, not for `localhost`")]
    [InlineData("localhost", -1, "presents a certificate that is valid from ")]
    public async Task A_certificate_that_is_wrong_is_told_exactly(string host, int daysLeft, string cause)
    {
        await using var issuer = new TestIssuer(_clock, host, DateTimeOffset.UtcNow.AddDays(daysLeft));
        await issuer.Start();
        await using var server = await TestServer.Start(options => options with { Clock = _clock, TrustCaFile = issuer.CaFile });
        var role = await Register(server, issuer.Url, issuer.Thumbprint);
        var answer = await Exchange(issuer.Token("one"), server, role);
        Assert.Equal(NoKey, answer.Message);
        Assert.StartsWith($"the keys of issuer `{issuer.Url}` cannot be fetched: `{issuer.Url}/.well-known/openid-configuration` {cause}", Summary(answer, server), StringComparison.Ordinal);
    }

    private static async Task<string> Register(TestServer server, string url, string thumbprint)
    {
        var provider = await server.Root.Iam("CreateOpenIDConnectProvider", "Url", url, "ClientIDList.member.1", "app", "ThumbprintList.member.1", thumbprint);
        Assert.Null(provider.Message);
        var role = await server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"{{provider["OpenIDConnectProviderArn"]}}"},"Action":"sts:AssumeRoleWithWebIdentity"}]}
            """);
        return role["Arn"]!;
    }

    private Task<Keyless.Tests.Answer> Exchange(string token, TestServer? server = null, string? role = null) =>
        (server ?? _server).Root.Sts("AssumeRoleWithWebIdentity", "RoleArn", role ?? _role, "RoleSessionName", "job", "WebIdentityToken", token);

    /// <summary>The first line of the decision.</summary>
    private string Summary(Keyless.Tests.Answer answer, TestServer? server = null)
    {
        using var reader = AuditReader.OpenFolder((server ?? _server).Folder)!;
        return JsonDocument.Parse(reader.Find(answer.RequestId!)!.Json).RootElement.GetProperty("decision").GetProperty("summary").GetString()!;
    }
}
