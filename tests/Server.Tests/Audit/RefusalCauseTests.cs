using System.Text;
using Keyless.Server;
using Keyless.Server.Audit;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Audit;

/// <summary>
/// Why IAM, STS and S3 refused what a policy or a rule of theirs does not let pass: the whole first line of the decision, and the help,
/// in which <c>...</c> stands for what comes between.
/// </summary>
public sealed class RefusalCauseTests(RefusalCauseTests.Scene scene) : IClassFixture<RefusalCauseTests.Scene>
{
    private const string GitHub = "token.actions.githubusercontent.com";
    private const string ByAccount = """{"AWS":"123456789012"}""";
    private const string Provider = $$"""{"Federated":"arn:aws:iam::123456789012:oidc-provider/{{GitHub}}"}""";

    private sealed record Cause(string Line, string Help, Func<Scene, Task<Keyless.Tests.Answer>> Ask);

    private static readonly Dictionary<string, Cause> Causes = new()
    {
        // Trust policies.
        ["trust without sub"] = new(
            $"statement 1 trusts `{GitHub}`, whose tokens all of GitHub gets: no condition tests `{GitHub}:sub`",
            $"add `\"StringEquals\": {{ \"{GitHub}:sub\": \"repo:OWNER/REPO:ref:refs/heads/main\" }}`",
            s => s.Role("new", Trust(Provider, "sts:AssumeRoleWithWebIdentity", $$"""{"StringEquals":{"{{GitHub}}:aud":"sts.amazonaws.com"} }"""))),
        ["trust with a misspelt sub"] = new(
            $"statement 1 trusts `{GitHub}`, whose tokens all of GitHub gets: the condition's key is `token.action.githubusercontent.com:sub`, not `{GitHub}:sub`",
            $"write `{GitHub}:sub`",
            s => s.Role("new", Trust(Provider, "sts:AssumeRoleWithWebIdentity", """{"StringLike":{"token.action.githubusercontent.com:sub":"repo:a/b:*"}}"""))),
        ["trust for any sub"] = new(
            $"statement 1 trusts `{GitHub}`, whose tokens all of GitHub gets: `*` for its `sub` does not say which of them",
            "begin the value with what you trust: `repo:OWNER/REPO:ref:refs/heads/main`",
            s => s.Role("new", Trust(Provider, "sts:AssumeRoleWithWebIdentity", $$"""{"StringLike":{"{{GitHub}}:sub":"*"} }"""))),
        ["principal that is not there"] = new(
            "the trust policy trusts user `an`, and account `123456789012` has none of that name; did you mean `ann`? (`arn:aws:iam::123456789012:user/an`)",
            "write `arn:aws:iam::123456789012:user/ann`",
            s => s.Role("new", Trust("""{"AWS":"arn:aws:iam::123456789012:user/an"}"""))),
        ["principal's ARN"] = new(
            "statement 1 of the trust policy trusts `arn:aws:iam::12345:role/a`: `12345` is no account id of 12 digits",
            "write `arn:aws:iam::ACCOUNT:role/NAME`, `...:user/NAME`, or the 12 digits of an account",
            s => s.Role("new", Trust("""{"AWS":"arn:aws:iam::12345:role/a"}"""))),
        ["provider as an account"] = new(
            $"statement 1 of the trust policy trusts `arn:aws:iam::123456789012:oidc-provider/{GitHub}`: an identity provider is a `Federated` principal, not an `AWS` one",
            $"write `{{ \"Federated\": \"arn:aws:iam::123456789012:oidc-provider/{GitHub}\" }}`",
            s => s.Role("new", Trust(Provider.Replace("Federated", "AWS", StringComparison.Ordinal)))),
        ["action of another service in a trust policy"] = new(
            "statement 1 of the trust policy has the action `s3:GetObject`, and a trust policy is only about assuming the role",
            "put it into a permissions policy; here it is one of `sts:AssumeRole`...",
            s => s.Role("new", Trust(ByAccount, "s3:GetObject"))),

        // Permissions policies.
        ["resource that is no ARN"] = new(
            "statement 1 has the resource `site/*`, which is no ARN", "write an ARN, of a bucket `arn:aws:s3:::BUCKET`...", s => s.Permissions("s3:GetObject", "site/*")),
        ["action without a service"] = new(
            "statement 1 has the action `GetObject`, which names no service", "write the service before it: `s3:GetObject`, `iam:GetObject`", s => s.Permissions("GetObject", "*")),
        ["operator misspelt"] = new(
            "there is no condition operator `StringEqual`", "write `StringEquals`", s => s.Document("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqual":{"aws:username":"x"}}}}""")),
        ["effect in small letters"] = new(
            "statement 1 has the `Effect` `allow`, which is written `Allow` or `Deny`", "write `Allow`", s => s.Document("""{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"s3:*","Resource":"*"}}""")),
        ["Sid with a space"] = new(
            "the Sid `my sid` has the character ` `, and a Sid has letters and digits only", "write `mysid`", s => s.Document("""{"Version":"2012-10-17","Statement":{"Sid":"my sid","Effect":"Allow","Action":"s3:*","Resource":"*"}}""")),
        ["comma too many"] = new(
            "line 1, column 24: a comma stands before the closing `}`", "JSON has no trailing commas: remove it", s => s.Document("""{"Version":"2012-10-17",}""")),
        ["policy too long"] = new(
            "with `q` the inline policies of role `full` have 10272 characters together, 32 more than the 10240 allowed (white space does not count)",
            "shorten them, or put statements into a managed policy and attach it",
            s => s.Permissions("s3:GetObject", "arn:aws:s3:::" + new string('b', 10_166))),

        // Entities.
        ["role there already"] = new(
            "there is a role `Full` already, `arn:aws:iam::123456789012:role/full`: names are unique in an account, whatever their case and path",
            "take another name, or change the one there is: `aws iam update-assume-role-policy --role-name full`",
            s => s.Role("Full", Trust(ByAccount))),
        ["role of a near name"] = new(
            "account `123456789012` has no role `ful`; did you mean `full`?", "write `full`", s => s.Root.Iam("UpdateRole", "RoleName", "ful")),
        ["role with a managed policy"] = new(
            "role `full` still has the managed policy `AdministratorAccess` attached",
            "`aws iam detach-role-policy --role-name full --policy-arn arn:aws:iam::aws:policy/AdministratorAccess`",
            s => s.Root.Iam("DeleteRole", "RoleName", "full")),
        ["user with a key"] = new("user `keyed` still has the access key `AKIA...", "`aws iam delete-access-key --user-name keyed --access-key-id AKIA...", s => s.Root.Iam("DeleteUser", "UserName", "keyed")),
        ["group with a user"] = new(
            "group `crew` still has the user `ann`", "`aws iam remove-user-from-group --group-name crew --user-name ann`", s => s.Root.Iam("DeleteGroup", "GroupName", "crew")),
        ["policy in use"] = new(
            "policy `used` is still the permissions boundary of user `bounded`", "`aws iam delete-user-permissions-boundary --user-name bounded`",
            s => s.Root.Iam("DeletePolicy", "PolicyArn", "arn:aws:iam::123456789012:policy/used")),
        ["policy's ARN without an account"] = new(
            "the ARN `arn:aws:iam::policy/permissions` is malformed: it has 5 fields where an ARN has 6, separated by colons: the account is missing",
            "write it as `arn:aws:iam::ACCOUNT:policy/NAME`, with the 12 digits of the account",
            s => s.Root.Iam("AttachRolePolicy", "RoleName", "full", "PolicyArn", "arn:aws:iam::policy/permissions")),
        ["policy of AWS taken for one's own"] = new(
            "account `123456789012` has no policy `IAMFullAccess`, but AWS has", "write `arn:aws:iam::aws:policy/IAMFullAccess`",
            s => s.Root.Iam("AttachRolePolicy", "RoleName", "full", "PolicyArn", "arn:aws:iam::123456789012:policy/IAMFullAccess")),
        ["51 tags"] = new(
            "the request has 51 `Tags`, at most 50 are allowed", "leave out 1",
            s => s.Root.Iam("TagRole", ["RoleName", "full", .. Enumerable.Range(1, 51).SelectMany(n => new[] { $"Tags.member.{n}.Key", $"k{n}", $"Tags.member.{n}.Value", "v" })])),
        ["name with a space"] = new(
            "`RoleName` is `my role`, with the character U+0020, and a name has only letters, digits and `_+=,.@-`", "write a name with...", s => s.Role("my role", Trust(ByAccount))),
        ["no name"] = new(
            "the request has no `OpenIDConnectProviderArn`", "give it: in the AWS CLI `--open-id-connect-provider-arn`", s => s.Root.Iam("DeleteOpenIDConnectProvider")),

        // Sessions.
        ["session policy too long"] = new(
            "`Policy` has 2049 characters, at most 2048 are allowed", "shorten it by 1; what does not fit goes into a managed policy, passed in `PolicyArns`", s => s.Assume("open", "Policy", new string('x', 2049))),
        ["session name too long"] = new(
            "`RoleSessionName` has 65 characters, at most 64 are allowed", "shorten it by 1", s => s.Ann.Sts("AssumeRole", "RoleArn", Scene.ArnOf("open"), "RoleSessionName", new string('s', 65))),
        ["session policy's ARN"] = new(
            "`PolicyArns`: the ARN `arn:aws:iam::policy/permissions` is malformed: it has 5 fields where an ARN has 6, separated by colons: the account is missing",
            "write it as `arn:aws:iam::ACCOUNT:policy/NAME`...", s => s.Assume("open", "PolicyArns.member.1.arn", "arn:aws:iam::policy/permissions")),
        ["duration"] = new(
            "7200 seconds are more than role `open` allows, 3600",
            "ask for at most 3600 seconds, or raise the role's maximum: `aws iam update-role --role-name open --max-session-duration 7200`", s => s.Assume("open", "DurationSeconds", "7200")),
        ["external id absent"] = new(
            "user `ann` may not `sts:AssumeRole` on `role/external`: the request has no key `sts:ExternalId`, the policy wants `abc123` (statement 1 of the trust policy)",
            "pass it in the request: `--external-id abc123`", s => s.Assume("external")),
        ["external id wrong"] = new(
            "user `ann` may not `sts:AssumeRole` on `role/external`: `sts:ExternalId` is `zzz`, the policy wants `abc123` (statement 1 of the trust policy)",
            "pass it in the request: `--external-id abc123`; or if `zzz` is meant, admit it for `sts:ExternalId`", s => s.Assume("external", "ExternalId", "zzz")),
        ["principal's tag absent"] = new(
            "user `ann` may not `sts:AssumeRole` on `role/tagged`: the request has no key `aws:PrincipalTag/team`, the policy wants `web` (statement 1 of the trust policy)",
            "tag the user: `aws iam tag-user --user-name ann --tags Key=team,Value=web`", s => s.Assume("tagged")),
        ["request's tag absent"] = new(
            "user `ann` may not `sts:AssumeRole` on `role/tagging`: the request has no key `aws:RequestTag/team`, the policy wants `web` (statement 1 of the trust policy)",
            "pass it in the request: `--tags Key=team,Value=web`, which needs `sts:TagSession` in the role's trust policy too", s => s.Assume("tagging")),
        ["source identity absent"] = new(
            "user `ann` may not `sts:AssumeRole` on `role/identified`: the request has no key `sts:SourceIdentity`, the policy wants it to match `a*` (statement 1 of the trust policy)",
            "pass it in the request: `--source-identity VALUE`, which needs `sts:SetSourceIdentity` in the role's trust policy too, with a VALUE that matches `a*`", s => s.Assume("identified")),

        // S3.
        ["public policy"] = new(
            "the policy allows everyone, and `BlockPublicPolicy` of the bucket's Block Public Access refuses public policies; every new bucket has it",
            "for a public website first run `aws s3api put-public-access-block --bucket site...BlockPublicPolicy=false,RestrictPublicBuckets=false`...",
            s => s.Put("/site?policy=", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}}""")),
        ["ACL"] = new(
            "the request has an ACL, and ACLs are off in the bucket: its Object Ownership is `BucketOwnerEnforced`", "leave the ACL out, and grant access with a bucket policy...",
            s => s.Put("/site/a", "", ("x-amz-acl", "public-read"))),
        ["header that a Deny asks for"] = new(
            "user `ann` may not `s3:PutObject` on `site/a`: denied by statement `Encrypted` of the identity policy `p`: the request has no key `s3:x-amz-server-side-encryption`, and only `AES256` is spared",
            "send the header `x-amz-server-side-encryption: AES256`, or except this request from the Deny of statement `Encrypted`", s => s.Put("/site/a", "", by: s.Ann)),
        ["bucket of another account"] = new(
            "user `mia` may not `s3:PutObject` on `site/a`: it belongs to account `123456789012`, and across accounts its own policy must let the caller in too",
            "allow `s3:PutObject` on `arn:aws:s3:::site/a` in the bucket's policy for `arn:aws:iam::210987654321:user/mia`: `aws s3api put-bucket-policy --bucket site`", s => s.Put("/site/a", "", by: s.Mia)),
    };

    public static TheoryData<string> Names => [.. Causes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_first_line_and_the_help_say_it(string name)
    {
        var answer = await Causes[name].Ask(scene);
        Assert.True(answer.Code >= 400, $"{name}: {answer.Code}");
        using var reader = AuditReader.OpenFolder(scene.Server.Folder)!;
        var text = DecisionText.Render(reader.Find(answer.RequestId!)!).Split('\n');
        Matches("refused: " + Causes[name].Line, text[0]);
        Matches("  = help: " + Causes[name].Help, text[1]);
    }

    /// <summary>What the help says is done, and the call repeated.</summary>
    [Fact]
    public async Task The_help_mends_it()
    {
        Assert.Equal(403, (await scene.Mender.Sts("AssumeRole", "RoleArn", Scene.ArnOf("mended"), "RoleSessionName", "session")).Code);
        Assert.Equal(200, (await scene.Root.Iam("TagUser", "UserName", "mender", "Tags.member.1.Key", "team", "Tags.member.1.Value", "web")).Code);
        Assert.Equal(200, (await scene.Mender.Sts("AssumeRole", "RoleArn", Scene.ArnOf("mended"), "RoleSessionName", "session")).Code);

        Assert.Equal(403, (await scene.Put("/site/b", "", by: scene.Ann)).Code);
        Assert.Equal(200, (await scene.Put("/site/b", "", ("x-amz-server-side-encryption", "AES256"), scene.Ann)).Code);
        Assert.Equal(200, (await scene.Assume("external", "ExternalId", "abc123")).Code);
    }

    private static void Matches(string expected, string line)
    {
        var at = 0;
        foreach (var part in expected.Split("...", StringSplitOptions.RemoveEmptyEntries))
        {
            var found = line.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0 && (at > 0 || found == 0), $"expected {expected}\n     got {line}");
            at = found + part.Length;
        }

        Assert.True(expected.EndsWith("...", StringComparison.Ordinal) || at == line.Length, $"expected {expected}\n     got {line}");
    }

    private static string Trust(string principal, string action = "sts:AssumeRole", string condition = "{}") =>
        $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{{principal}},"Action":"{{action}}","Condition":{{condition}} } }""";

    /// <summary>One server with what the cases need, which none of them changes.</summary>
    public sealed class Scene : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        internal SignedClient Root => Server.Root;

        /// <summary>A user who may do everything but put objects without saying how to encrypt them.</summary>
        internal SignedClient Ann { get; private set; } = null!;

        /// <summary>A user of another account.</summary>
        internal SignedClient Mia { get; private set; } = null!;

        internal SignedClient Mender { get; private set; } = null!;

        internal static string ArnOf(string role) => "arn:aws:iam::123456789012:role/" + role;

        public async ValueTask InitializeAsync()
        {
            const string all = """{"Effect":"Allow","Action":"*","Resource":"*"}""";
            Server = await TestServer.Start(options => options with { Accounts = ["123456789012", "210987654321"] });
            Ann = await Server.User("ann", $$"""{"Version":"2012-10-17","Statement":[{{all}},{"Sid":"Encrypted","Effect":"Deny","Action":"s3:PutObject","Resource":"*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"AES256"} } }]}""");
            Mender = await Server.User("mender", $$"""{"Version":"2012-10-17","Statement":[{{all}}]}""");
            await Server.User("keyed", $$"""{"Version":"2012-10-17","Statement":[{{all}}]}""");
            await Done("DeleteUserPolicy", "UserName", "keyed", "PolicyName", "p");
            await Done("CreateUser", "UserName", "bounded");
            await Done("CreatePolicy", "PolicyName", "used", "PolicyDocument", $$"""{"Version":"2012-10-17","Statement":[{{all}}]}""");
            await Done("PutUserPermissionsBoundary", "UserName", "bounded", "PermissionsBoundary", "arn:aws:iam::123456789012:policy/used");
            await Done("CreateGroup", "GroupName", "crew");
            await Role("full", Trust(ByAccount));
            await Done("AttachRolePolicy", "RoleName", "full", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess");
            await Role("open", Trust(ByAccount));
            await Role("external", Trust(ByAccount, condition: """{"StringEquals":{"sts:ExternalId":"abc123"}}"""));
            await Role("tagged", Trust(ByAccount, condition: """{"StringEquals":{"aws:PrincipalTag/team":"web"}}"""));
            await Role("mended", Trust(ByAccount, condition: """{"StringEquals":{"aws:PrincipalTag/team":"web"}}"""));
            await Role("tagging", Trust(ByAccount, condition: """{"StringEquals":{"aws:RequestTag/team":"web"}}"""));
            await Role("identified", Trust(ByAccount, condition: """{"StringLike":{"sts:SourceIdentity":"a*"}}"""));
            Assert.Equal(200, (await Put("/site", "")).Code);

            var other = RootCredentials.Open(Server.Folder, "210987654321", isDefault: false);
            using var owner = Server.Client(other.AccessKeyId, other.Secret.Value);
            await owner.Iam("CreateUser", "UserName", "mia");
            await owner.Iam("PutUserPolicy", "UserName", "mia", "PolicyName", "p", "PolicyDocument", $$"""{"Version":"2012-10-17","Statement":[{{all}}]}""");
            var key = await owner.Iam("CreateAccessKey", "UserName", "mia");
            Mia = Server.Client(key["AccessKeyId"]!, key["SecretAccessKey"]!);

            await Done("AddUserToGroup", "UserName", "ann", "GroupName", "crew");
        }

        internal Task<Keyless.Tests.Answer> Role(string name, string trust) => Root.Iam("CreateRole", "RoleName", name, "AssumeRolePolicyDocument", trust);

        internal Task<Keyless.Tests.Answer> Document(string policy) => Root.Iam("PutRolePolicy", "RoleName", "full", "PolicyName", "q", "PolicyDocument", policy);

        internal Task<Keyless.Tests.Answer> Permissions(string action, string resource) =>
            Document($$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"} }""");

        internal Task<Keyless.Tests.Answer> Assume(string role, params string[] more) => Ann.Sts("AssumeRole", ["RoleArn", ArnOf(role), "RoleSessionName", "session", .. more]);

        internal async Task<Keyless.Tests.Answer> Put(string target, string body, (string, string)? header = null, SignedClient? by = null)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Server.Server.BaseAddress, target)) { Content = new ByteArrayContent(bytes) };
            (by ?? Root).Sign(request, "s3", bytes, header is { } more ? [more] : []);
            return await (by ?? Root).Send(request);
        }

        public async ValueTask DisposeAsync() => await Server.DisposeAsync();

        private async Task Done(string action, params string[] parameters)
        {
            var answer = await Root.Iam(action, parameters);
            Assert.True(answer.Code == 200, answer.Body);
        }
    }
}
