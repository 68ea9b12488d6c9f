using System.Globalization;
using System.Text.Json;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Audit;

/// <summary>The audit over the network: who may read it, and whose records.</summary>
public sealed class AuditServiceTests
{
    private const string Other = "210987654321";
    private const string MayRead = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}}""";
    private const string MayNot = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:*","s3:*"],"Resource":"*"}}""";

    private static async Task<(int Status, JsonElement Body)> Get(TestServer server, SignedClient client, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Server.BaseAddress, "/_keyless/audit" + target));
        client.Sign(request, "keyless", []);
        var answer = await client.Send(request);
        return (answer.Code, JsonDocument.Parse(answer.Body).RootElement);
    }

    private static IEnumerable<string> NamesIn(JsonElement answer) => answer.GetProperty("decisions").EnumerateArray().Select(decision => decision.GetProperty("eventName").GetString()!);

    [Fact]
    public async Task An_administrator_reads_filters_and_follows_the_decisions()
    {
        await using var server = await TestServer.Start();
        await server.Root.Iam("CreateUser", "UserName", "ana");
        await server.Root.Iam("CreateUser", "UserName", "ben");
        var refused = await server.Root.Iam("CreateUser", "UserName", "ben");
        var (status, all) = await Get(server, server.Root, "");
        Assert.Equal(200, status);
        Assert.Equal(["CreateUser", "CreateUser", "CreateUser"], NamesIn(all));
        var cursor = all.GetProperty("cursor").GetInt64();
        Assert.Equal(["CreateUser"], NamesIn((await Get(server, server.Root, "?allowed=false&limit=5")).Body));
        Assert.Empty(NamesIn((await Get(server, server.Root, $"?after={cursor.ToString(CultureInfo.InvariantCulture)}")).Body));
        await server.Root.Iam("DeleteUser", "UserName", "ana");
        Assert.Equal(["DeleteUser"], NamesIn((await Get(server, server.Root, $"?after={cursor.ToString(CultureInfo.InvariantCulture)}")).Body));

        var (found, record) = await Get(server, server.Root, "/" + refused.RequestId![..^2]);
        Assert.Equal(200, found);
        Assert.Equal("EntityAlreadyExists", record.GetProperty("errorCode").GetString());
        Assert.Equal((404, "NoSuchDecision"), await Code(server, server.Root, "/00000000-0000"));
        Assert.Equal((404, "NoSuchDecision"), await Code(server, server.Root, "/" + refused.RequestId![..5]));
        Assert.Equal((200, null), await Code(server, await server.User("auditor", MayRead), "?limit=1"));
    }

    [Theory]
    [InlineData("?foo=1", "`foo` is no filter of the audit")]
    [InlineData("?limit=0", "`limit=0` is no number from 1 to 10000")]
    [InlineData("?since=yesterday", "`since=yesterday` is no time such as 2026-11-23T20:00:00Z")]
    [InlineData("?allowed=no", "`allowed=no` is no true or false")]
    [InlineData("?account=210987654321", "only 123456789012 is")]
    public async Task A_filter_that_makes_no_sense_is_refused(string target, string message)
    {
        await using var server = await TestServer.Start();
        var (status, body) = await Get(server, server.Root, target);
        Assert.Equal(400, status);
        Assert.Contains(message, body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_reads_it()
    {
        await using var server = await TestServer.Start();
        Assert.Equal((403, "AccessDenied"), await Code(server, await server.User("developer", MayNot), ""));
        Assert.Equal((403, "SignatureDoesNotMatch"), await Code(server, server.Client(server.Server.Root.AccessKeyId, "wrong"), ""));
        Assert.Equal((403, "InvalidClientTokenId"), await Code(server, server.Client("AKIAAAAAAAAAAAAAAAAA", "wrong"), ""));
        using var http = new HttpClient();
        foreach (var path in (string[])["/_keyless/audit", "/_keyless/audit/00"])
        {
            using var answer = await http.GetAsync(new Uri(server.Server.BaseAddress, path), TestContext.Current.CancellationToken);
            Assert.Equal(403, (int)answer.StatusCode);
            Assert.Contains("MissingAuthenticationToken", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using var post = await http.PostAsync(new Uri(server.Server.BaseAddress, "/_keyless/audit"), new StringContent(""), TestContext.Current.CancellationToken);
        Assert.Equal(405, (int)post.StatusCode);

        // A signature for another service is none for this one.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Server.BaseAddress, "/_keyless/audit"));
        server.Root.Sign(request, "iam", []);
        Assert.Equal(403, (await server.Root.Send(request)).Code);
    }

    [Fact]
    public async Task An_account_reads_its_own_decisions_and_the_operator_those_of_nobody()
    {
        await using var server = await TestServer.Start(options => options with { Accounts = ["123456789012", Other] });
        var other = Keyless.Server.RootCredentials.Read(server.Folder, Other, isDefault: false)!;
        var theirs = server.Client(other.AccessKeyId, other.Secret.Value);
        await server.Root.Iam("CreateUser", "UserName", "ours");
        var created = await theirs.Iam("CreateUser", "UserName", "theirs");
        using var stranger = server.Client("AKIAAAAAAAAAAAAAAAAA", "wrong");
        var strange = await stranger.Iam("ListUsers");

        var (_, own) = await Get(server, theirs, "");
        Assert.Equal([Other], own.GetProperty("decisions").EnumerateArray().Select(decision => decision.GetProperty("recipientAccountId").GetString()));
        Assert.Equal((404, "NoSuchDecision"), await Code(server, server.Root, "/" + created.RequestId));
        Assert.Equal((200, null), await Code(server, server.Root, "/" + strange.RequestId));
        Assert.Equal((404, "NoSuchDecision"), await Code(server, theirs, "/" + strange.RequestId));
    }

    private static async Task<(int Status, string? Code)> Code(TestServer server, SignedClient client, string target)
    {
        var (status, body) = await Get(server, client, target);
        return (status, body.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}
