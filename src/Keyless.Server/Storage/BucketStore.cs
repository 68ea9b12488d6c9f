using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Keyless.Server.S3;
using Keyless.Server.S3.Checksums;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>
/// Buckets, objects and uploads in SQLite, small bytes with them, larger ones in <see cref="ObjectFiles"/>. A finished write is durable;
/// a read sees every finished write, also of another process on the same data folder. Names of objects are UTF-8 bytes, listed in
/// their order.
/// </summary>
public sealed partial class BucketStore : IDisposable
{
    /// <summary>How long a completed upload answers a repeated Complete.</summary>
    private static readonly TimeSpan CompletedUploadsStay = TimeSpan.FromDays(1);

    private readonly Db _writer;
    private readonly Db _reader;
    private readonly Statements _read;
    private readonly CommitQueue _commits;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _closing = new();
    private Task _sweep = Task.CompletedTask;

    // A bucket is read again only when its revision has grown.
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new();

    private BucketStore(string folder, TimeProvider clock)
    {
        _clock = clock;
        var path = Path.Combine(folder, "s3.db");
        _writer = Db.Open(path, "S3");
        _reader = Db.Open(path, "S3");
        _read = new Statements(_reader.Connection);
        _commits = new CommitQueue(_writer);
        Files = new ObjectFiles(Path.Combine(folder, "objects"));
    }

    public ObjectFiles Files { get; }

    /// <summary>Opens or creates the store of a data folder.</summary>
    public static BucketStore Open(string folder, TimeProvider clock) => new(folder, clock);

    /// <summary>Finishes writes under way, then closes.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _sweep.Wait();
        _closing.Dispose();
        _commits.Dispose();
        _read.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    /// <summary>Sweeps beside the requests, once; closing the store ends it.</summary>
    /// <param name="failed">Told when it could not: what is left costs space, nothing else.</param>
    public void BeginSweep(Action<Exception> failed) => _sweep = Task.Run(async () =>
    {
        try
        {
            await Sweep(_closing.Token);
        }
        catch (OperationCanceledException)
        {
            // The next start sweeps.
        }
        catch (Exception fault)
        {
            failed(fault);
        }
    });

    /// <summary>Removes what crashes and old uploads left; nothing that was touched within the last day.</summary>
    public async Task Sweep(CancellationToken cancelled = default)
    {
        var before = _clock.GetUtcNow() - CompletedUploadsStay;
        await _commits.Run(sql => sql.Run("delete from upload where completed < $1", Milliseconds(before)));
        Files.Sweep(
            file =>
            {
                cancelled.ThrowIfCancellationRequested();
                return Read(sql => sql.Scalar("select 1 from part where file = $1", file) is not null);
            },
            olderThan: before);
    }

    // ---- buckets

    /// <summary>The bucket as of now, or null.</summary>
    public Bucket? Find(string name) => Read(sql => Cached(sql, name));

    /// <summary>The buckets of an account whose names begin so, behind <paramref name="after"/>, by name.</summary>
    public ImmutableArray<Bucket> List(string account, string prefix = "", string after = "", int max = int.MaxValue) => Read(sql =>
    {
        var names = new List<string>();
        using (var rows = sql.Query(
            "select name from bucket where account = $1 and name > $2 and substr(name, 1, length($3)) = $3 order by name limit $4",
            account, after, prefix, max))
        {
            while (rows.Read())
            {
                names.Add(rows.GetString(0));
            }
        }

        return names.Select(name => Cached(sql, name)!).ToImmutableArray();
    });

    /// <summary>Creates a bucket with its first settings, or says who has the name.</summary>
    public Task<CreateBucketOutcome> Create(NewBucket bucket) => _commits.Run(sql =>
    {
        if (sql.Scalar("select account from bucket where name = $1", bucket.Name) is string owner)
        {
            return owner == bucket.Account ? CreateBucketOutcome.AlreadyOwnedByYou : CreateBucketOutcome.AlreadyExists;
        }

        sql.Run("insert into bucket (name, account, region, created) values ($1, $2, $3, $4)", bucket.Name, bucket.Account, bucket.Region, Now());
        Set(sql, (long)sql.Scalar("select id from bucket where name = $1", bucket.Name)!, bucket.Settings);
        return CreateBucketOutcome.Created;
    });

