using Keyless.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>When roles and access keys were last used.</summary>
public sealed class LastUseTests
{
    private const string Reading = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","sts:AssumeRole"],"Resource":"*"}]}""";

    [Fact]
    public async Task A_role_is_used_when_its_session_signs_a_request_and_a_restart_remembers()
    {
        var folder = Directory.CreateTempSubdirectory("keyless-test-").FullName;
        try
        {
            await using (var server = await TestServer.Start(folder: folder))
            {
                var bob = await server.User("bob", Reading);
                var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{server.Account}}"},"Action":"sts:AssumeRole"}]}""";
                var role = (await server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", trust))["Arn"]!;
                var session = await bob.Sts("AssumeRole", "RoleArn", role, "RoleSessionName", "session");
                Assert.Equal("", (await server.Root.Iam("GetRole", "RoleName", "deploy"))["RoleLastUsed"]);

                var identity = await server.Client(session["AccessKeyId"]!, session["SecretAccessKey"]!, session["SessionToken"]).Sts("GetCallerIdentity");
                Assert.True(identity.Code == 200, identity.Body);
                await AssertUsed(server);
                Assert.Empty((await server.Root.Iam("ListRoles")).All("RoleLastUsed"));
            }

            await using var again = await TestServer.Start(folder: folder);
            await AssertUsed(again);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_wrong_signature_is_no_use_of_a_key()
    {
        await using var server = await TestServer.Start();
        await server.Root.Iam("CreateUser", "UserName", "eve");
        var key = await server.Root.Iam("CreateAccessKey", "UserName", "eve");
        await server.Client(key["AccessKeyId"]!, "wrong").Sts("GetCallerIdentity");
        var unused = await server.Root.Iam("GetAccessKeyLastUsed", "AccessKeyId", key["AccessKeyId"]!);
        Assert.Equal((null, "N/A", "N/A", "eve"), (unused["LastUsedDate"], unused["ServiceName"], unused["Region"], unused["UserName"]));

        await server.Client(key["AccessKeyId"]!, key["SecretAccessKey"]!).Sts("GetCallerIdentity");
        var used = await server.Root.Iam("GetAccessKeyLastUsed", "AccessKeyId", key["AccessKeyId"]!);
        Assert.Equal(("sts", "us-east-1"), (used["ServiceName"], used["Region"]));
        Assert.True(DateTimeOffset.TryParse(used["LastUsedDate"], null, out _));
    }

    [Fact]
    public void Uses_are_saved_by_and_by_and_forgotten_after_400_days()
    {
        var folder = Directory.CreateTempSubdirectory("keyless-test-").FullName;
        var clock = new global::Server.Tests.HeldClock();
        var at = clock.GetUtcNow();
        using (var db = Db.Open(Path.Combine(folder, "iam.db"), "Iam"))
        using (var uses = new LastUses(db, clock, NullLogger.Instance))
        {
            uses.Note("AROAX", at, "eu-west-1", "s3");
            uses.Note("AROAX", at, "eu-west-1", "s3");
            Assert.Equal(0, Rows(db));
            uses.Save();
            Assert.Equal(1, Rows(db));
            uses.Note("AROAX", at.AddSeconds(-5), "eu-west-1", "s3");
            Assert.Equal(at, uses.Of("AROAX")!.At);
        }

        clock.Advance(TimeSpan.FromDays(401));
        using (var db = Db.Open(Path.Combine(folder, "iam.db"), "Iam"))
        using (var uses = new LastUses(db, clock, NullLogger.Instance))
        {
            Assert.Null(uses.Of("AROAX"));
            Assert.Equal(0, Rows(db));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static long Rows(Db db) => db.Read(connection =>
    {
        using var query = connection.CreateCommand();
        query.CommandText = "select count(*) from iam_last_use";
        return (long)query.ExecuteScalar()!;
    });

    private static async Task AssertUsed(TestServer server)
    {
        var role = await server.Root.Iam("GetRole", "RoleName", "deploy");
        Assert.Equal("us-east-1", role["Region"]);
        Assert.True(DateTimeOffset.UtcNow - DateTimeOffset.Parse(role["LastUsedDate"]!, null) < TimeSpan.FromMinutes(1));
    }
}
