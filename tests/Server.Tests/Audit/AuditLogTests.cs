using System.Text.Json;
using Keyless.Server.Audit;
using Xunit;

namespace Server.Tests.Audit;

public sealed class AuditLogTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UtcNow;

    /// <summary>An id as the server makes them, with its end.</summary>
    private static string Id(string end) => string.Concat(DecisionId.New(At).AsSpan(0, 36 - end.Length), end);

    private static DecisionRecord Record(string id, bool allowed = true, string name = "AssumeRoleWithWebIdentity") => new()
    {
        Id = id,
        At = At,
        EventSource = "sts.amazonaws.com",
        EventName = name,
        Allowed = allowed,
        Summary = "because",
        Account = "123456789012",
        ErrorCode = allowed ? null : "AccessDenied",
        Identity = new TrailIdentity("WebIdentityUser") { UserName = "repo:o/r:ref:refs/heads/main" },
        Checks = [new DecisionCheck("audience", allowed, "the audience is registered") { Got = "x" }],
        RequestParameters = [new TrailField("durationSeconds", "3600", IsJson: true)],
    };

    [Fact]
    public async Task A_record_can_be_read_once_its_append_completed()
    {
        await using var log = AuditLog.Open(null);
        var (first, second) = (Id("0aa"), Id("0ab"));
        await log.Append(Record(first));
        await log.Append(Record(second, allowed: false));
        using var reader = AuditReader.Open(log.Source);
        Assert.Equal(second, reader.Last()!.Id);
        Assert.Equal(first, reader.Last(allowed: true)!.Id);
        Assert.Equal(first, reader.Find(first.ToUpperInvariant())!.Id);
        Assert.Equal(first, reader.Find(first[..24])!.Id);
        Assert.Null(reader.Find(first[..8]));
        Assert.Null(reader.Find(Id("0ac")));
        Assert.Null(reader.Find("no id"));
        var json = JsonDocument.Parse(reader.Find(second)!.Json).RootElement;
        Assert.Equal("AccessDenied", json.GetProperty("errorCode").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("responseElements").ValueKind);
        Assert.Equal(3600, json.GetProperty("requestParameters").GetProperty("durationSeconds").GetInt32());
        Assert.False(json.GetProperty("decision").GetProperty("checks")[0].GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task Filters_choose_and_keep_the_order()
    {
        await using var log = AuditLog.Open(null);
        for (var i = 0; i < 10; i++)
        {
            await log.Append(Record($"id{i}", allowed: i % 2 == 0, name: i < 5 ? "AssumeRole" : "CreateRole"));
        }

        using var reader = AuditReader.Open(log.Source);
        Assert.Equal(["id6", "id8"], reader.Query(new AuditFilter { EventName = "createrole", Allowed = true }).Select(found => found.Id));
        Assert.Equal(["id8", "id9"], reader.Query(new AuditFilter { Limit = 2 }).Select(found => found.Id));
        Assert.Equal(10, reader.Query(new AuditFilter { Principal = "o/r" }).Count);
        Assert.Empty(reader.Query(new AuditFilter { Until = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000) }));
    }

    [Fact]
    public async Task Many_appends_at_once_are_all_kept_and_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("audit-");
        try
        {
            await using (var log = AuditLog.Open(folder.FullName))
            {
                await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => log.Append(Record($"r{i}")).AsTask()));
            }

            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.FullName, AuditLog.FileName)));
            }

            await using (AuditLog.Open(folder.FullName))
            {
                using var reader = AuditReader.OpenFolder(folder.FullName)!;
                Assert.Equal(2000, reader.Query(new AuditFilter { Limit = 10_000 }).Count);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_closed_log_takes_nothing_more()
    {
        var log = AuditLog.Open(null);
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.Append(Record("x")));
    }

    [Fact]
    public async Task A_log_that_grows_past_its_checkpoints_loses_nothing_and_its_journal_stays_bounded()
    {
        var folder = Directory.CreateTempSubdirectory("audit-");
        try
        {
            // 120 MB, five times what lies between two checkpoints.
            const int Count = 8000;
            var explanation = new string('x', 15_000);
            await using (var log = AuditLog.Open(folder.FullName))
            {
                for (var start = 0; start < Count; start += 40)
                {
                    await Task.WhenAll(Enumerable.Range(start, 40).Select(i => log.Append(Record($"r{i:0000}") with { Explanation = explanation }).AsTask()));
                }

                Assert.InRange(new FileInfo(Path.Combine(folder.FullName, AuditLog.FileName + "-wal")).Length, 0, 110 << 20);
                using var reader = AuditReader.OpenFolder(folder.FullName)!;
                Assert.Equal("r7999", reader.Last()!.Id);
            }

            using var after = AuditReader.OpenFolder(folder.FullName)!;
            Assert.Equal(Enumerable.Range(0, Count).Select(i => $"r{i:0000}"), after.Query(new AuditFilter { Limit = Count + 1 }).Select(found => found.Id).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_decision_goes_when_its_time_is_over_and_the_others_stay()
    {
        var folder = Directory.CreateTempSubdirectory("audit-");
        try
        {
            var clock = new HeldClock();
            await using var log = AuditLog.Open(folder.FullName, new AuditOptions { Retention = TimeSpan.FromDays(90), Clock = clock });
            for (var i = 0; i < 20; i++)
            {
                await log.Append(Record($"old{i:000}"));
            }

            clock.Advance(TimeSpan.FromDays(1));
            await log.Append(Record("young"));
            clock.Advance(TimeSpan.FromDays(89) + TimeSpan.FromHours(1));
            using var reader = AuditReader.OpenFolder(folder.FullName)!;
            await log.Append(Record("new0"));
            Assert.Equal(14, reader.Query(new AuditFilter()).Count);
            await log.Append(Record("new1"));
            await log.Append(Record("new2"));
            Assert.Equal(["young", "new0", "new1", "new2"], reader.Query(new AuditFilter()).Select(found => found.Id));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
