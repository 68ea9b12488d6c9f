using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Keyless.Server.Storage;

/// <summary>One use of a role's session or of an access key. IAM API Reference, "RoleLastUsed" and "AccessKeyLastUsed".</summary>
/// <param name="Service">The signing name: <c>s3</c>.</param>
public sealed record LastUse(DateTimeOffset At, string Region, string Service);

/// <summary>
/// When roles and access keys were last used, by the role's unique id or the key's id. A request costs one look-up in memory; what is new
/// goes to the database once a minute and at shutdown, so a crash forgets a minute. AWS itself is minutes to hours late.
/// </summary>
public sealed class LastUses : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>IAM User Guide, "Last accessed information": the period that AWS tells of.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromDays(400);

    private readonly Db _db;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, LastUse> _uses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LastUse> _unsaved = new(StringComparer.Ordinal);
    private readonly ITimer _timer;

    public LastUses(Db db, TimeProvider clock, ILogger log)
    {
        _db = db;
        _clock = clock;
        _log = log;
        _db.Write(Load);
        _timer = clock.CreateTimer(_ => SaveQuietly(), null, Interval, Interval);
    }

    /// <summary>Remembers a use, to the second.</summary>
    public void Note(string id, DateTimeOffset at, string region, string service)
    {
        if (_uses.TryGetValue(id, out var known)
            && at.ToUnixTimeSeconds() <= known.At.ToUnixTimeSeconds()
            && known.Region == region
            && known.Service == service)
        {
            return;
        }

        var use = new LastUse(at, region, service);
        _uses[id] = use;
        _unsaved[id] = use;
    }

    /// <summary>The last use within 400 days; null when there was none.</summary>
    public LastUse? Of(string id) => _uses.TryGetValue(id, out var use) && _clock.GetUtcNow() - use.At <= Period ? use : null;

    /// <summary>Makes what was noted so far durable.</summary>
    public void Save()
    {
        ImmutableArray<KeyValuePair<string, LastUse>> uses = [.. _unsaved];
        if (uses.IsEmpty)
        {
            return;
        }

        _db.Write(sql =>
        {
            using var command = sql.Connection!.CreateCommand();
            command.Transaction = sql;
            command.CommandText = """
                insert into iam_last_use (id, at, region, service) values ($id, $at, $region, $service)
                on conflict (id) do update set at = excluded.at, region = excluded.region, service = excluded.service
                """;
            foreach (var (id, use) in uses)
            {
                command.Parameters.Clear();
                command.Parameters.AddWithValue("$id", id);
                command.Parameters.AddWithValue("$at", use.At.ToUnixTimeSeconds());
                command.Parameters.AddWithValue("$region", use.Region);
                command.Parameters.AddWithValue("$service", use.Service);
                command.ExecuteNonQuery();
            }
        });

        // A use that came meanwhile is another value and stays.
        foreach (var use in uses)
        {
            _unsaved.TryRemove(use);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        SaveQuietly();
    }

    // What is lost here is a convenience; the server goes on.
    private void SaveQuietly()
    {
        try
        {
            Save();
        }
        catch (SqliteException fault)
        {
            _log.LogWarning(fault, "when roles and access keys were last used was not saved");
        }
    }

    private void Load(SqliteTransaction sql)
    {
        using var query = sql.Connection!.CreateCommand();
        query.Transaction = sql;
        query.CommandText = "delete from iam_last_use where at < $since; select id, at, region, service from iam_last_use";
        query.Parameters.AddWithValue("$since", (_clock.GetUtcNow() - Period).ToUnixTimeSeconds());
        using var rows = query.ExecuteReader();
        while (rows.Read())
        {
            _uses[rows.GetString(0)] = new LastUse(DateTimeOffset.FromUnixTimeSeconds(rows.GetInt64(1)), rows.GetString(2), rows.GetString(3));
        }
    }
}