    /// <summary>Deletes a bucket that has no object, no version and no delete marker. Uploads in progress go with it.</summary>
    public async Task<DeleteBucketOutcome> Delete(string name)
    {
        var (outcome, files) = await _commits.Run(sql =>
        {
            if (sql.Scalar("select id from bucket where name = $1", name) is not long id)
            {
                return (DeleteBucketOutcome.NotFound, []);
            }

            if (sql.Scalar("select 1 from object_version where bucket = $1 limit 1", id) is not null)
            {
                return (DeleteBucketOutcome.NotEmpty, []);
            }

            var uploads = new List<string>();
            using (var rows = sql.Query("select id from upload where bucket = $1 and completed is null", id))
            {
                while (rows.Read())
                {
                    uploads.Add(rows.GetString(0));
                }
            }

            var orphans = uploads.SelectMany(upload => RemoveContent(sql, upload)).ToList();
            sql.Run("delete from upload where bucket = $1", id);
            sql.Run("delete from bucket where id = $1", id);
            return (DeleteBucketOutcome.Deleted, (IReadOnlyList<string>)orphans);
        });
        _buckets.TryRemove(name, out _);
        Files.Remove(files);
        return outcome;
    }

    /// <summary>Sets a setting, or removes it with null; false when the bucket is gone.</summary>
    public Task<bool> Set(string bucket, string setting, string? value) =>
        Set(bucket, new Dictionary<string, string?> { [setting] = value });

    /// <summary>Sets several settings at once.</summary>
    public Task<bool> Set(string bucket, IReadOnlyDictionary<string, string?> settings) => _commits.Run(sql =>
    {
        if (sql.Scalar("select id from bucket where name = $1", bucket) is not long id)
        {
            return false;
        }

        Set(sql, id, settings);
        return true;
    });

    // ---- objects

    /// <summary>
    /// The current version of a key, or the named one; perhaps a delete marker. Whoever reads its bytes begins a read on
    /// <see cref="Files"/> first.
    /// </summary>
    public StoredObject? FindObject(Bucket bucket, string key, string? version = null) => Read(sql => FindObject(sql, bucket.Id, key, version));

    /// <summary>The parts of an object's or upload's content behind a part number, by number.</summary>
    public ImmutableArray<StoredPart> Parts(StoredObject stored, int after = 0, int max = int.MaxValue) =>
        stored.Content is null ? [] : Parts(stored.Content, after, max);

    public ImmutableArray<StoredPart> Parts(Upload upload, int after = 0, int max = int.MaxValue) => Parts(upload.Id, after, max);

    /// <summary>The bytes of a part that has no file.</summary>
    internal byte[] Inline(StoredObject stored, int number) => Read(sql =>
        (byte[]?)sql.Scalar("select bytes from part where content = $1 and number = $2", stored.Content, number)) ?? [];

    /// <summary>Stores a whole object whose bytes are durable already.</summary>
    public Task<PutOutcome> Put(
        Bucket bucket, NewObject item, WriteCondition condition, StoredBytes bytes, byte[] md5, Checksum? checksum) =>
        PutObject(bucket, item.Key, condition, (sql, status, _) =>
        {
            var content = NewId();
            sql.Run(
                "insert into part (content, number, size, modified, md5, checksum, file, bytes) values ($1, 1, $2, $3, $4, $5, $6, $7)",
                content, bytes.Size, Now(), md5, checksum?.Value, bytes.File, bytes.Inline);
            return new StoredObject
            {
                Key = item.Key,
                Version = NewVersion(status),
                Modified = Time(Now()),
                Size = bytes.Size,
                ETag = Convert.ToHexStringLower(md5),
                Headers = item.Headers,
                Tags = item.Tags,
                Checksum = checksum,
                Content = content,
            };
        });

    /// <summary>Replaces the tags of a version; false when it is gone.</summary>
    public Task<bool> SetTags(Bucket bucket, StoredObject stored, TagSet tags) => _commits.Run(sql =>
        sql.Run(
            "update object_version set tags = $1 where bucket = $2 and key = $3 and sequence = $4",
            tags.Encode(), bucket.Id, Bytes(stored.Key), stored.Sequence) == 1);

