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
    [Fact]
    public void Every_operation_has_a_file_of_its_own_a_row_and_a_permission_named_after_it()
    {
        var folder = Directory.CreateTempSubdirectory("keyless-table-").FullName;
        using (var db = Db.Open(Path.Combine(folder, "iam.db"), "Iam"))
        {
            using var uses = new LastUses(db, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            var iam = new IamService(new IamStore(db, MasterKey.Ephemeral()), TimeProvider.System, IssuerPolicy.Aws, findThumbprint: null) { Uses = uses };
            var files = Directory.EnumerateFiles(Path.Combine(TestData.Repository, "src/Keyless.Server/Iam"), "*.cs", SearchOption.AllDirectories)
                .Where(file => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(file), @"internal sealed class \w+\(IamService iam\) : \w+\(iam"))
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Order(StringComparer.Ordinal);
            Assert.Equal(files, iam.Operations.Select(operation => operation.Name).Order(StringComparer.Ordinal));
            foreach (var operation in iam.Operations)
            {
                var request = new QueryRequest(new Microsoft.AspNetCore.Http.DefaultHttpContext(), new RawTarget("/", ""), DateTimeOffset.UnixEpoch, QueryParameters.Empty, default)
                {
                    Caller = new Caller.Root("123456789012"),
                };
                var needed = Assert.IsType<Needs.Permissions>(operation.Needs(request));
                Assert.Equal("iam:" + operation.Name, Assert.Single(needed.All).Action);
            }
        }

        Directory.Delete(folder, recursive: true);
    }
}
