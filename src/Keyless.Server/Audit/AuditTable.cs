using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Keyless.Server.Audit;

/// <summary>
/// The <c>decisions</c> table as its one writer sees it: prepared statements over SQLite's own interface, which take spans where
/// ADO.NET takes objects. Not thread-safe.
/// </summary>
internal sealed class AuditTable : IDisposable
{
    /// <summary>
    /// Ids are in the order of time, so their index grows at its end. Pages are filled one after the other, so with checkpoints far apart
    /// each is copied into the database about once.
    /// </summary>
    private const string Schema = """
        PRAGMA page_size = 8192;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA busy_timeout = 5000;
        PRAGMA wal_autocheckpoint = 0;
        CREATE TABLE IF NOT EXISTS decisions (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            at INTEGER NOT NULL,
            source TEXT NOT NULL,
            name TEXT NOT NULL,
            account TEXT,
            principal TEXT,
            resource TEXT,
            allowed INTEGER NOT NULL,
            code TEXT,
            record BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS decisions_id ON decisions (id);
        """;

    /// <summary>Bytes of rows between two checkpoints.</summary>
    private const int CheckpointEvery = 24 << 20;

    private readonly string _source;
    private readonly SqliteConnection _connection;
    private long _sinceCheckpoint;
    private Task? _copying;
    private readonly sqlite3_stmt _begin;
    private readonly sqlite3_stmt _commit;
    private readonly sqlite3_stmt _rollback;
    private readonly sqlite3_stmt _insert;
    private readonly sqlite3_stmt _oldest;
    private readonly sqlite3_stmt _remove;

    // When the first row was written, milliseconds since 1970; null while it must be looked up.
    private long? _oldestAt;

    public AuditTable(string source)
    {
        _source = source;
        _connection = Open(source);
        using (var schema = _connection.CreateCommand())
        {
            schema.CommandText = Schema;
            schema.ExecuteNonQuery();
        }

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insert = Prepare("INSERT INTO decisions (id, at, source, name, account, principal, resource, allowed, code, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
        _oldest = Prepare("SELECT at FROM decisions ORDER BY seq LIMIT 1");
        _remove = Prepare("DELETE FROM decisions WHERE seq <= (SELECT max(seq) FROM (SELECT seq, at FROM decisions ORDER BY seq LIMIT ?2) WHERE at < ?1)");
    }

    public void Begin() => Run(_begin);

    /// <summary>Returns when everything inserted since <see cref="Begin"/> is on the disk.</summary>
    public void Commit()
    {
        Run(_commit);
        Checkpoint();
    }

    /// <summary>Takes back what was inserted since <see cref="Begin"/>. Never fails: it is for after a failure.</summary>
    public void Rollback()
    {
        raw.sqlite3_step(_rollback);
        raw.sqlite3_reset(_rollback);
    }

    public void Insert(IAuditEntry entry, ReadOnlySpan<byte> record)
    {
        Bind(1, entry.Id);
        raw.sqlite3_bind_int64(_insert, 2, entry.At.ToUnixTimeMilliseconds());
        Bind(3, entry.EventSource);
        Bind(4, entry.EventName);
        Bind(5, entry.Account);
        Bind(6, entry.Principal);
        Bind(7, entry.Resource);
        raw.sqlite3_bind_int(_insert, 8, entry.Allowed ? 1 : 0);
        Bind(9, entry.ErrorCode);
        raw.sqlite3_bind_blob(_insert, 10, record);
        Run(_insert);
        _sinceCheckpoint += record.Length;
    }

    /// <summary>Removes the oldest rows, as far as they are older than that, and at most so many of them.</summary>
    public void RemoveBefore(DateTimeOffset limit, int most)
    {
        _oldestAt ??= OldestAt();
        if (_oldestAt is not { } oldest || oldest >= limit.ToUnixTimeMilliseconds())
        {
            return;
        }

        raw.sqlite3_bind_int64(_remove, 1, limit.ToUnixTimeMilliseconds());
        raw.sqlite3_bind_int(_remove, 2, most);
        Run(_remove);
        _oldestAt = null;
    }

    /// <summary>Null where there is no row.</summary>
    private long? OldestAt()
    {
        var found = raw.sqlite3_step(_oldest) == raw.SQLITE_ROW ? raw.sqlite3_column_int64(_oldest, 0) : (long?)null;
        raw.sqlite3_reset(_oldest);
        return found;
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _insert.Dispose();
        _oldest.Dispose();
        _remove.Dispose();
        _copying?.Wait();
        _connection.Dispose();
    }

    /// <summary>
    /// Has the write-ahead log copied into the database on another thread, in a connection of its own, so that no decision waits for it.
    /// Only what came in the meantime is left for this one, after which the log starts again at its beginning. SQLite,
    /// "Write-Ahead Logging", section 2.3.
    /// </summary>
    private void Checkpoint()
    {
        if (_copying is { IsCompleted: true })
        {
            _copying = null;
            Copy(_connection);
        }
        else if (_sinceCheckpoint > CheckpointEvery && _copying is null)
        {
            _sinceCheckpoint = 0;
            _copying = Task.Factory.StartNew(
                () =>
                {
                    using var another = Open(_source);
                    Copy(another);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
    }

    // One that does not get through now, because a reader is in its way, does so another time.
    private static void Copy(SqliteConnection connection) => raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);

    private static SqliteConnection Open(string source)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private void Bind(int index, string? text)
    {
        if (text is null)
        {
            raw.sqlite3_bind_null(_insert, index);
            return;
        }

        const int Small = 512;
        Span<byte> utf8 = text.Length <= Small / 3 ? stackalloc byte[Small] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        raw.sqlite3_bind_text(_insert, index, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    private sqlite3_stmt Prepare(string sql) => raw.sqlite3_prepare_v2(_connection.Handle, sql, out var statement) == raw.SQLITE_OK ? statement : throw Fault();

    private void Run(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (result != raw.SQLITE_DONE)
        {
            throw Fault();
        }
    }

    private SqliteException Fault() => new(raw.sqlite3_errmsg(_connection.Handle).utf8_to_string(), raw.sqlite3_errcode(_connection.Handle));
}