    /// <summary>
    /// Deletes: without a version, a delete marker where versioning is on, otherwise the object; with one, that version for good.
    /// </summary>
    public async Task<DeleteOutcome> DeleteObject(Bucket bucket, string key, string? version = null, string? ifMatch = null)
    {
        var (outcome, files) = await _commits.Run<(DeleteOutcome, IReadOnlyList<string>)>(sql =>
        {
            if (Find(sql, bucket.Name) is not { } now || now.Id != bucket.Id)
            {
                return (new DeleteOutcome.NoSuchBucket(), []);
            }

            if (ifMatch is not null)
            {
                var target = FindObject(sql, bucket.Id, key, version);
                if (target is null or { IsDeleteMarker: true })
                {
                    return (new DeleteOutcome.NoSuchKey(), []);
                }

                if (ifMatch != "*" && ifMatch != target.ETag)
                {
                    return (new DeleteOutcome.ConditionFailed(), []);
                }
            }

            if (version is not null)
            {
                var named = FindObject(sql, bucket.Id, key, version);
                var removed = RemoveVersion(sql, bucket.Id, named);
                return (new DeleteOutcome.Done(named?.IsDeleteMarker == true ? version : null, version), removed);
            }

            if (now.Versioning == VersioningStatus.Unset)
            {
                return (new DeleteOutcome.Done(null, null), RemoveVersion(sql, bucket.Id, FindObject(sql, bucket.Id, key, null)));
            }

            var replaced = now.Versioning == VersioningStatus.Suspended
                ? RemoveVersion(sql, bucket.Id, FindObject(sql, bucket.Id, key, StoredObject.NullVersion))
                : [];
            var marker = new StoredObject
            {
                Key = key,
                Version = NewVersion(now.Versioning),
                Modified = Time(Now()),
                IsDeleteMarker = true,
            };
            Insert(sql, bucket.Id, marker);
            return (new DeleteOutcome.Done(marker.Version, null), replaced);
        });
        Files.Remove(files);
        return outcome;
    }

    // ---- multipart uploads

