using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>How every database of the data folder is opened.</summary>
internal static class SqliteFile
{
    /// <summary>Opens or creates a database, and reads it once so that a file that is none is told here, by its name.</summary>
    /// <exception cref="IOException">It cannot be used; the message says what to do.</exception>
    public static SqliteConnection Open(string source)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "pragma busy_timeout = 5000";
            command.ExecuteNonQuery();
            command.CommandText = "select count(*) from sqlite_schema";
            command.ExecuteScalar();
            return connection;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw Unusable(source, fault);
        }
    }

    /// <summary>What SQLite says of a file, with what to do about it. https://sqlite.org/rescode.html</summary>
    public static IOException Unusable(string source, SqliteException fault) => new(
        $"`{source}` cannot be used, SQLite says \"{Reason(fault)}\": " + fault.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_FULL => "make room on the disk",
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => "end the program that holds it, then try again",
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => "restore the data folder from a backup, or give another one with `--data`",
            _ => "check that the folder is there and that you may write to it",
        },
        fault);

    // "SQLite Error 26: 'file is not a database'."
    private static string Reason(SqliteException fault) => fault.Message.Split('\'') is [_, var reason, ..] ? reason : fault.Message;
}
