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
/// <remarks>
/// An unknown key id waits for a fetch that begins after it was seen, so a key that was published before it signed is always found. Such
/// fetches keep their distance from each other, which doubles while they bring nothing new: a stream of made-up ids never becomes a
/// stream of fetches.
/// </remarks>
public sealed class IssuerKeys(FetchKeys fetch, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Until then keys are used without asking again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>Until then keys are used although the issuer could not be asked.</summary>
    public static readonly TimeSpan Usable = TimeSpan.FromHours(24);

    /// <summary>The least time between two fetches that stale keys cause while the issuer is down.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>The least and the most time between two fetches that unknown key ids cause.</summary>
    public static readonly TimeSpan LeastDistance = TimeSpan.FromMilliseconds(500), MostDistance = TimeSpan.FromSeconds(4);

    /// <summary>So many requests wait for an issuer to be asked again; further ones are answered from what is known.</summary>
    public const int MostWaiting = 512;

    private const int MostIssuers = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private Predicate<string> _isOwn = static _ => false;
    private Func<KeySet> _own = static () => KeySet.Empty;
    private KnownKeys _ownKnown = new(new FetchedKeys(KeySet.Empty, []), Fault: null);

    /// <summary>Answers for some issuers with our own keys: this server's own issuer, and those that the sandbox speaks for.</summary>
    public void Pin(Predicate<string> isOwn, Func<KeySet> keys) => (_isOwn, _own) = (isOwn, keys);

    public bool IsPinned(string issuer) => _isOwn(issuer);

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

    /// <summary>The keys, fetched when there are none at hand.</summary>
    public async ValueTask<KnownKeys> Get(string issuer) => AtHand(issuer) ?? await Refresh(issuer, EntryOf(issuer));

    /// <summary>The keys, with that of a token among them if the issuer publishes it by now.</summary>
    /// <param name="keyId">The token's <c>kid</c>; null when it has none.</param>
    public async ValueTask<KnownKeys> Find(string issuer, string? keyId)
    {
        if (_isOwn(issuer))
        {
            return Own();
        }

        var entry = EntryOf(issuer);
        var begun = entry.Begun;
        var known = await Get(issuer);
        if (Has(known))
        {
            return known;
        }

        if (entry.InFlight is { IsCompleted: false } running && await running is var soon && Has(soon))
        {
            return soon;
        }

        // What was fetched since this request came is as new as it gets.
        return entry.Begun > begun || entry.Known.Keys is null ? entry.Known : await Again(issuer, entry);

        bool Has(KnownKeys known) => known.Keys?.Keys.Find(keyId) is not null;
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

    /// <summary>Waits for a fetch that begins from now on; all who wait share it.</summary>
    private async Task<KnownKeys> Again(string issuer, Entry entry)
    {
        if (Interlocked.Increment(ref entry.Waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref entry.Waiting);
            return entry.Known with { Fault = $"{MostWaiting} requests with unknown key ids wait for it already" };
        }

        try
        {
            Task<KnownKeys> next;
            lock (entry)
            {
                next = entry.Next = entry.Next is { IsCompleted: false } waiting ? waiting : Task.Run(() => AskAgain(issuer, entry));
            }

            return await next;
        }
        finally
        {
            Interlocked.Decrement(ref entry.Waiting);
        }
    }

    /// <summary>1 keeps the distance, 2 lets a fetch end that began before, 3 fetches, 4 sets the next distance by what it brought.</summary>
    private async Task<KnownKeys> AskAgain(string issuer, Entry entry)
    {
        // 1
        if (entry.TriedAt + entry.Distance - clock.GetUtcNow() is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest < MostDistance ? rest : MostDistance, clock, _closing.Token);
        }

        // 2: it may have read the keys before they changed
        var before = entry.Known.Keys;
        Task<KnownKeys> fetched;
        while (!TryBegin(issuer, entry, out fetched))
        {
            await fetched;
        }

        // 3
        var known = await fetched;

        // 4
        var isNew = before is null || (known.Keys is { } after && !after.Keys.KeyIds.ToHashSet().SetEquals(before.Keys.KeyIds));
        entry.Distance = isNew ? LeastDistance : entry.Distance * 2 < MostDistance ? entry.Distance * 2 : MostDistance;
        return known;
    }

    /// <summary>False while another fetch is in flight. Whoever comes after this has begun one waits for the next.</summary>
    private bool TryBegin(string issuer, Entry entry, out Task<KnownKeys> running)
    {
        lock (entry)
        {
            if (entry.InFlight is { IsCompleted: false } earlier)
            {
                running = earlier;
                return false;
            }

            entry.Next = null;
            running = Refresh(issuer, entry);
            return true;
        }
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
            entry.Begun++;
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

        // Ticks, which no reader sees half written.
        private long _fetchedAt;
        private long _triedAt;

        public int Waiting;

        /// <summary>How many fetches were begun.</summary>
        public volatile int Begun;

        public KnownKeys Known
        {
            get => _known;
            set => _known = value;
        }

        public DateTimeOffset FetchedAt
        {
            get => new(Volatile.Read(ref _fetchedAt), TimeSpan.Zero);
            set => Volatile.Write(ref _fetchedAt, value.UtcTicks);
        }

        public DateTimeOffset TriedAt
        {
            get => new(Volatile.Read(ref _triedAt), TimeSpan.Zero);
            set => Volatile.Write(ref _triedAt, value.UtcTicks);
        }

        public TimeSpan Distance { get; set; } = LeastDistance;

        /// <summary>The fetch that runs, or the last that ran.</summary>
        public Task<KnownKeys>? InFlight { get; set; }

        /// <summary>The fetch that unknown key ids wait for and that has not begun; null when none do.</summary>
        public Task<KnownKeys>? Next { get; set; }
    }
}