    /// <summary>Begins an upload; null when the bucket is gone.</summary>
    public Task<Upload?> BeginUpload(Bucket bucket, NewObject item, string initiator, ChecksumAlgorithm? algorithm, ChecksumType? type) =>
        _commits.Run(sql =>
        {
            if (Find(sql, bucket.Name)?.Id != bucket.Id)
            {
                return null;
            }

            var upload = new Upload(NewUploadId(), item.Key, Time(Now()), initiator, item.Headers, item.Tags)
            {
                ChecksumAlgorithm = algorithm,
                ChecksumType = type,
            };
            sql.Run(
                """
                insert into upload (id, bucket, key, initiated, initiator, headers, tags, checksum_algorithm, checksum_type)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                upload.Id, bucket.Id, Bytes(item.Key), Milliseconds(upload.Initiated), initiator, item.Headers.Encode(), item.Tags.Encode(),
                algorithm?.Name, type is { } named ? Checksum.NameOf(named) : null);
            return upload;
        });

    /// <summary>An upload of that key; a completed one only for a while.</summary>
    public Upload? FindUpload(Bucket bucket, string key, string id) => Read(sql => FindUpload(sql, bucket.Id, key, id));

    /// <summary>Stores a part whose bytes are durable already, in place of an earlier one of its number; false when the upload is gone.</summary>
    public async Task<bool> PutPart(Bucket bucket, Upload upload, int number, StoredBytes bytes, byte[] md5, string? checksum)
    {
        var (stored, replaced) = await _commits.Run<(bool, IReadOnlyList<string>)>(sql =>
        {
            if (FindUpload(sql, bucket.Id, upload.Key, upload.Id) is not { CompletedVersion: null })
            {
                return (false, []);
            }

            var old = sql.Scalar("select file from part where content = $1 and number = $2", upload.Id, number) as string;
            sql.Run(
                """
                insert or replace into part (content, number, size, modified, md5, checksum, file, bytes)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                upload.Id, number, bytes.Size, Now(), md5, checksum, bytes.File, bytes.Inline);
            return (true, old is null ? [] : [old]);
        });
        Files.Remove(replaced);
        return stored;
    }

    /// <summary>Makes an object of some of an upload's parts; no byte is copied. Parts that the list leaves out are removed.</summary>
    /// <param name="parts">As read before and judged by the caller; ascending.</param>
    public Task<PutOutcome> CompleteUpload(
        Bucket bucket, Upload upload, ImmutableArray<StoredPart> parts, string etag, Checksum? checksum, WriteCondition condition)
    {
        return PutObject(bucket, upload.Key, condition, Complete, sql =>
        {
            if (FindUpload(sql, bucket.Id, upload.Key, upload.Id) is not { CompletedVersion: null })
            {
                return new PutOutcome.NoSuchUpload();
            }

            var now = Parts(sql, upload.Id, 0, int.MaxValue).ToDictionary(part => part.Number);
            foreach (var part in parts)
            {
                // Replaced between the caller's look and now.
                if (!now.TryGetValue(part.Number, out var found) || found.ETag != part.ETag)
                {
                    return new PutOutcome.InvalidPart(part.Number, part.ETag);
                }
            }

            return null;
        });

        StoredObject Complete(Statements sql, VersioningStatus status, List<string> superfluous)
        {
            var used = parts.Select(part => part.Number).ToHashSet();
            foreach (var part in Parts(sql, upload.Id, 0, int.MaxValue).Where(part => !used.Contains(part.Number)))
            {
                superfluous.AddRange(RemovePart(sql, upload.Id, part));
            }

            var stored = new StoredObject
            {
                Key = upload.Key,
                Version = NewVersion(status),
                Modified = Time(Now()),
                Size = parts.Sum(part => part.Size),
                ETag = etag,
                Headers = upload.Headers,
                Tags = upload.Tags,
                Checksum = checksum,
                Content = upload.Id,
                Parts = parts.Length,
            };
            sql.Run("update upload set completed = $1, result = $2 where id = $3", Now(), $"{stored.Version} {etag}", upload.Id);
            return stored;
        }
    }

    /// <summary>Ends an upload and removes its parts; false when there is none in progress.</summary>
    public async Task<bool> AbortUpload(Bucket bucket, string key, string id)
    {
        var files = await _commits.Run(sql =>
        {
            if (FindUpload(sql, bucket.Id, key, id) is not { CompletedVersion: null })
            {
                return null;
            }

            sql.Run("delete from upload where id = $1", id);
            return RemoveContent(sql, id);
        });
        Files.Remove(files ?? []);
        return files is not null;
    }

    // ---- within a transaction

    private async Task<PutOutcome> PutObject(
        Bucket bucket,
        string key,
        WriteCondition condition,
        Func<Statements, VersioningStatus, List<string>, StoredObject> make,
        Func<Statements, PutOutcome?>? check = null)
    {
        var (outcome, files) = await _commits.Run<(PutOutcome, IReadOnlyList<string>)>(sql =>
        {
            if (Find(sql, bucket.Name) is not { } now || now.Id != bucket.Id)
            {
                return (new PutOutcome.NoSuchBucket(), []);
            }

            var current = FindObject(sql, bucket.Id, key, null);
            var exists = current is { IsDeleteMarker: false };
            if (condition.MustNotExist && exists)
            {
                return (new PutOutcome.ConditionFailed("If-None-Match"), []);
            }

            if (condition.ETag is { } wanted && (!exists || current!.ETag != wanted))
            {
                return (exists ? new PutOutcome.ConditionFailed("If-Match") : new PutOutcome.NoSuchKey(), []);
            }

            if (check?.Invoke(sql) is { } refused)
            {
                return (refused, []);
            }

            var superfluous = new List<string>();
            if (now.Versioning != VersioningStatus.Enabled)
            {
                superfluous.AddRange(RemoveVersion(sql, bucket.Id, FindObject(sql, bucket.Id, key, StoredObject.NullVersion)));
            }

            var stored = make(sql, now.Versioning, superfluous);
            Insert(sql, bucket.Id, stored);
            return (new PutOutcome.Stored(stored), superfluous);
        });
        Files.Remove(files);
        return outcome;
    }

    private static void Set(Statements sql, long bucket, IReadOnlyDictionary<string, string?> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (value is null)
            {
                sql.Run("delete from bucket_setting where bucket = $1 and name = $2", bucket, name);
            }
            else
            {
                sql.Run(
                    "insert into bucket_setting (bucket, name, value) values ($1, $2, $3) on conflict do update set value = excluded.value",
                    bucket, name, value);
            }
        }

        sql.Run("update bucket set revision = revision + 1 where id = $1", bucket);
    }

    private static void Insert(Statements sql, long bucket, StoredObject stored)
    {
        var key = Bytes(stored.Key);
        sql.Run("update object_version set current = 0 where bucket = $1 and key = $2 and current = 1", bucket, key);
        sql.Run(
            """
            insert into object_version
                (bucket, key, sequence, version, current, delete_marker, modified, size, etag, headers, tags, checksum, content, parts)
            values ($1, $2, (select coalesce(min(sequence), 0) - 1 from object_version where bucket = $1 and key = $2),
                $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            bucket, key, stored.Version, stored.IsDeleteMarker ? 1 : 0, Milliseconds(stored.Modified), stored.Size, stored.ETag,
            stored.Headers.Encode(), stored.Tags.Encode(),
            stored.Checksum is { } checksum ? $"{checksum.Algorithm.Name} {checksum.TypeName} {checksum.Value}" : null,
            stored.Content, stored.Parts);
    }

    /// <summary>Removes a version and makes the newest of the rest current; answers the files that are superfluous then.</summary>
    private static IReadOnlyList<string> RemoveVersion(Statements sql, long bucket, StoredObject? stored)
    {
        if (stored is null)
        {
            return [];
        }

        var key = Bytes(stored.Key);
        sql.Run("delete from object_version where bucket = $1 and key = $2 and sequence = $3", bucket, key, stored.Sequence);
        sql.Run(
            """
            update object_version set current = 1 where bucket = $1 and key = $2
                and sequence = (select min(sequence) from object_version where bucket = $1 and key = $2)
            """,
            bucket, key);
        return stored.Content is { } content ? RemoveContent(sql, content) : [];
    }

    private static IReadOnlyList<string> RemoveContent(Statements sql, string content)
    {
        var files = new List<string>();
        using (var rows = sql.Query("select file from part where content = $1 and file is not null", content))
        {
            while (rows.Read())
            {
                files.Add(rows.GetString(0));
            }
        }

        sql.Run("delete from part where content = $1", content);
        return files;
    }

    private static IReadOnlyList<string> RemovePart(Statements sql, string content, StoredPart part)
    {
        sql.Run("delete from part where content = $1 and number = $2", content, part.Number);
        return part.File is { } file ? [file] : [];
    }

    /// <summary>For readers. A writer must not leave in the cache what its transaction may yet undo.</summary>
    private Bucket? Cached(Statements sql, string name)
    {
        if (_buckets.TryGetValue(name, out var known)
            && sql.Scalar("select revision from bucket where id = $1", known.Id) is long revision
            && revision == known.Revision)
        {
            return known;
        }

        // The revision is read before the settings: newer settings under an older revision are only read once more.
        var bucket = Find(sql, name);
        if (bucket is not null)
        {
            _buckets[name] = bucket;
        }

        return bucket;
    }

    private static Bucket? Find(Statements sql, string name)
    {
        long id, revision, created;
        string account, region;
        using (var row = sql.Query("select id, revision, account, region, created from bucket where name = $1", name))
        {
            if (!row.Read())
            {
                return null;
            }

            (id, revision, account, region, created) =
                (row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt64(4));
        }

        var settings = ImmutableDictionary.CreateBuilder<string, string>();
        using (var rows = sql.Query("select name, value from bucket_setting where bucket = $1", id))
        {
            while (rows.Read())
            {
                settings.Add(rows.GetString(0), rows.GetString(1));
            }
        }

        return new Bucket(id, name, account, region, Time(created), revision, settings.ToImmutable());
    }

    private const string ObjectColumns =
        "key, sequence, version, current, delete_marker, modified, size, etag, headers, tags, checksum, content, parts";

    private static StoredObject? FindObject(Statements sql, long bucket, string key, string? version)
    {
        using var row = version is null
            ? sql.Query(
                $"select {ObjectColumns} from object_version where bucket = $1 and key = $2 order by sequence limit 1", bucket, Bytes(key))
            : sql.Query(
                $"select {ObjectColumns} from object_version where bucket = $1 and key = $2 and version = $3", bucket, Bytes(key), version);
        return row.Read() ? ReadObject(row) : null;
    }

    private static StoredObject ReadObject(SqliteDataReader row) => new()
    {
        Key = Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(0)),
        Sequence = row.GetInt64(1),
        Version = row.GetString(2),
        IsCurrent = row.GetInt64(3) != 0,
        IsDeleteMarker = row.GetInt64(4) != 0,
        Modified = Time(row.GetInt64(5)),
        Size = row.GetInt64(6),
        ETag = row.GetString(7),
        Headers = ObjectHeaders.Decode(row.GetString(8)),
        Tags = TagSet.Decode(row.GetString(9)),
        Checksum = row.IsDBNull(10) ? null : ReadChecksum(row.GetString(10)),
        Content = row.IsDBNull(11) ? null : row.GetString(11),
        Parts = row.GetInt32(12),
    };

    private static Checksum? ReadChecksum(string text)
    {
        var parts = text.Split(' ');
        return new Checksum(ChecksumAlgorithm.ByName(parts[0])!, Checksum.TypeByName(parts[1])!.Value, parts[2]);
    }

    private ImmutableArray<StoredPart> Parts(string content, int after, int max) => Read(sql => Parts(sql, content, after, max));

    private static ImmutableArray<StoredPart> Parts(Statements sql, string content, int after, int max)
    {
        var parts = ImmutableArray.CreateBuilder<StoredPart>();
        using var rows = sql.Query(
            "select number, size, modified, md5, checksum, file from part where content = $1 and number > $2 order by number limit $3",
            content, after, max);
        while (rows.Read())
        {
            parts.Add(new StoredPart(
                rows.GetInt32(0), rows.GetInt64(1), Time(rows.GetInt64(2)), rows.GetFieldValue<byte[]>(3), rows.IsDBNull(4) ? null : rows.GetString(4))
            {
                File = rows.IsDBNull(5) ? null : rows.GetString(5),
            });
        }

        return parts.DrainToImmutable();
    }

    private static Upload? FindUpload(Statements sql, long bucket, string key, string id)
    {
        using var row = sql.Query(
            $"select {UploadColumns} from upload where id = $1 and bucket = $2 and key = $3", id, bucket, Bytes(key));
        return row.Read() ? ReadUpload(row) : null;
    }

    private const string UploadColumns = "id, key, initiated, initiator, headers, tags, checksum_algorithm, checksum_type, result";

    private static Upload ReadUpload(SqliteDataReader row)
    {
        var result = row.IsDBNull(8) ? null : row.GetString(8).Split(' ');
        return new Upload(
            row.GetString(0),
            Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(1)),
            Time(row.GetInt64(2)),
            row.GetString(3),
            ObjectHeaders.Decode(row.GetString(4)),
            TagSet.Decode(row.GetString(5)))
        {
            ChecksumAlgorithm = row.IsDBNull(6) ? null : ChecksumAlgorithm.ByName(row.GetString(6)),
            ChecksumType = row.IsDBNull(7) ? null : Checksum.TypeByName(row.GetString(7)),
            CompletedVersion = result?[0],
            CompletedETag = result?[1],
        };
    }

    private T Read<T>(Func<Statements, T> work) => _reader.Read(_ => work(_read));

    private long Now() => Milliseconds(_clock.GetUtcNow());

    private static string NewVersion(VersioningStatus status) => status == VersioningStatus.Enabled ? NewId() : StoredObject.NullVersion;

    /// <summary>32 characters that cannot be guessed, as S3's version ids are.</summary>
    private static string NewId() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._", 32);

    /// <summary>Uploads of one key are listed by id: ids grow with time.</summary>
    private string NewUploadId() => Now().ToString("x12", CultureInfo.InvariantCulture) + NewId()[..20];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
