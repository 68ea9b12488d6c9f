using System.Collections.Immutable;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>One page of a listing. S3 User Guide, "Organizing objects using prefixes".</summary>
/// <param name="Items">In the order of keys.</param>
/// <param name="CommonPrefixes">What the delimiter rolled up, each counting as one entry.</param>
/// <param name="Next">The last entry, an item's key or a common prefix, when there are more; null otherwise.</param>
public sealed record Page<T>(ImmutableArray<T> Items, ImmutableArray<string> CommonPrefixes, string? Next)
{
    public bool IsTruncated => Next is not null;
}

public sealed partial class BucketStore
{
    /// <summary>The current objects whose keys begin with <paramref name="prefix"/> and come behind <paramref name="after"/>.</summary>
    public Page<StoredObject> ListObjects(Bucket bucket, string prefix, string delimiter, string after, int max) => Read(sql => Walk(
        (from, inclusive) => sql.Query(
            inclusive
                ? $"select {ObjectColumns} from object_version where bucket = $1 and key >= $2 and current = 1 and delete_marker = 0 order by key"
                : $"select {ObjectColumns} from object_version where bucket = $1 and key > $2 and current = 1 and delete_marker = 0 order by key",
            bucket.Id, from),
        ReadObject, prefix, delimiter, after, Encoding.UTF8.GetBytes(after), max));

    /// <summary>All versions and delete markers, newest first within a key.</summary>
    /// <param name="afterVersion">Begins behind this version of the key <paramref name="after"/>; null begins behind all of them.</param>
    public Page<StoredObject> ListVersions(Bucket bucket, string prefix, string delimiter, string after, string? afterVersion, int max) => Read(sql =>
    {
        // A version that is gone leaves no place to go on from; the key's remaining versions are listed again rather than lost.
        var sequence = afterVersion is null ? null
            : sql.Scalar("select sequence from object_version where bucket = $1 and key = $2 and version = $3", bucket.Id, Bytes(after), afterVersion)
                ?? long.MinValue;
        var start = sequence is long value ? (long?)value : null;
        return Walk(
            (from, inclusive) =>
            {
                var within = inclusive ? long.MinValue : start ?? long.MaxValue;
                start = null;
                return sql.Query(
                    $"select {ObjectColumns} from object_version where bucket = $1 and (key, sequence) > ($2, $3) order by key, sequence",
                    bucket.Id, from, within);
            },
            ReadObject, prefix, delimiter, after, Encoding.UTF8.GetBytes(after), max);
    });

    /// <summary>Uploads in progress, the oldest first within a key.</summary>
    /// <param name="afterId">Begins behind this upload of the key <paramref name="after"/>; empty begins behind all of them.</param>
    public Page<Upload> ListUploads(Bucket bucket, string prefix, string delimiter, string after, string afterId, int max) => Read(sql =>
    {
        var start = afterId;
        return Walk(
            (from, inclusive) =>
            {
                var within = inclusive ? "" : start.Length > 0 ? start : "\uffff";
                start = "";
                return sql.Query(
                    $"select {UploadColumns} from upload where bucket = $1 and completed is null and (key, id) > ($2, $3) order by key, id",
                    bucket.Id, from, within);
            },
            row => ReadUpload(row), prefix, delimiter, after, Encoding.UTF8.GetBytes(after), max, keyColumn: 1);
    });

    /// <summary>
    /// Walks rows in key order and rolls up common prefixes, jumping over each instead of reading what is below it.
    /// </summary>
    /// <param name="rowsFrom">The rows whose keys are at or behind a place.</param>
    private static Page<T> Walk<T>(
        Func<byte[], bool, SqliteDataReader> rowsFrom,
        Func<SqliteDataReader, T> read,
        string prefix,
        string delimiter,
        string after,
        byte[] afterKey,
        int max,
        int keyColumn = 0)
    {
        var (prefixBytes, delimiterBytes) = (Encoding.UTF8.GetBytes(prefix), Encoding.UTF8.GetBytes(delimiter));
        var items = ImmutableArray.CreateBuilder<T>();
        var prefixes = ImmutableArray.CreateBuilder<string>();
        if (max == 0)
        {
            return new Page<T>([], [], null);
        }

        var (from, inclusive) = after.Length > 0 && afterKey.AsSpan().SequenceCompareTo(prefixBytes) >= 0 ? (afterKey, false) : (prefixBytes, true);
        string? last = null;
        while (true)
        {
            byte[]? jump = null;
            using (var rows = rowsFrom(from, inclusive))
            {
                while (rows.Read())
                {
                    var key = rows.GetFieldValue<byte[]>(keyColumn);
                    if (!key.AsSpan().StartsWith(prefixBytes))
                    {
                        return new Page<T>(items.DrainToImmutable(), prefixes.DrainToImmutable(), null);
                    }

                    var at = delimiterBytes.Length == 0 ? -1 : key.AsSpan(prefixBytes.Length).IndexOf(delimiterBytes);
                    var common = at < 0 ? null : key[..(prefixBytes.Length + at + delimiterBytes.Length)];

                    // What an earlier page ended with, or ended within, is not told again.
                    var skip = common is not null && afterKey.AsSpan().StartsWith(common);
                    if (!skip)
                    {
                        if (items.Count + prefixes.Count == max)
                        {
                            return new Page<T>(items.DrainToImmutable(), prefixes.DrainToImmutable(), last);
                        }

                        if (common is null)
                        {
                            items.Add(read(rows));
                            last = Encoding.UTF8.GetString(key);
                        }
                        else
                        {
                            last = Encoding.UTF8.GetString(common);
                            prefixes.Add(last);
                        }
                    }

                    if (common is not null)
                    {
                        jump = Successor(common);
                        break;
                    }
                }
            }

            if (jump is null)
            {
                return new Page<T>(items.DrainToImmutable(), prefixes.DrainToImmutable(), null);
            }

            (from, inclusive) = (jump, true);
        }
    }

    /// <summary>The first byte string behind all that begin with <paramref name="prefix"/>; UTF-8 never has 0xFF.</summary>
    private static byte[] Successor(byte[] prefix)
    {
        var next = (byte[])prefix.Clone();
        next[^1]++;
        return next;
    }
}
