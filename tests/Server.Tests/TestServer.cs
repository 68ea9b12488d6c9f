using Keyless.Server;

namespace Keyless.Tests;

/// <summary>A real server on a free port with a data folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly bool _ownsFolder;
    private readonly List<SignedClient> _clients = [];

    private TestServer(KeylessServer server, string folder, bool ownsFolder)
    {
        Server = server;
        Folder = folder;
        _ownsFolder = ownsFolder;
        Root = Client(server.Root.AccessKeyId, server.Root.Secret.Value);
    }

    public KeylessServer Server { get; }

    public string Folder { get; }

    /// <summary>Signs as the default account's root.</summary>
    public SignedClient Root { get; }

    public string Account => Server.Root.Account;

    public static async Task<TestServer> Start(Func<ServerOptions, ServerOptions>? change = null, string? folder = null)
    {
        var path = folder ?? Directory.CreateTempSubdirectory("keyless-test-").FullName;
        var options = new ServerOptions { DataFolder = path, Listen = new Uri("http://127.0.0.1:0"), IssuerPolicy = IssuerPolicy.Relaxed };
        return new TestServer(await KeylessServer.StartAsync(change?.Invoke(options) ?? options), path, folder is null);
    }

    public SignedClient Client(string accessKeyId, string secret, string? token = null)
    {
        var client = new SignedClient(Server.BaseAddress, accessKeyId, secret, token);
        _clients.Add(client);
        return client;
    }

    /// <summary>A user with one inline policy, and a client that signs as it.</summary>
    public async Task<SignedClient> User(string name, string policy)
    {
        await Root.Iam("CreateUser", "UserName", name);
        await Root.Iam("PutUserPolicy", "UserName", name, "PolicyName", "p", "PolicyDocument", policy);
        var key = await Root.Iam("CreateAccessKey", "UserName", name);
        return Client(key["AccessKeyId"]!, key["SecretAccessKey"]!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await Server.DisposeAsync();
        FirstLines.Check(Folder);
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
