using Keyless.Server.S3;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Server.Tests.S3;

/// <summary>Every row of the table is whole.</summary>
public sealed class OperationsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyless-table-");
    private readonly BucketStore _store;

    public OperationsTests() => _store = BucketStore.Open(_folder.FullName, TimeProvider.System);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Names_and_routes_are_unique()
    {
        var operations = Operations.All(_store);
        Assert.Equal(operations.Length, operations.Select(operation => operation.Name).Distinct().Count());
        Assert.Equal(operations.Length, operations.Select(operation => operation.Route).Distinct().Count());
        Assert.All(operations, operation => Assert.True(
            operation.Route.Method is "GET" or "HEAD" or "PUT" or "POST" or "DELETE" or "OPTIONS", operation.Name));
    }
}
