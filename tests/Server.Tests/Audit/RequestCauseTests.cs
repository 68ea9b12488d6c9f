using System.Text;
using Keyless.Language.Oidc;
using Keyless.Server.Audit;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Audit;

/// <summary>
/// After the exchange: every cause for which the credentials do not get what they ask for, over real HTTP; its first line by
/// <c>keyless explain</c>, and the same words in the server's log.
/// </summary>
public sealed class RequestCauseTests
{
    private const string RoleArn = "arn:aws:iam::123456789012:role/deploy";
    private const string Trust = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/site:*"}}}}""";
    private const string PutPages = """{"Version":"2012-10-17","Statement":{"Sid":"PutPages","Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::pages/*"}}""";
    private const string Everything = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""";

    /// <param name="Status">On the wire.</param>
    /// <param name="Words">What the decision's first line must say.</param>
    private sealed record Cause(int Status, string Code, string[] Words, Func<Scene, Task<Keyless.Tests.Answer>> Ask)
    {
        /// <summary>The role's permissions; null for none.</summary>
        public string? Permissions { get; init; } = PutPages;

        public string? SessionPolicy { get; init; }
    }

    private static readonly Dictionary<string, Cause> Causes = new()
    {
        ["no permissions at all"] = new(403, "AccessDenied", ["role `deploy` may not `s3:PutObject` on `pages/index.html`", "no identity policy is attached"], s => s.Put()) { Permissions = null },
        ["another action"] = new(403, "AccessDenied", ["may not `s3:GetObject`", "no statement allows the action", "`PutPages`"], s => s.Send(HttpMethod.Get, "/pages/index.html")),
        ["the bucket where objects are meant"] = new(403, "AccessDenied", ["`arn:aws:s3:::pages` is the bucket, and the request is for an object in it"], s => s.Put())
        {
            Permissions = PutPages.Replace("pages/*", "pages", StringComparison.Ordinal),
        },
        ["objects where the bucket is meant"] = new(403, "AccessDenied", ["is objects of the bucket, and the request is for the bucket itself"], s => s.Send(HttpMethod.Get, "/pages?list-type=2"))
        {
            Permissions = PutPages.Replace("s3:PutObject", "s3:ListBucket", StringComparison.Ordinal),
        },
        ["another folder"] = new(403, "AccessDenied", ["`pages/index.html`", "arn:aws:s3:::pages/site/*"], s => s.Put())
        {
            Permissions = PutPages.Replace("pages/*", "pages/site/*", StringComparison.Ordinal),
        },
        ["the role's explicit Deny"] = new(403, "AccessDenied", ["denied by statement `NoPages`"], s => s.Put())
        {
            Permissions = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"NoPages","Effect":"Deny","Action":"s3:Put*","Resource":"*"}]}""",
        },
        ["the bucket policy's explicit Deny"] = new(403, "AccessDenied", ["denied by statement `OnlyTls` of the resource policy", "aws:SecureTransport"], async s =>
        {
            await s.BucketPolicy("""{"Version":"2012-10-17","Statement":{"Sid":"OnlyTls","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::pages/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}""");
            return await s.Put();
        }),
        ["the session policy"] = new(403, "AccessDenied", ["session policy"], s => s.Put())
        {
            SessionPolicy = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}""",
        },
        ["the permissions boundary"] = new(403, "AccessDenied", ["permissions boundary"], async s =>
        {
            await s.Root.Iam("CreatePolicy", "PolicyName", "reads", "PolicyDocument", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}""");
            await s.Root.Iam("PutRolePermissionsBoundary", "RoleName", "deploy", "PermissionsBoundary", "arn:aws:iam::123456789012:policy/reads");
            return await s.Put();
        }),
        ["a condition of the role's policy"] = new(403, "AccessDenied", ["aws:SourceIp", "10.0.0.0/8"], s => s.Put())
        {
            Permissions = PutPages.Replace("/*\"}", "/*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}}", StringComparison.Ordinal),
        },
        ["a policy of AWS that is not here"] = new(
            404, "NoSuchEntity", ["does not have AWS's policy `AmazonS3FulAccess`", "did you mean `AmazonS3FullAccess`?"],
            s => s.Session.Iam("AttachRolePolicy", "RoleName", "deploy", "PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FulAccess"))
        {
            Permissions = Everything,
        },
        ["IAM instead of S3"] = new(403, "AccessDenied", ["`iam:ListUsers`"], s => s.Session.Iam("ListUsers")),
        ["a bucket that is not there"] = new(404, "NoSuchBucket", ["`page`", "did you mean `pages`"], s => s.Send(HttpMethod.Put, "/page/index.html")) { Permissions = Everything },
        ["a changed session token"] = new(400, "InvalidToken", ["its seal does not verify"], s => s.As(token: s.Token[..^8] + "AAAAAAAA")),
        ["a session token of another key"] = new(403, "InvalidAccessKeyId", ["the session token belongs to access key"], s => s.As(id: "ASIA" + new string('A', 16))),
        ["no session token"] = new(403, "InvalidAccessKeyId", ["session token is missing"], s => s.As(withToken: false)),
        ["another secret"] = new(403, "SignatureDoesNotMatch", ["made with another secret"], s => s.As(secret: "wrong")),
        ["a key that nobody has"] = new(403, "InvalidAccessKeyId", ["AKIAAAAAAAAAAAAAAAAA"], s => s.As(id: "AKIAAAAAAAAAAAAAAAAA", withToken: false)),
        ["a session past its end"] = new(400, "ExpiredToken", ["ended at"], s =>
        {
            s.Clock.Advance(TimeSpan.FromHours(2));
            return s.Put();
        }),
        ["a clock that is wrong"] = new(403, "RequestTimeTooSkewed", ["60 minutes before this server's time"], s => s.As(ahead: TimeSpan.FromHours(-1))),
        ["a role that was deleted"] = new(403, "InvalidAccessKeyId", ["role `arn:aws:iam::123456789012:role/deploy` was deleted"], async s =>
        {
            await s.Root.Iam("DeleteRolePolicy", "RoleName", "deploy", "PolicyName", "p");
            await s.Root.Iam("DeleteRole", "RoleName", "deploy");
            return await s.Put();
        }),
        ["a user's key that is inactive"] = new(403, "InvalidAccessKeyId", ["of user `ann` is inactive"], async s =>
        {
            await s.Root.Iam("CreateUser", "UserName", "ann");
            var key = await s.Root.Iam("CreateAccessKey", "UserName", "ann");
            await s.Root.Iam("UpdateAccessKey", "UserName", "ann", "AccessKeyId", key["AccessKeyId"]!, "Status", "Inactive");
            return await s.As(id: key["AccessKeyId"], secret: key["SecretAccessKey"], withToken: false);
        }),
        ["a role that does not trust the caller"] = new(403, "AccessDenied", ["`sts:AssumeRole` on `role/other`", "is not `AWS: arn:aws:iam::123456789012:user/ann`"], async s =>
        {
            await s.Root.Iam("CreateUser", "UserName", "ann");
            await s.Root.Iam("CreateRole", "RoleName", "other", "AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/ann"},"Action":"sts:AssumeRole"}}""");
            return await s.Session.Sts("AssumeRole", "RoleArn", "arn:aws:iam::123456789012:role/other", "RoleSessionName", "session");
        }) { Permissions = Everything },
        ["a role misspelt"] = new(403, "AccessDenied", ["role `arn:aws:iam::123456789012:role/deploi` does not exist", "did you mean `deploy`"], s => s.Session.Sts("AssumeRole", "RoleArn", "arn:aws:iam::123456789012:role/deploi", "RoleSessionName", "session")),
        ["a tag key that is given twice"] = new(400, "InvalidParameterValue", ["`squad` is given twice"], s => s.Session.Sts("AssumeRole", "RoleArn", RoleArn, "RoleSessionName", "session", "Tags.member.1.Key", "Squad", "Tags.member.1.Value", "a", "Tags.member.2.Key", "squad", "Tags.member.2.Value", "b")),
        ["a session for a session"] = new(403, "AccessDenied", ["has temporary credentials already"], s => s.Session.Sts("GetSessionToken")),
        ["a message that is none"] = new(400, "InvalidAuthorizationMessageException", ["was not encoded by this installation"], s => s.Root.Sts("DecodeAuthorizationMessage", "EncodedMessage", "abc")),
        ["a form for another service"] = new(403, "SignatureDoesNotMatch", ["the service `ec2` where `sts` belongs"], s => s.Root.Query("ec2", "2011-06-15", "GetCallerIdentity")),
        ["an operation misspelt"] = new(400, "InvalidAction", ["no operation `ListRole`", "did you mean `ListRoles`?"], s => s.Session.Iam("ListRole")),
        ["an operation that is not here"] = new(400, "InvalidAction", ["IAM has no operation `CreateVirtualMFADevice`"], s => s.Session.Iam("CreateVirtualMFADevice")),
        ["an operation of the other service"] = new(400, "InvalidAction", ["`ListRoles` is an operation of IAM", "2011-06-15 is STS's"], s => s.Session.Sts("ListRoles")),
        ["an operation of another version"] = new(400, "InvalidAction", ["`GetCallerIdentity` is an operation of STS, which takes `Version` 2011-06-15, not `2011-06-16`"], s => s.Session.Query("sts", "2011-06-16", "GetCallerIdentity")),
        ["a method that S3 does not have"] = new(405, "MethodNotAllowed", ["no operation of S3 is `PATCH` of an object"], s => s.Send(HttpMethod.Patch, "/pages/index.html")),
        ["a part of S3 that is not here"] = new(501, "NotImplemented", ["`GET` with `?torrent` of an object"], s => s.Send(HttpMethod.Get, "/pages/index.html?torrent=")),
        ["nobody"] = new(403, "AccessDenied", ["is not signed"], s => s.Unsigned(HttpMethod.Get, "/pages/index.html")),
    };

    public static TheoryData<string> Names => [.. Causes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_first_line_names_the_cause(string name)
    {
        var cause = Causes[name];
        await using var scene = await Scene.Set(cause);
        var answer = await cause.Ask(scene);
        using var reader = AuditReader.OpenFolder(scene.Server.Folder)!;
        var stored = answer.RequestId is { } id ? reader.Find(id) : null;
        var first = stored is null ? "(no record)" : DecisionText.Render(stored).Split('\n')[0];
        Assert.True((int)answer.Status == cause.Status && answer.Error == cause.Code, $"{name}: {(int)answer.Status} {answer.Error} {answer.Message}; {first}");
        Assert.All(cause.Words, word => Assert.Contains(word, first, StringComparison.Ordinal));

        // The log is complete once the server has stopped: lines leave together, not each before its answer.
        await scene.Server.Server.DisposeAsync();
        var line = scene.Log.ToString().Split('\n').Single(line => line.Contains(answer.RequestId!, StringComparison.Ordinal));
        Assert.All(cause.Words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nobody", "allow `s3:GetObject` on `arn:aws:s3:::pages/index.html` to the principal `*`")]
    [InlineData("a role that was deleted", "create the role again, then get new credentials")]
    public async Task The_help_names_what_mends(string name, string words)
    {
        await using var scene = await Scene.Set(Causes[name]);
        var answer = await Causes[name].Ask(scene);
        using var reader = AuditReader.OpenFolder(scene.Server.Folder)!;
        Assert.Contains(words, DecisionText.Render(reader.Find(answer.RequestId!)!).Split('\n')[1], StringComparison.Ordinal);
    }

    /// <summary>A server with a bucket, a role and a session of it.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly List<IDisposable> _clients = [];
        private string _id = "";
        private string _secret = "";

        private Scene(TestServer server, HeldClock clock, StringWriter log)
        {
            (Server, Clock, Log) = (server, clock, log);
            Root = Client(server.Server.Root.AccessKeyId, server.Server.Root.Secret.Value, null);
            _clients.Add(Root);
        }

        internal SignedClient Root { get; }

        internal TestServer Server { get; }

        internal HeldClock Clock { get; }

        internal StringWriter Log { get; }

        internal string Token { get; private set; } = "";

        internal SignedClient Session { get; private set; } = null!;

        internal static async Task<Scene> Set(Cause cause)
        {
            var (clock, log) = (new HeldClock(), new StringWriter());
            var server = await TestServer.Start(options => options with { PinnedIssuers = [IssuerUrl.GitHub], Clock = clock, Log = log });
            var scene = new Scene(server, clock, log);
            var root = scene.Root;
            await root.Iam("CreateOpenIDConnectProvider", "Url", IssuerUrl.GitHub, "ClientIDList.member.1", "sts.amazonaws.com");
            await root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", Trust);
            if (cause.Permissions is { } permissions)
            {
                Assert.Equal(200, (await root.Iam("PutRolePolicy", "RoleName", "deploy", "PolicyName", "p", "PolicyDocument", permissions)).Code);
            }

            Assert.Equal(200, (await scene.Send(root, HttpMethod.Put, "/pages")).Code);
            var token = server.Server.Tokens.Tokens.Issue(new JobFacts { Repository = "octo-org/site" }, "sts.amazonaws.com").Token!;
            string[] parameters = ["RoleArn", RoleArn, "RoleSessionName", "session", "WebIdentityToken", token];
            var answer = await root.Sts("AssumeRoleWithWebIdentity", cause.SessionPolicy is { } policy ? [.. parameters, "Policy", policy] : parameters);
            Assert.True(answer.Code == 200, answer.Body);
            (scene._id, scene._secret, scene.Token) = (answer["AccessKeyId"]!, answer["SecretAccessKey"]!, answer["SessionToken"]!);
            scene.Session = scene.Client(scene._id, scene._secret, scene.Token);
            scene._clients.Add(scene.Session);
            return scene;
        }

        internal Task<Keyless.Tests.Answer> Put() => Send(HttpMethod.Put, "/pages/index.html");

        internal Task<Keyless.Tests.Answer> Send(HttpMethod method, string target) => Send(Session, method, target);

        /// <summary>The upload with other credentials, or for another moment.</summary>
        internal async Task<Keyless.Tests.Answer> As(string? id = null, string? secret = null, string? token = null, bool withToken = true, TimeSpan ahead = default)
        {
            using var client = Client(id ?? _id, secret ?? _secret, withToken ? token ?? Token : null, ahead);
            return await Send(client, HttpMethod.Put, "/pages/index.html");
        }

        internal async Task<Keyless.Tests.Answer> Unsigned(HttpMethod method, string target)
        {
            using var request = new HttpRequestMessage(method, new Uri(Server.Server.BaseAddress, target));
            return await Session.Send(request);
        }

        internal async Task BucketPolicy(string policy)
        {
            Assert.Equal(204, (await Send(Root, HttpMethod.Put, "/pages?policy=", policy)).Code);
        }

        public async ValueTask DisposeAsync()
        {
            _clients.ForEach(client => client.Dispose());
            await Server.DisposeAsync();
            await Log.DisposeAsync();
        }

        private SignedClient Client(string id, string secret, string? token, TimeSpan ahead = default) =>
            new(Server.Server.BaseAddress, id, secret, token) { Now = () => Clock.GetUtcNow() + ahead };

        private async Task<Keyless.Tests.Answer> Send(SignedClient client, HttpMethod method, string target, string body = "")
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            using var request = new HttpRequestMessage(method, new Uri(Server.Server.BaseAddress, target));
            if (method == HttpMethod.Put)
            {
                request.Content = new ByteArrayContent(bytes);
            }

            client.Sign(request, "s3", bytes);
            return await client.Send(request);
        }
    }
}
