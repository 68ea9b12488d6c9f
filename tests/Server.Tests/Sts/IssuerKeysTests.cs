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
            if (_gate is not null)
            {
                await _gate.Task;
            }

            return _fault is { } fault ? (null, fault) : (new FetchedKeys(Jwks([.. _published]), []), null);
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
            await keys.GetAgain(Issuer);
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
    public async Task An_unknown_key_asks_again_but_not_at_every_request()
    {
        using var keys = Keys();
        await keys.Get(Issuer);
        _published.Add("two");
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await keys.GetAgain(Issuer)).Keys!.Keys.Find("two"));
        for (var i = 0; i < 100; i++)
        {
            await keys.GetAgain(Issuer);
        }

        Assert.Equal(2, _fetches);
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

    /// <summary>As the verifier does it.</summary>
    private static async Task<VerificationKey?> Find(IssuerKeys keys, string id)
    {
        var known = await keys.Get(Issuer);
        return known.Keys?.Keys.Find(id) ?? (await keys.GetAgain(Issuer)).Keys?.Keys.Find(id);
    }
}
