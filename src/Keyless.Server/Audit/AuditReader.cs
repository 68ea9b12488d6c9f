using System.Text;
using System.Text.Json;
using Keyless.Server.Storage;
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

    /// <summary>Whether a record, in <see cref="CloudTrail"/>'s shape, is among them. Its time is in whole seconds.</summary>
    internal bool Matches(JsonElement record)
    {
        var at = record.GetProperty("eventTime").GetDateTimeOffset();
        return (Since is not { } since || at.AddSeconds(1) > since)
            && (Until is not { } until || at < until)
            && (Allowed is not { } allowed || record.GetProperty("decision").GetProperty("allowed").GetBoolean() == allowed)
            && (EventName is null || EventName.Equals(Text(record, "eventName"), StringComparison.OrdinalIgnoreCase))
            && (ErrorCode is null || ErrorCode.Equals(Text(record, "errorCode"), StringComparison.OrdinalIgnoreCase))
            && (Principal is null || PrincipalOf(record.GetProperty("userIdentity"))?.Contains(Principal, StringComparison.Ordinal) == true)
            && (Resource is null || IsAbout(record, Resource))
            && (Account is null || (Text(record, "recipientAccountId") is { } account ? account == Account : AlsoWithoutAccount));
    }

    private static string? PrincipalOf(JsonElement identity) => Text(identity, "arn") ?? Text(identity, "userName") ?? Text(identity, "principalId");

    private static bool IsAbout(JsonElement record, string part) =>
        record.TryGetProperty("resources", out var resources)
        && resources.EnumerateArray().Any(resource => Text(resource, "ARN")?.Contains(part, StringComparison.Ordinal) == true);

    private static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out var text) ? text.GetString() : null;
}

/// <summary>A decision as it is stored: the record is CloudTrail-shaped JSON.</summary>
public sealed record StoredDecision(long Sequence, string Id, string Json);

/// <summary>Reads an audit store, also while a server writes to it.</summary>
public sealed class AuditReader : IDisposable
{
    /// <summary>How far the clock may have been set back between a request and its record.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(5);

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
        var connection = SqliteFile.Open(source);
        using var command = connection.CreateCommand();
        command.CommandText = "pragma query_only = 1";
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
        id = id.ToLowerInvariant();
        if (DecisionId.Earliest(id) is not { } earliest)
        {
            return null;
        }

        var filter = new AuditFilter { Account = within?.Account, AlsoWithoutAccount = within?.AlsoWithoutAccount == true };
        var sought = Encoding.UTF8.GetBytes(id);
        StoredDecision? found = null;
        foreach (var (number, line) in Lines(AuditTable.NumberAt(earliest - ClockSlack), newestFirst: false))
        {
            // An id that is whole is there once.
            if (found is not null && id.Length == found.Id.Length)
            {
                break;
            }

            if (line.Span.IndexOf(sought) >= 0 && Read(number, line, filter) is { } decision && decision.Id.StartsWith(id, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    return null;
                }

                found = decision;
            }
        }

        return found;
    }

    /// <summary>The newest decision, or the newest of an outcome.</summary>
    public StoredDecision? Last(bool? allowed = null) => Query(new AuditFilter { Allowed = allowed, Limit = 1 }) is [var last] ? last : null;

    /// <summary>The decisions of a filter, oldest first.</summary>
    public IReadOnlyList<StoredDecision> Query(AuditFilter filter)
    {
        var after = filter.Since is { } since ? Math.Max(filter.After, AuditTable.NumberAt(since - ClockSlack)) : filter.After;
        var found = new List<StoredDecision>();
        foreach (var (number, line) in Lines(after, newestFirst: true))
        {
            if (found.Count == filter.Limit)
            {
                break;
            }

            if (Read(number, line, filter) is { } decision)
            {
                found.Add(decision);
            }
        }

        found.Reverse();
        return found;
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Null when it is not among the filter's.</summary>
    private static StoredDecision? Read(long number, ReadOnlyMemory<byte> line, AuditFilter filter)
    {
        using var record = JsonDocument.Parse(line);
        return filter.Matches(record.RootElement)
            ? new StoredDecision(number, record.RootElement.GetProperty("eventID").GetString()!, Encoding.UTF8.GetString(line.Span))
            : null;
    }

    /// <summary>Every decision whose number is above that.</summary>
    private IEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Lines(long after, bool newestFirst)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT first, records FROM batches WHERE first > $from ORDER BY first";
        if (newestFirst)
        {
            command.CommandText += " DESC";
        }

        command.Parameters.AddWithValue("$from", after - AuditTable.LargestBatch);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var first = rows.GetInt64(0);
            var lines = Split((byte[])rows.GetValue(1));
            for (var i = 0; i < lines.Count; i++)
            {
                var at = newestFirst ? lines.Count - 1 - i : i;
                if (first + at > after)
                {
                    yield return (first + at, lines[at]);
                }
            }
        }
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> records)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (records.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            lines.Add(records[..end]);
            records = records[(end + 1)..];
        }

        return lines;
    }
}
