using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>A resource as a stack made it.</summary>
/// <param name="Properties">JSON, functions evaluated.</param>
/// <param name="Retain">It stays when it leaves the stack.</param>
public sealed record StackResource(string LogicalId, string Type, string PhysicalId, string Properties, bool Retain);

/// <summary>A step of an update that is not done yet.</summary>
/// <param name="Properties">JSON, what the step makes.</param>
/// <param name="Before">JSON, what it changes; null when it creates.</param>
/// <param name="Keep">Undoing leaves what was created.</param>
public sealed record StackStep(int Position, string LogicalId, string Type, string PhysicalId, string Properties, string? Before, bool Keep);

/// <summary>Something that a stack no longer has and that is still to be deleted.</summary>
public sealed record StackRemoval(string LogicalId, string Type, string PhysicalId, string Properties);

/// <summary>What each stack of an account made, the steps of an update under way, and what is still to be deleted.</summary>
public sealed class StackStore(Db db, string account) : IDisposable
{
    /// <summary>The stack's resources in the order they were made.</summary>
    public ImmutableArray<StackResource> Resources(string stack) => Rows(
        "select logical_id, type, physical_id, properties, retain from stack_resource where account = $account and stack = $stack order by position",
        stack,
        row => new StackResource(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4) != 0));

    /// <summary>The steps of an update that is under way or was interrupted, in their order.</summary>
    public ImmutableArray<StackStep> Steps(string stack) => Rows(
        "select position, logical_id, type, physical_id, properties, before, keep from stack_step where account = $account and stack = $stack order by position",
        stack,
        row => new StackStep(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5), row.GetInt64(6) != 0));

    /// <summary>What is still to be deleted, in that order.</summary>
    public ImmutableArray<StackRemoval> Removals(string stack) => Rows(
        "select logical_id, type, physical_id, properties from stack_removal where account = $account and stack = $stack order by position",
        stack,
        row => new StackRemoval(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)));

    /// <summary>Writes a step down before it is made.</summary>
    public void Begin(string stack, StackStep step) => db.Write(transaction =>
    {
        using var insert = Command(
            transaction,
            """
            insert into stack_step (account, stack, position, logical_id, type, physical_id, properties, before, keep)
            values ($account, $stack, $position, $id, $type, $physical, $properties, $before, $keep)
            """,
            stack,
            ("$position", step.Position),
            ("$id", step.LogicalId),
            ("$type", step.Type),
            ("$physical", step.PhysicalId),
            ("$properties", step.Properties),
            ("$before", (object?)step.Before ?? DBNull.Value),
            ("$keep", step.Keep ? 1 : 0));
        insert.ExecuteNonQuery();
    });

    /// <summary>A step is undone.</summary>
    public void Undone(string stack, StackStep step) => db.Write(transaction =>
    {
        using var delete = Command(transaction, "delete from stack_step where account = $account and stack = $stack and position = $position", stack, ("$position", step.Position));
        delete.ExecuteNonQuery();
    });

    /// <summary>All steps are done: the stack has these resources now, and what it had before is to be deleted.</summary>
    /// <param name="resources">Each after those that it needs.</param>
    /// <param name="removals">In the order of deletion.</param>
    public void Commit(string stack, IEnumerable<StackResource> resources, IEnumerable<StackRemoval> removals) => db.Write(transaction =>
    {
        foreach (var sql in (string[])["delete from stack_step where account = $account and stack = $stack", "delete from stack_resource where account = $account and stack = $stack"])
        {
            using var clear = Command(transaction, sql, stack);
            clear.ExecuteNonQuery();
        }

        foreach (var removal in removals)
        {
            using var insert = Command(
                transaction,
                """
                insert or replace into stack_removal (account, stack, type, physical_id, position, logical_id, properties)
                values ($account, $stack, $type, $physical, (select coalesce(max(position), 0) + 1 from stack_removal), $id, $properties)
                """,
                stack,
                ("$type", removal.Type),
                ("$physical", removal.PhysicalId),
                ("$id", removal.LogicalId),
                ("$properties", removal.Properties));
            insert.ExecuteNonQuery();
        }

        var position = 0;
        foreach (var resource in resources)
        {
            using var insert = Command(
                transaction,
                """
                insert into stack_resource (account, stack, logical_id, position, type, physical_id, properties, retain)
                values ($account, $stack, $id, $position, $type, $physical, $properties, $retain)
                """,
                stack,
                ("$position", ++position),
                ("$id", resource.LogicalId),
                ("$type", resource.Type),
                ("$physical", resource.PhysicalId),
                ("$properties", resource.Properties),
                ("$retain", resource.Retain ? 1 : 0));
            insert.ExecuteNonQuery();
            Removed(transaction, stack, resource.Type, resource.PhysicalId);
        }
    });

    public void Removed(string stack, StackRemoval removal) => db.Write(transaction => Removed(transaction, stack, removal.Type, removal.PhysicalId));

    public void Dispose() => db.Dispose();

    private void Removed(SqliteTransaction transaction, string stack, string type, string physicalId)
    {
        using var delete = Command(
            transaction,
            "delete from stack_removal where account = $account and stack = $stack and type = $type and physical_id = $physical",
            stack,
            ("$type", type),
            ("$physical", physicalId));
        delete.ExecuteNonQuery();
    }

    private ImmutableArray<T> Rows<T>(string sql, string stack, Func<SqliteDataReader, T> read) => db.Read(_ =>
    {
        using var query = Command(null, sql, stack);
        using var rows = query.ExecuteReader();
        var found = ImmutableArray.CreateBuilder<T>();
        while (rows.Read())
        {
            found.Add(read(rows));
        }

        return found.ToImmutable();
    });

    private SqliteCommand Command(SqliteTransaction? transaction, string sql, string stack, params (string Name, object Value)[] parameters)
    {
        var command = db.Connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // constants of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$account", account);
        command.Parameters.AddWithValue("$stack", stack);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
