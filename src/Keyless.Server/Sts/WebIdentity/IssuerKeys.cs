using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>A way to an issuer's keys: over the network, or by other means in tests.</summary>
public delegate Task<(FetchedKeys? Keys, string? Fault)> FetchKeys(string issuer, CancellationToken cancellation);

/// <summary>What is known about an issuer's keys at this moment.</summary>
/// <param name="Fault">Why the last fetch failed; null when it did not.</param>
public sealed record KnownKeys(FetchedKeys? Keys, string? Fault);

/// <summary>
/// The keys of foreign issuers, cached. Fresh keys are used as they are; stale ones are used while one fetch renews them; running
/// exchanges so outlive an issuer's outage. At most one fetch per issuer runs at a time.
/// </summary>
public sealed class IssuerKeys(FetchKeys fetch, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Until then keys are used without asking again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>Until then keys are used although the issuer could not be asked.</summary>
    public static readonly TimeSpan Usable = TimeSpan.FromHours(24);

    /// <summary>The least time between two fetches that an unknown key id or a failure causes.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private const int MostIssuers = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private Predicate<string> _isOwn = static _ => false;
    private Func<KeySet> _own = static () => KeySet.Empty;
    private KnownKeys _ownKnown = new(new FetchedKeys(KeySet.Empty, []), Fault: null);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Answers for some issuers with our own keys: this server's own issuer, and those that the sandbox speaks for.</summary>
    public void Pin(Predicate<string> isOwn, Func<KeySet> keys) => (_isOwn, _own) = (isOwn, keys);

    public bool IsPinned(string issuer) => _isOwn(issuer);

    /// <summary>The keys, fetched when there are none at hand.</summary>
    public async ValueTask<KnownKeys> Get(string issuer) => AtHand(issuer) ?? await Refresh(issuer, EntryOf(issuer));

    /// <summary>What is known without waiting: keys, or the failure of a moment ago; null when the issuer must be asked first.</summary>
    public KnownKeys? AtHand(string issuer)
    {
        if (_isOwn(issuer))
        {
            return Own();
        }

        var entry = EntryOf(issuer);
        var now = clock.GetUtcNow();
        var known = entry.Known;
        if (known.Keys is not null)
        {
            var age = now - entry.FetchedAt;
            if (age >= Fresh && age < Usable && now - entry.TriedAt >= Pause)
            {
                _ = Refresh(issuer, entry);
            }

            return age < Usable ? known : null;
        }

        // A dead issuer is not asked by every request.
        return known.Fault is not null && now - entry.TriedAt < TimeSpan.FromSeconds(1) ? known : null;
    }

    /// <summary>Asks again because a key id is unknown, unless that was done a moment ago.</summary>
    public async ValueTask<KnownKeys> GetAgain(string issuer)
    {
        if (_isOwn(issuer))
        {
            return await Get(issuer);
        }

        // A fetch of this very moment tells what another would, and a stream of unknown ids must not become a stream of fetches.
        var entry = EntryOf(issuer);
        if (entry.InFlight is { IsCompleted: false } running)
        {
            return await running;
        }

        var now = clock.GetUtcNow();
        if (now - entry.TriedAt < TimeSpan.FromSeconds(1) || now - entry.AskedAgainAt < Pause)
        {
            return entry.Known;
        }

        entry.AskedAgainAt = now;
        return await Refresh(issuer, entry);
    }

    private KnownKeys Own()
    {
        var keys = _own();
        var known = _ownKnown;
        return ReferenceEquals(known.Keys!.Keys, keys) ? known : _ownKnown = new KnownKeys(new FetchedKeys(keys, []), Fault: null);
    }

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private Entry EntryOf(string issuer)
    {
        if (_entries.TryGetValue(issuer, out var known))
        {
            return known;
        }

        if (_entries.Count > MostIssuers)
        {
            // Providers bound the issuers; this is for those that come and go by the thousand.
            _entries.Clear();
        }

        return _entries.GetOrAdd(issuer, static _ => new Entry());
    }

    private Task<KnownKeys> Refresh(string issuer, Entry entry)
    {
        lock (entry)
        {
            if (entry.InFlight is { IsCompleted: false } running)
            {
                return running;
            }

            entry.TriedAt = clock.GetUtcNow();
            return entry.InFlight = Task.Run(() => FetchInto(issuer, entry));
        }
    }

    private async Task<KnownKeys> FetchInto(string issuer, Entry entry)
    {
        var (keys, fault) = await fetch(issuer, _closing.Token);
        if (keys is not null)
        {
            entry.FetchedAt = clock.GetUtcNow();
            return entry.Known = new KnownKeys(keys, Fault: null);
        }

        log.LogWarning("issuer {Issuer}: {Fault}{Cached}", issuer, fault, entry.Known.Keys is null ? "" : "; its cached keys stay in use");
        if (entry.Known.Keys is not null && clock.GetUtcNow() - entry.FetchedAt < Usable)
        {
            return entry.Known = entry.Known with { Fault = fault };
        }

        return entry.Known = new KnownKeys(Keys: null, fault);
    }

    private sealed class Entry
    {
        // Replaced whole, so that a reader never sees keys of one fetch with the fault of another.
        private volatile KnownKeys _known = new(null, null);

        public KnownKeys Known
        {
            get => _known;
            set => _known = value;
        }

        public DateTimeOffset FetchedAt { get; set; }

        public DateTimeOffset TriedAt { get; set; } = DateTimeOffset.MinValue;

        public DateTimeOffset AskedAgainAt { get; set; } = DateTimeOffset.MinValue;

        public Task<KnownKeys>? InFlight { get; set; }
    }
}
