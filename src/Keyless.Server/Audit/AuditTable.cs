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
    /// Ids are in the order of time, so their index grows at its end. Checkpoints are rare and large: pages are filled one after the
    /// other, so each is copied into the database about once.
    /// </summary>
    private const string Schema = """
        PRAGMA page_size = 8192;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA busy_timeout = 5000;
        PRAGMA wal_autocheckpoint = 4096;
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

    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _begin;
    private readonly sqlite3_stmt _commit;
    private readonly sqlite3_stmt _rollback;
    private readonly sqlite3_stmt _insert;

    public AuditTable(string source)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Pooling = false }.ToString());
        _connection.Open();
        using (var schema = _connection.CreateCommand())
        {
            schema.CommandText = Schema;
            schema.ExecuteNonQuery();
        }

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insert = Prepare("INSERT INTO decisions (id, at, source, name, account, principal, resource, allowed, code, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    }

    public void Begin() => Run(_begin);

    /// <summary>Returns when everything inserted since <see cref="Begin"/> is on the disk.</summary>
    public void Commit() => Run(_commit);

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
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _insert.Dispose();
        _connection.Dispose();
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
