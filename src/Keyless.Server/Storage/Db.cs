using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>
/// One SQLite database of the data folder: WAL, full durability, one writer at a time. A transaction that returns is on the disk.
/// </summary>
public sealed class Db : IDisposable
{
    private readonly Lock _gate = new();

    private Db(SqliteConnection connection) => Connection = connection;

    /// <summary>For use inside <see cref="Write"/> and <see cref="Read"/> only.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>
    /// Opens or creates a database and brings it up to date.
    /// </summary>
    /// <param name="migrations">The resource prefix of its numbered migrations: <c>Iam</c> has <c>Iam.V001_initial.sql</c> and so on.</param>
    public static Db Open(string path, string migrations)
    {
        var connection = SqliteFile.Open(path);
        // Only the owner may read what is in it; SQLite gives the WAL the same mode.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var db = new Db(connection);
        try
        {
            db.Execute("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
            db.Migrate(migrations);
            return db;
        }
        catch (SqliteException fault)
        {
            db.Dispose();
            throw SqliteFile.Unusable(path, fault);
        }
    }

    /// <summary>Runs the work in one transaction, durable on return.</summary>
    public T Write<T>(Func<SqliteTransaction, T> work)
    {
        lock (_gate)
        {
            using var transaction = Connection.BeginTransaction(deferred: false);
            var result = work(transaction);
            transaction.Commit();
            return result;
        }
    }

    public void Write(Action<SqliteTransaction> work) => Write<object?>(transaction =>
    {
        work(transaction);
        return null;
    });

    public T Read<T>(Func<SqliteConnection, T> work)
    {
        lock (_gate)
        {
            return work(Connection);
        }
    }

    public void Dispose() => Connection.Dispose();

    private void Execute(string sql)
    {
        using var command = Connection.CreateCommand();
        // The text comes from this assembly, never from a request.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private void Migrate(string family)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var scripts = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(family + ".V", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        Execute("create table if not exists migration (name text primary key) strict, without rowid");
        var done = new HashSet<string>(StringComparer.Ordinal);
        using (var query = Connection.CreateCommand())
        {
            query.CommandText = "select name from migration";
            using var rows = query.ExecuteReader();
            while (rows.Read())
            {
                done.Add(rows.GetString(0));
            }
        }

        foreach (var script in scripts.Where(script => !done.Contains(script)))
        {
            using var stream = assembly.GetManifestResourceStream(script)!;
            using var reader = new StreamReader(stream);
            var sql = reader.ReadToEnd();
            Write(_ =>
            {
                Execute(sql);
                using var insert = Connection.CreateCommand();
                insert.CommandText = "insert into migration (name) values ($name)";
                insert.Parameters.AddWithValue("$name", script);
                insert.ExecuteNonQuery();
            });
        }
    }
}
