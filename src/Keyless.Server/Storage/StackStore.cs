using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>A resource as a stack made it.</summary>
/// <param name="Properties">JSON, functions evaluated.</param>
/// <param name="Generation">1 when made, one more with each change.</param>
public sealed record StackResource(string LogicalId, string Type, string PhysicalId, string Properties, bool Retain, int Generation);

/// <summary>What each stack of an account made.</summary>
public sealed class StackStore(Db db, string account) : IDisposable
{
    /// <summary>The stack's resources in the order they were made.</summary>
    public ImmutableArray<StackResource> Resources(string stack) => db.Read(connection =>
    {
        using var query = connection.CreateCommand();
        query.CommandText =
            "select logical_id, type, physical_id, properties, retain, generation from stack_resource where account = $account and stack = $stack order by position";
        query.Parameters.AddWithValue("$account", account);
        query.Parameters.AddWithValue("$stack", stack);
        using var rows = query.ExecuteReader();
        var found = ImmutableArray.CreateBuilder<StackResource>();
        while (rows.Read())
        {
            found.Add(new StackResource(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetInt64(4) != 0, rows.GetInt32(5)));
        }

        return found.ToImmutable();
    });

    public void Put(string stack, StackResource resource) => db.Write(transaction =>
    {
        using var upsert = Command(
            transaction,
            """
            insert into stack_resource (account, stack, logical_id, position, type, physical_id, properties, retain, generation)
            values ($account, $stack, $id, (select coalesce(max(position), 0) + 1 from stack_resource), $type, $physical, $properties, $retain, $generation)
            on conflict do update set type = $type, physical_id = $physical, properties = $properties, retain = $retain, generation = $generation
            """,
            stack,
            resource.LogicalId);
        upsert.Parameters.AddWithValue("$type", resource.Type);
        upsert.Parameters.AddWithValue("$physical", resource.PhysicalId);
        upsert.Parameters.AddWithValue("$properties", resource.Properties);
        upsert.Parameters.AddWithValue("$retain", resource.Retain ? 1 : 0);
        upsert.Parameters.AddWithValue("$generation", resource.Generation);
        upsert.ExecuteNonQuery();
    });

    public void Remove(string stack, string logicalId) => db.Write(transaction =>
    {
        using var delete = Command(transaction, "delete from stack_resource where account = $account and stack = $stack and logical_id = $id", stack, logicalId);
        delete.ExecuteNonQuery();
    });

    public void Dispose() => db.Dispose();

    private SqliteCommand Command(SqliteTransaction transaction, string sql, string stack, string logicalId)
    {
        var command = db.Connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // constants of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$account", account);
        command.Parameters.AddWithValue("$stack", stack);
        command.Parameters.AddWithValue("$id", logicalId);
        return command;
    }
}
