using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.Iam;
using Keyless.Server.S3;
using Keyless.Server.Storage;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Aws;

/// <summary><c>docs/operations.md</c>: what the services have, written from their own tables.</summary>
public sealed class OperationsPageTests
{
    [Fact]
    public async Task The_page_lists_every_operation()
    {
        await using var server = await TestServer.Start();
        var folder = Directory.CreateTempSubdirectory("keyless-operations-").FullName;
        var page = new StringBuilder("""
            # Operations

            The operations of AWS that `keyless serve` answers, as AWS does. This file is written by the tests from the services' own tables
            (`./dev accept`). A call of any other is refused with AWS's error, and `keyless explain` says why.

            """);
        Add(page, "STS", server.Server.Tokens.Sts.Operations.OrderBy(Name, StringComparer.Ordinal).Select(operation => $"`{operation.Name}`"));
        Add(page, "IAM", IamOperations.All(null!).OrderBy(Name, StringComparer.Ordinal).Select(operation => $"`{operation.Name}`"));
        using (var buckets = BucketStore.Open(folder, TimeProvider.System))
        {
            Add(page, "S3", Keyless.Server.S3.Operations.All(buckets).OrderBy(Name, StringComparer.Ordinal).Select(operation => $"`{operation.Name}`: `{Line(operation.Route)}`"));
        }

        Directory.Delete(folder, recursive: true);
        Golden.CheckFile(Path.Combine(TestData.Repository, "docs", "operations.md"), page.ToString());
    }

    private static string Name(Operation operation) => operation.Name;

    private static void Add(StringBuilder page, string service, IEnumerable<string> operations)
    {
        page.Append($"\n## {service}\n\n");
        foreach (var operation in operations)
        {
            page.Append($"- {operation}\n");
        }
    }

    private static string Line(S3Route route)
    {
        var path = route.Scope switch { S3Scope.Service => "/", S3Scope.Bucket => "/BUCKET", _ => "/BUCKET/KEY" };
        return $"{route.Method} {path}{(route.SubResource is { } name ? "?" + name : "")}{(route.FromCopySource ? " with x-amz-copy-source" : "")}";
    }
}
