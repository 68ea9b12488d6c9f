using System.Text;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Audit;

/// <summary>Which decisions to read; what is null does not limit.</summary>
public sealed record AuditFilter
{
    /// <summary>Only decisions after this one.</summary>
    public long After { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public bool? Allowed { get; init; }

    /// <summary>The operation's name, without regard to case.</summary>
    public string? EventName { get; init; }

    /// <summary>A part of the subject's or caller's name.</summary>
    public string? Principal { get; init; }

    /// <summary>A part of the resource's ARN.</summary>
    public string? Resource { get; init; }

    public string? Account { get; init; }

    /// <summary>With <see cref="Account"/>: also what no account could be told for.</summary>
    public bool AlsoWithoutAccount { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>The newest so many.</summary>
    public int Limit { get; init; } = 1000;
}

/// <summary>A decision as it is stored: the record is CloudTrail-shaped JSON.</summary>
public sealed record StoredDecision(long Sequence, string Id, string Json);

/// <summary>Reads an audit store, also while a server writes to it.</summary>
public sealed class AuditReader : IDisposable
{
    private readonly SqliteConnection _connection;

    private AuditReader(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens a store for reading; null when the folder has none.</summary>
    public static AuditReader? OpenFolder(string folder)
    {
        var path = Path.Combine(folder, AuditLog.FileName);
        return File.Exists(path) ? Open(path) : null;
    }

    public static AuditReader Open(string source)
    {
        // A reader of a write-ahead log takes part in its shared memory, so even reading needs write access; the pragma forbids the rest.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 2000; PRAGMA query_only = 1;";
        command.ExecuteNonQuery();
        return new AuditReader(connection);
    }

    /// <summary>
    /// The decision of an id, or of the beginning of one where no other begins so. Ids begin with their time: those of one minute are
    /// alike for eight letters.
    /// </summary>
    /// <param name="within">Whose: the filter's account alone counts.</param>
    public StoredDecision? Find(string id, AuditFilter? within = null)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """
            SELECT seq, id, record FROM decisions
            WHERE id >= $id AND id < $id || '~' AND ($account IS NULL OR account = $account OR ($without AND account IS NULL))
            ORDER BY seq DESC LIMIT 2
            """;
        command.Parameters.AddWithValue("$id", id.ToLowerInvariant());
        command.Parameters.AddWithValue("$account", (object?)within?.Account ?? DBNull.Value);
        command.Parameters.AddWithValue("$without", within?.AlsoWithoutAccount == true);
        return Read(command) is [var found] ? found : null;
    }

    /// <summary>The newest decision, or the newest of an outcome.</summary>
    public StoredDecision? Last(bool? allowed = null) => Query(new AuditFilter { Allowed = allowed, Limit = 1 }) is [var last] ? last : null;

    /// <summary>The decisions of a filter, oldest first.</summary>
    public IReadOnlyList<StoredDecision> Query(AuditFilter filter)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """
            SELECT * FROM (
                SELECT seq, id, record FROM decisions
                WHERE seq > $after
                    AND ($since IS NULL OR at >= $since)
                    AND ($until IS NULL OR at < $until)
                    AND ($allowed IS NULL OR allowed = $allowed)
                    AND ($name IS NULL OR name = $name COLLATE NOCASE)
                    AND ($principal IS NULL OR instr(principal, $principal) > 0)
                    AND ($resource IS NULL OR instr(resource, $resource) > 0)
                    AND ($account IS NULL OR account = $account OR ($without AND account IS NULL))
                    AND ($code IS NULL OR code = $code COLLATE NOCASE)
                ORDER BY seq DESC LIMIT $limit)
            ORDER BY seq
            """;
        Bind("$after", filter.After);
        Bind("$since", filter.Since?.ToUnixTimeMilliseconds());
        Bind("$until", filter.Until?.ToUnixTimeMilliseconds());
        Bind("$allowed", filter.Allowed is { } allowed ? (allowed ? 1L : 0L) : null);
        Bind("$name", filter.EventName);
        Bind("$principal", filter.Principal);
        Bind("$resource", filter.Resource);
        Bind("$account", filter.Account);
        Bind("$without", filter.AlsoWithoutAccount ? 1L : 0L);
        Bind("$code", filter.ErrorCode);
        Bind("$limit", filter.Limit);
        return Read(command);

        void Bind(string name, object? value) => command.Parameters.AddWithValue(name, value ?? DBNull.Value);
    }

    public void Dispose() => _connection.Dispose();

    private static List<StoredDecision> Read(SqliteCommand command)
    {
        var found = new List<StoredDecision>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            found.Add(new StoredDecision(reader.GetInt64(0), reader.GetString(1), Encoding.UTF8.GetString((byte[])reader.GetValue(2))));
        }

        return found;
    }
}
