using System.Text;
using Keyless.Server;
using Keyless.Server.Aws;
using Keyless.Server.Iam;
using Keyless.Server.Secrets;
using Keyless.Server.Storage;
using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>The table of operations, walked as a whole.</summary>
public sealed class IamOperationsTests
{
    private const string Account = "123456789012";

    /// <summary>
    /// Everything that any operation knows, in one request. So the table also shows which parameters become condition keys, and that
    /// those an operation does not know become none.
    /// </summary>
    private const string Everything =
        "RoleName=deploy&UserName=bob&GroupName=admins&NewUserName=robert&NewGroupName=staff&NewPath=/moved/&PolicyName=p&Path=/new/&PathPrefix=/ci/&Url=https://new.example.com"
        + "&PolicyArn=arn:aws:iam::123456789012:policy/ci/reads&PolicySourceArn=arn:aws:iam::123456789012:role/ci/deploy"
        + "&OpenIDConnectProviderArn=arn:aws:iam::123456789012:oidc-provider/idp.example.com&AccessKeyId=AKIAQAAAAAAAAAAAAAAA"
        + "&PermissionsBoundary=arn:aws:iam::123456789012:policy/other&Tags.member.1.Key=sent&Tags.member.1.Value=1&TagKeys.member.1=gone";

    [Fact]
    public void Every_operation_asks_for_its_permission_with_its_resource_and_condition_keys()
    {
        var tag = new Tag("team", "web");
        var boundary = $"arn:aws:iam::{Account}:policy/ci/bound";
        var table = new StringBuilder();
        WithService(
            store => store.Write(transaction =>
            {
                transaction.Put(new Role { Account = Account, Path = "/ci/", Name = "deploy", Id = "AROA", CreatedAt = default, TrustPolicy = new StoredPolicy("{}"), Tags = [tag], Boundary = boundary });
                transaction.Put(new User { Account = Account, Path = "/ci/", Name = "bob", Id = "AIDA", CreatedAt = default, Tags = [tag], Boundary = boundary });
                transaction.Put(new Group { Account = Account, Path = "/ci/", Name = "admins", Id = "AGPA", CreatedAt = default });
                transaction.Put(new OidcProvider { Account = Account, Issuer = "https://idp.example.com", CreatedAt = default, Tags = [tag] });
                transaction.Put(new ManagedPolicy
                {
                    Account = Account, Path = "/ci/", Name = "reads", Id = "ANPA", CreatedAt = default, UpdatedAt = default, Tags = [tag],
                    Versions = [new PolicyVersionEntry(1, new StoredPolicy("{}"), default)], DefaultVersion = 1, LastVersion = 1,
                });
                return true;
            }),
            iam =>
            {
                foreach (var operation in iam.Operations.OrderBy(operation => operation.Name, StringComparer.Ordinal))
                {
                    table.Append(operation.Name).Append('\n');
                    foreach (var permission in Assert.IsType<Needs.Permissions>(operation.Needs(Request(Everything))).All)
                    {
                        table.Append($"  {permission.Action} on {permission.Resource}{(permission.Shown == permission.Resource ? "" : $", shown as `{permission.Shown}`")}\n");
                        foreach (var (key, value) in permission.Keys)
                        {
                            table.Append($"    {key} = {value}\n");
                        }

                        foreach (var (key, values) in permission.MultivaluedKeys)
                        {
                            table.Append($"    {key} = [{string.Join(", ", values)}]\n");
                        }
                    }
                }
            });
        Golden.Check("iam/permissions.out", table.ToString());
    }

    [Fact]
    public void Every_operation_has_a_file_of_its_own_a_row_and_a_permission_named_after_it()
    {
        WithService(_ => { }, iam =>
        {
            var files = Directory.EnumerateFiles(Path.Combine(TestData.Repository, "src/Keyless.Server/Iam"), "*.cs", SearchOption.AllDirectories)
                .Where(file => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(file), @"internal sealed class \w+\(IamService iam\) : \w+\(iam"))
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Order(StringComparer.Ordinal);
            Assert.Equal(files, iam.Operations.Select(operation => operation.Name).Order(StringComparer.Ordinal));
            foreach (var operation in iam.Operations)
            {
                var needed = Assert.IsType<Needs.Permissions>(operation.Needs(Request("")));
                Assert.Equal("iam:" + operation.Name, Assert.Single(needed.All).Action);
            }
        });
    }

    private static void WithService(Action<IamStore> fill, Action<IamService> test)
    {
        var folder = Directory.CreateTempSubdirectory("keyless-table-").FullName;
        using (var db = Db.Open(Path.Combine(folder, "iam.db"), "Iam"))
        {
            using var uses = new LastUses(db, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            var store = new IamStore(db, MasterKey.Ephemeral());
            fill(store);
            test(new IamService(store, TimeProvider.System, IssuerPolicy.Aws, findThumbprint: null) { Uses = uses });
        }

        Directory.Delete(folder, recursive: true);
    }

    private static QueryRequest Request(string form) => new(
        new Microsoft.AspNetCore.Http.DefaultHttpContext(), new RawTarget("/", ""), DateTimeOffset.UnixEpoch,
        QueryParameters.Parse(Encoding.UTF8.GetBytes(form), out _)!, default)
    {
        Caller = new Caller.Root(Account),
    };
}
