using Keyless.Server.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Keyless.Server.Audit;

/// <summary>
/// The audit's table as its one writer sees it: prepared statements over SQLite's own interface, which take spans where ADO.NET takes
/// objects. A row is a batch, the decisions that became durable together, as lines of JSON: a row for each decision would cost more than
/// all the rest of making it durable. Not thread-safe.
/// </summary>
internal sealed class AuditTable : IDisposable
{
    /// <summary>The most decisions of a batch.</summary>
    public const int LargestBatch = 1024;

    /// <summary>
    /// Decisions are numbered in the order in which they became durable, from a number that the time gives, so that a time finds its rows.
    /// Several batches come in one millisecond at most now and then; they push those behind them.
    /// </summary>
    private const int NumbersPerMillisecond = 256;

    /// <summary>Pages are filled one after the other, so with checkpoints far apart each is copied into the database about once.</summary>
    private const string Schema = """
        PRAGMA page_size = 8192;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 0;
        CREATE TABLE IF NOT EXISTS batches (
            first INTEGER PRIMARY KEY,
            count INTEGER NOT NULL,
            records BLOB NOT NULL
        ) STRICT;
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

    // The number of the first row; null while it must be looked up.
    private long? _oldestNumber;

    public AuditTable(string source)
    {
        _source = source;
        _connection = SqliteFile.Open(source);
        using (var schema = _connection.CreateCommand())
        {
            schema.CommandText = Schema;
            schema.ExecuteNonQuery();
        }

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insert = Prepare("""
            INSERT INTO batches (first, count, records)
            SELECT max(?1, coalesce((SELECT first + count FROM batches ORDER BY first DESC LIMIT 1), 0)), ?2, ?3
            """);
        _oldest = Prepare("SELECT first FROM batches ORDER BY first LIMIT 1");
        _remove = Prepare("DELETE FROM batches WHERE first < ?1 AND first IN (SELECT first FROM batches ORDER BY first LIMIT ?2)");
    }

    /// <summary>What is at least the number of everything that became durable before a time.</summary>
    public static long NumberAt(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * NumbersPerMillisecond;

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

    /// <param name="records">JSON, a line each.</param>
    public void Insert(DateTimeOffset at, int count, ReadOnlySpan<byte> records)
    {
        raw.sqlite3_bind_int64(_insert, 1, NumberAt(at));
        raw.sqlite3_bind_int(_insert, 2, count);
        raw.sqlite3_bind_blob(_insert, 3, records);
        Run(_insert);
        _sinceCheckpoint += records.Length;
    }

    /// <summary>Removes the oldest batches, as far as they are older than that, and at most so many of them.</summary>
    public void RemoveBefore(DateTimeOffset limit, int most)
    {
        var number = NumberAt(limit);
        _oldestNumber ??= OldestNumber();
        if (_oldestNumber is not { } oldest || oldest >= number)
        {
            return;
        }

        raw.sqlite3_bind_int64(_remove, 1, number);
        raw.sqlite3_bind_int(_remove, 2, most);
        Run(_remove);
        _oldestNumber = null;
    }

    /// <summary>Null where there is no row.</summary>
    private long? OldestNumber()
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
                    using var another = SqliteFile.Open(_source);
                    Copy(another);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
    }

    // One that does not get through now, because a reader is in its way, does so another time.
    private static void Copy(SqliteConnection connection) => raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);

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
