using System.Text;
using Keyless.Server.Sts.WebIdentity;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Server.Tests.Sts;

public sealed class IssuerKeysTests
{
    private const string Issuer = "https://issuer.example";

    private static readonly string Modulus = MakeModulus();

    private readonly HeldClock _clock = new();
    private readonly List<string> _published = ["one"];
    private string? _fault;
    private int _fetches;
    private TaskCompletionSource? _gate;

    private IssuerKeys Keys() => new(
        async (_, _) =>
        {
            Interlocked.Increment(ref _fetches);
            string[] published = [.. _published];
            if (_gate is not null)
            {
                await _gate.Task;
            }

            return _fault is { } fault ? (null, fault) : (new FetchedKeys(Jwks(published), []), null);
        },
        _clock,
        NullLogger.Instance);

    private static KeySet Jwks(params string[] ids) => KeySet.Parse(
        Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', ids.Select(id => $$"""{"kty":"RSA","kid":"{{id}}","n":"{{Modulus}}","e":"AQAB"}"""))}}]}"""), out _)!;

    [Fact]
    public async Task Keys_outlive_an_outage_of_an_hour()
    {
        using var keys = Keys();
        Assert.NotNull((await keys.Get(Issuer)).Keys);
        _fault = "down";
        for (var minute = 0; minute < 60; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.NotNull((await keys.Get(Issuer)).Keys!.Keys.Find("one"));
            if (minute % 30 == 5)
            {
                Assert.Equal("down", (await keys.Find(Issuer, "made-up")).Fault);
            }
        }

        Assert.InRange(_fetches, 2, 130);
        _clock.Advance(IssuerKeys.Usable);
        var gone = await keys.Get(Issuer);
        Assert.Null(gone.Keys);
        Assert.Equal("down", gone.Fault);
    }

    [Fact]
    public async Task One_fetch_serves_all_who_wait()
    {
        using var keys = Keys();
        _gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 50).Select(_ => keys.Get(Issuer).AsTask()).ToArray();
        await Task.Delay(20, TestContext.Current.CancellationToken);
        _gate.SetResult();
        await Task.WhenAll(waiting);
        Assert.Equal(1, _fetches);
        Assert.All(waiting, known => Assert.NotNull(known.Result.Keys));
    }

    [Fact]
    public async Task A_key_published_a_moment_ago_is_found_at_once()
    {
        using var keys = Keys();
        await keys.Get(Issuer);
        for (var i = 0; i < 20; i++)
        {
            _published.Add("next-" + i);
            Assert.NotNull((await keys.Find(Issuer, "next-" + i)).Keys!.Keys.Find("next-" + i));
            _clock.Advance(IssuerKeys.LeastDistance);
        }

        Assert.Equal(21, _fetches);
    }

    [Fact]
    public async Task Made_up_keys_share_fetches_that_come_ever_more_rarely()
    {
        using var keys = Keys();
        await keys.Get(Issuer);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var attackers = Enumerable.Range(0, 64).Select(async attacker =>
        {
            for (var i = 0; clock.Elapsed < TimeSpan.FromSeconds(3); i++)
            {
                Assert.Null((await keys.Find(Issuer, $"made-up-{attacker}-{i}")).Keys!.Keys.Find("made-up"));
            }
        });
        await Task.WhenAll(attackers);

        // After 0.5, 1, 2 and 4 seconds of a clock that stands.
        Assert.InRange(_fetches, 2, 5);

        // And a true one among them is found by the next.
        _published.Add("true");
        _clock.Advance(IssuerKeys.MostDistance);
        Assert.NotNull((await keys.Find(Issuer, "true")).Keys!.Keys.Find("true"));
    }

    [Fact]
    public async Task A_fetch_that_began_before_a_key_was_published_is_not_the_last()
    {
        using var keys = Keys();
        await keys.Get(Issuer);
        _clock.Advance(IssuerKeys.MostDistance);
        var gate = _gate = new TaskCompletionSource();
        var first = keys.Find(Issuer, "two").AsTask();
        while (_fetches < 2)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        var second = keys.Find(Issuer, "two").AsTask();
        await Task.Delay(20, TestContext.Current.CancellationToken);
        _gate = null;
        gate.SetResult();
        Assert.Null((await first).Keys!.Keys.Find("two"));
        _published.Add("two");
        _clock.Advance(IssuerKeys.MostDistance);
        Assert.NotNull((await second).Keys!.Keys.Find("two"));
    }

    [Fact]
    public async Task Not_everybody_waits()
    {
        using var keys = Keys();
        await keys.Get(Issuer);
        var waiting = Enumerable.Range(0, IssuerKeys.MostWaiting).Select(i => keys.Find(Issuer, "made-up-" + i).AsTask()).ToArray();
        var further = await keys.Find(Issuer, "made-up");
        Assert.Contains("wait for it already", further.Fault, StringComparison.Ordinal);
        Assert.NotNull(further.Keys);
        Assert.All(await Task.WhenAll(waiting), known => Assert.Null(known.Fault));
    }

    [Fact]
    public async Task A_rotation_under_load_fails_no_request()
    {
        using var keys = Keys();
        await keys.Get(Issuer);
        var signing = "one";
        for (var round = 0; round < 20; round++)
        {
            // The issuer publishes the next key, goes on signing with the old one, then signs with the next without waiting for caches.
            var next = "key-" + round;
            _published.Add(next);
            _clock.Advance(TimeSpan.FromMinutes(30));
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => Assert.NotNull(await Find(keys, signing))));
            signing = next;
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => Assert.NotNull(await Find(keys, signing))));
            if (_published.Count > 2)
            {
                _published.RemoveAt(0);
            }
        }

        Assert.InRange(_fetches, 20, 80);
    }

    [Fact]
    public async Task A_dead_issuer_is_not_asked_by_every_request()
    {
        using var keys = Keys();
        _fault = "down";
        for (var i = 0; i < 100; i++)
        {
            Assert.Null((await keys.Get(Issuer)).Keys);
        }

        Assert.Equal(1, _fetches);
        _fault = null;
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await keys.Get(Issuer)).Keys);
    }

    private static string MakeModulus()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        return Keyless.Language.Oidc.Base64UrlText.Encode(rsa.ExportParameters(includePrivateParameters: false).Modulus);
    }

    private static async Task<VerificationKey?> Find(IssuerKeys keys, string id) => (await keys.Find(Issuer, id)).Keys?.Keys.Find(id);
}
