using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Keyless.Server.S3;
using Keyless.Server.Storage;
using Xunit;

namespace Server.Tests.S3;

public sealed class BucketStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyless-store-");
    private readonly HeldClock _clock = new();
    private BucketStore _store;

    public BucketStoreTests() => _store = BucketStore.Open(_folder.FullName, _clock);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        var bucket = await NewBucket("kept");
        await Put(bucket, "small", "inline");
        await Put(bucket, "large", new string('x', 100_000));
        Reopen();
        bucket = _store.Find("kept")!;
        Assert.Equal("inline", await Text(bucket, "small"));
        Assert.Equal(new string('x', 100_000), await Text(bucket, "large"));
    }

    [Fact]
    public async Task Bytes_whose_row_was_never_written_are_invisible_and_swept()
    {
        var bucket = await NewBucket("crashed");
        await Put(bucket, "good", new string('g', 50_000));

        // As a crash leaves them: one upload aside, one finished but without a row.
        var aside = _store.Files.Begin();
        aside.Append(new byte[50_000]);
        var finished = _store.Files.Begin();
        finished.Append(new byte[50_000]);
        finished.Finish();
        finished.Keep();

        Reopen();
        bucket = _store.Find("crashed")!;
        Assert.Equal(["good"], _store.ListObjects(bucket, "", "", "", 10).Items.Select(item => item.Key));
        Assert.Equal(3, Files().Count);

        // What is younger than a day may be an upload under way.
        Touch(TimeSpan.FromHours(-23));
        await _store.Sweep();
        Assert.Equal(3, Files().Count);
        Touch(TimeSpan.FromHours(-25));

        await _store.Sweep();
        Assert.Single(Files());
        Assert.Equal(new string('g', 50_000), await Text(bucket, "good"));
        aside.Dispose();
    }

    [Fact]
    public async Task A_write_that_fails_leaves_nothing_and_harms_no_other()
    {
        var bucket = await NewBucket("failing");
        await Put(bucket, "kept", "1");
        using (var writer = _store.Files.Begin())
        {
            writer.Append(new byte[50_000]);
            var outcome = await _store.Put(
                bucket, New("kept"), new WriteCondition(MustNotExist: true, null), writer.Finish(), new byte[16], null);
            Assert.Equal(new PutOutcome.ConditionFailed("If-None-Match"), outcome);
        }

        Assert.Empty(Files());
        Assert.Equal("1", await Text(bucket, "kept"));
    }

    [Fact]
    public async Task A_file_stays_as_long_as_a_read_that_began_before_its_removal()
    {
        var bucket = await NewBucket("reading");
        await Put(bucket, "key", new string('1', 50_000));
        var read = _store.Files.BeginRead();
        await Put(bucket, "key", new string('2', 50_000));
        await _store.DeleteObject(bucket, "key");
        Assert.Equal(2, Files().Count);
        var later = _store.Files.BeginRead();
        read.Dispose();
        Assert.Empty(Files());
        later.Dispose();
    }

    [Fact]
    public async Task Many_writers_at_once_lose_nothing()
    {
        var bucket = await NewBucket("busy");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Put(bucket, $"key-{n:d3}", $"{n}")));
        var page = _store.ListObjects(bucket, "", "", "", 1000);
        Assert.Equal(200, page.Items.Length);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Only_one_of_many_writers_creates_a_key_that_must_not_exist()
    {
        var bucket = await NewBucket("racing");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Put(bucket, "one", $"{n}", new WriteCondition(MustNotExist: true, null))));
        Assert.Single(outcomes, outcome => outcome is PutOutcome.Stored);
    }

    [Fact]
    public async Task A_bucket_created_anew_is_another_bucket()
    {
        var first = await NewBucket("twice");
        Assert.Equal(DeleteBucketOutcome.Deleted, await _store.Delete("twice"));
        await NewBucket("twice");
        Assert.IsType<PutOutcome.NoSuchBucket>(await Put(first, "key", "lost"));
        Assert.Null(_store.FindObject(_store.Find("twice")!, "key"));
    }

    /// <summary>The store and an obvious model of it, a sorted list of versions, agree on every listing after any history.</summary>
    [Fact]
    public void Any_history_lists_as_its_model() =>
        Gen.Select(Step.Gen.Array[1, 25], Query.Gen.Array[1, 8]).Sample(
            (steps, queries) =>
            {
                var name = $"model-{Guid.NewGuid():N}";
                var bucket = NewBucket(name).GetAwaiter().GetResult();
                var model = new Model();
                foreach (var step in steps)
                {
                    Apply(name, step).GetAwaiter().GetResult();
                    model.Apply(step);
                }

                bucket = _store.Find(name)!;
                foreach (var query in queries)
                {
                    Assert.Equal(model.List(query), Pages(query, (after, max) =>
                        _store.ListObjects(bucket, query.Prefix, query.Delimiter, after, max), item => item.Key));
                }

                Assert.Equal(
                    model.Versions(),
                    AllVersions(bucket, 2).Select(item => $"{item.Key} {(item.IsDeleteMarker ? "marker" : item.Size)} {item.IsCurrent}"));
            },
            iter: 60, threads: 1);

    private List<StoredObject> AllVersions(Bucket bucket, int max)
    {
        var all = new List<StoredObject>();
        var (after, version) = ("", (string?)null);
        while (true)
        {
            var page = _store.ListVersions(bucket, "", "", after, version, max);
            all.AddRange(page.Items);
            if (page.Next is null)
            {
                return all;
            }

            (after, version) = (page.Next, page.Items[^1].Version);
        }
    }

    private async Task Apply(string name, Step step)
    {
        var bucket = _store.Find(name)!;
        switch (step.Kind)
        {
            case 0:
                await _store.Set(name, BucketSetting.Versioning, "Enabled");
                break;
            case 1:
                await _store.Set(name, BucketSetting.Versioning, "Suspended");
                break;
            case <= 5:
                await Put(bucket, step.Key, new string('x', step.Size));
                break;
            case <= 8:
                await _store.DeleteObject(bucket, step.Key);
                break;
            default:
                if (_store.FindObject(bucket, step.Key) is { } current)
                {
                    await _store.DeleteObject(bucket, step.Key, current.Version);
                }

                break;
        }
    }

    /// <summary>Follows the pages to the end; every page but the last is full.</summary>
    private static List<string> Pages(Query query, Func<string, int, Page<StoredObject>> list, Func<StoredObject, string> name)
    {
        var entries = new List<string>();
        var after = query.After;
        while (true)
        {
            var page = list(after, query.Max);
            var here = page.Items.Select(name).Concat(page.CommonPrefixes.Select(prefix => prefix + "|")).ToList();
            entries.AddRange(here);
            if (page.Next is null)
            {
                entries.Sort(Model.ByBytes);
                return entries;
            }

            Assert.Equal(query.Max, here.Count);
            after = page.Next;
        }
    }

    private async Task<Bucket> NewBucket(string name)
    {
        Assert.Equal(CreateBucketOutcome.Created, await _store.Create(new NewBucket(name, "123456789012", "us-east-1")));
        return _store.Find(name)!;
    }

    private async Task<PutOutcome> Put(Bucket bucket, string key, string body, WriteCondition? condition = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var writer = _store.Files.Begin();
        writer.Append(bytes);
        var outcome = await _store.Put(bucket, New(key), condition ?? WriteCondition.None, writer.Finish(), MD5.HashData(bytes), null);
        if (outcome is PutOutcome.Stored)
        {
            writer.Keep();
        }

        return outcome;
    }

    private async Task<string> Text(Bucket bucket, string key)
    {
        var stored = _store.FindObject(bucket, key)!;
        var part = Assert.Single(_store.Parts(stored));
        return part.File is { } file
            ? await File.ReadAllTextAsync(_store.Files.PathOf(file), TestContext.Current.CancellationToken)
            : Encoding.UTF8.GetString(_store.Inline(stored, 1));
    }

    private static NewObject New(string key) => new(key, ObjectHeaders.Empty, TagSet.Empty);

    private List<string> Files() => [.. Directory.EnumerateFiles(Path.Combine(_folder.FullName, "objects"), "*", SearchOption.AllDirectories)];

    private void Touch(TimeSpan ago)
    {
        foreach (var file in Files())
        {
            File.SetLastWriteTimeUtc(file, _clock.GetUtcNow().UtcDateTime + ago);
        }
    }

    private void Reopen()
    {
        _store.Dispose();
        _store = BucketStore.Open(_folder.FullName, _clock);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(n => choices[n]);

    /// <summary>0 and 1 switch versioning, then puts, deletes, and deletes of the current version.</summary>
    private sealed record Step(int Kind, string Key, int Size)
    {
        private static readonly Gen<string> Keys = OneOf("a", "a/", "a/b", "a/b/c", "a//", "ab", "b", "b/..", "é", "\U0001F600", "\uFFFD", "a/😀");

        public static readonly Gen<Step> Gen = CsCheck.Gen.Select(CsCheck.Gen.Int[0, 10], Keys, CsCheck.Gen.Int[0, 20_000]).Select((kind, key, size) => new Step(kind, key, size));
    }

    private sealed record Query(string Prefix, string Delimiter, string After, int Max)
    {
        public static readonly Gen<Query> Gen = CsCheck.Gen.Select(
            OneOf("", "a", "a/", "b", "z"),
            OneOf("", "/", "b", "/b"),
            OneOf("", "a", "a/", "a/b", "b", "é"),
            CsCheck.Gen.Int[1, 4]).Select((prefix, delimiter, after, max) => new Query(prefix, delimiter, after, max));
    }

    private sealed class Model
    {
        public static readonly Comparer<string> ByBytes =
            Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));

        // The newest version first.
        private readonly SortedDictionary<string, List<(bool Marker, bool Null, int Size)>> _keys = new(ByBytes);
        private bool? _versioning;

        public void Apply(Step step)
        {
            if (step.Kind <= 1)
            {
                _versioning = step.Kind == 0;
                return;
            }

            var versions = _keys.TryGetValue(step.Key, out var known) ? known : _keys[step.Key] = [];
            switch (step.Kind)
            {
                case <= 5:
                    Add(versions, marker: false, step.Size);
                    break;
                case <= 8 when _versioning is null:
                    versions.RemoveAll(version => version.Null);
                    break;
                case <= 8:
                    Add(versions, marker: true, 0);
                    break;
                default:
                    versions.RemoveRange(0, Math.Min(1, versions.Count));
                    break;
            }
        }

        public List<string> List(Query query)
        {
            var entries = new SortedSet<string>(ByBytes);
            foreach (var (key, versions) in _keys)
            {
                if (versions is not [{ Marker: false }, ..] || !key.StartsWith(query.Prefix, StringComparison.Ordinal) || ByBytes.Compare(key, query.After) <= 0)
                {
                    continue;
                }

                var at = query.Delimiter.Length == 0 ? -1 : key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
                var common = at < 0 ? null : key[..(at + query.Delimiter.Length)];
                if (common is null)
                {
                    entries.Add(key);
                }
                else if (!query.After.StartsWith(common, StringComparison.Ordinal))
                {
                    entries.Add(common + "|");
                }
            }

            return [.. entries];
        }

        public IEnumerable<string> Versions() =>
            _keys.SelectMany(pair => pair.Value.Select((version, n) => $"{pair.Key} {(version.Marker ? "marker" : version.Size)} {n == 0}"));

        private void Add(List<(bool, bool, int)> versions, bool marker, int size)
        {
            if (_versioning != true)
            {
                versions.RemoveAll(version => version.Item2);
            }

            versions.Insert(0, (marker, _versioning != true, size));
        }
    }
}
