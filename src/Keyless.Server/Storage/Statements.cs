using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>The prepared statements of one connection, by their text. Used under the lock of the connection's owner.</summary>
internal sealed class Statements(SqliteConnection connection) : IDisposable
{
    private static readonly string[] Names = [.. Enumerable.Range(1, 24).Select(n => "$" + n)];

    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>Runs a statement with the arguments <c>$1</c>, <c>$2</c> ...; answers the number of changed rows.</summary>
    public int Run(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteNonQuery();

    /// <summary>The first column of the first row; null when there is no row or the column is null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteScalar() is var value and not DBNull ? value : null;

    /// <summary>The rows; dispose of the reader before the same statement runs again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteReader();

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            // The text is a constant of the calling store.
#pragma warning disable CA2100
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = Names[i] });
            }

            _prepared[sql] = command;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        }

        return command;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
    }
}
