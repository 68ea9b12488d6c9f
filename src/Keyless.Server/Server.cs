using System.Net.Sockets;
using Keyless.Language.CloudFormation;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.CloudFormation;
using Keyless.Server.Iam;
using Keyless.Server.S3;
using Keyless.Server.S3.Website;
using Keyless.Server.Secrets;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keyless.Server;

/// <summary>The whole server on one page: what it is made of, and how a request finds its part.</summary>
public sealed class KeylessServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly List<IDisposable> _owned;
    private readonly Pipeline _pipeline;
    private readonly ServerOptions _options;
    private bool _disposed;

    private KeylessServer(
        WebApplication web, Uri baseAddress, IReadOnlyList<RootCredentials> roots, List<IDisposable> owned, TokenServices tokens, Pipeline pipeline, ServerOptions options)
    {
        _web = web;
        Tokens = tokens;
        _owned = owned;
        _pipeline = pipeline;
        _options = options;
        BaseAddress = baseAddress;
        Root = roots[0];
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The default account's root credentials.</summary>
    public RootCredentials Root { get; }

    /// <summary>The issuer, STS and audit; runners register their jobs here.</summary>
    public TokenServices Tokens { get; }

    public static async Task<KeylessServer> StartAsync(ServerOptions options, CancellationToken cancellation = default)
    {
        var folder = new DataFolder(options.DataFolder);
        folder.Create();
        var owned = new List<IDisposable>();
        owned.Add(folder.Lock());
        folder.Remember(options.Accounts.IsEmpty && folder.Accounts.Count == 0 ? [ServerOptions.DefaultAccount] : options.Accounts, options.PinnedIssuers);
        folder.RememberPublicUrl(options.PublicUrl);
        var publicUrl = folder.PublicUrl;
        var roots = RootCredentials.OpenAll(options, folder.Accounts);
        var master = MasterKey.OfFolder(options.DataFolder);
        var db = Db.Open(Path.Combine(options.DataFolder, "keyless.db"), "Iam");
        owned.Add(db);
        var iam = new IamStore(db, master);
        var access = new Access(iam);
        var buckets = BucketStore.Open(options.DataFolder, options.Clock);
        owned.Add(buckets);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var lines = options.Log is { } output ? new LineLogger(output, options.Clock) : null;
        builder.Services.AddLogging(logging =>
        {
            if (lines is not null)
            {
                logging.AddProvider(lines);
                logging.AddFilter("Microsoft", LogLevel.Warning);

                // A start that fails is thrown to whoever starts: its trace here would hide the one line that says why.
                logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            }
        });
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new LargeBlocks());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options.Listen));
        var web = builder.Build();

        var log = web.Services.GetRequiredService<ILogger<KeylessServer>>();
        Uri? baseAddress = null;
        var tokens = new TokenServices(options with { PinnedIssuers = [.. folder.PinnedIssuers] }, master, iam, access, () => publicUrl ?? baseAddress!, log, lines);
        var uses = new LastUses(db, options.Clock, log);
        owned.Add(uses);
        var credentials = new KnownCredentials(roots, iam, tokens.FindSession);

        // AWS services, one row each
        QueryService[] queryServices =
        [
            tokens.Sts,
            new IamService(iam, options.Clock, options.IssuerPolicy, tokens.FindThumbprint) { Outbound = tokens.Outbound, Uses = uses },
        ];
        buckets.BeginSweep(fault => log.LogWarning(fault, "what earlier crashes left of objects was not removed"));
        var s3 = new S3Service(buckets, access) { Hosts = new S3Hosts(publicUrl?.Host) };

        // Plain HTTP beside them: the first that owns a request serves it
        var metrics = new Metrics();
        var ready = false;
        Site[] sites =
        [
            new WebsiteSite(s3, tokens.Audit, options.Clock),
            new HealthSite(metrics, () => Volatile.Read(ref ready)),
            .. tokens.Sites,
        ];

        var pipeline = new Pipeline(new Router(queryServices, s3, new AuditService(tokens.Audit, roots[0].Account)), new SigV4(credentials.Find, KnownCredentials.Noting(uses)), access, tokens.Audit, metrics, options.Clock, log);
        if (!options.TrustedProxies.IsEmpty)
        {
            web.UseForwardedHeaders(ListenAddress.Behind(options.TrustedProxies));
        }

        web.Run(http =>
        {
            foreach (var site in sites)
            {
                if (site.Owns(http))
                {
                    return site.Serve(http);
                }
            }

            return pipeline.Handle(http);
        });
        try
        {
            await web.StartAsync(cancellation);
        }
        catch (SocketException refused)
        {
            throw new IOException($"cannot listen on {options.Listen}: {refused.Message}", refused);
        }

        baseAddress = AddressOf(web, options.Listen);
        Volatile.Write(ref ready, true);
        web.Lifetime.ApplicationStopping.Register(() => Volatile.Write(ref ready, false));
        folder.Announce(baseAddress);
        return new KeylessServer(web, baseAddress, roots, owned, tokens, pipeline, options);
    }

    /// <summary>The address of a bucket's website.</summary>
    public string WebsiteUrl(string bucket) => WebsiteUrl(new DataFolder(_options.DataFolder), BaseAddress, bucket);

    /// <summary>The default account's stacks. The caller disposes of them before the server.</summary>
    /// <param name="served">Where websites will be found, when that is not this very server.</param>
    public Stacks OpenStacks(Uri? served = null) => OpenStacks(_pipeline.Handle, Root, _options.Clock, _options.DataFolder, served ?? BaseAddress);

    /// <summary>The stacks of a data folder, whose server <paramref name="handle"/> reaches.</summary>
    internal static Stacks OpenStacks(RequestDelegate handle, RootCredentials root, TimeProvider clock, string dataFolder, Uri address)
    {
        var folder = new DataFolder(dataFolder);
        return new(
            new LocalApi(handle, root, clock, "us-east-1"),
            new StackStore(Db.Open(Path.Combine(dataFolder, "keyless.db"), "Stacks"), root.Account),
            new TemplateEnvironment { AccountId = root.Account, WebsiteUrl = bucket => WebsiteUrl(folder, address, bucket) },
            folder);
    }

    private static string WebsiteUrl(DataFolder folder, Uri address, string bucket) => folder.PublicUrl is { } url
        ? $"{url.Scheme}://{new S3Hosts(url.Host).WebsiteOf(bucket)}{(url.IsDefaultPort ? "" : $":{url.Port}")}"
        : $"http://{new S3Hosts().WebsiteOf(bucket)}:{address.Port}";

    /// <summary>Stops listening, lets running requests end, closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        new DataFolder(_options.DataFolder).Withdraw();
        await _web.StopAsync();
        await _web.DisposeAsync();
        await Tokens.DisposeAsync();
        foreach (var part in Enumerable.Reverse(_owned))
        {
            part.Dispose();
        }
    }

    private static void Configure(KestrelServerOptions kestrel, Uri listen)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        // S3 and Query bound their own bodies.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 << 10;
        kestrel.Limits.MaxRequestLineSize = 32 << 10;
        ListenAddress.Configure(kestrel, listen);
    }

    private static Uri AddressOf(WebApplication web, Uri listen)
    {
        var bound = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new UriBuilder(listen) { Port = new Uri(bound).Port }.Uri;
    }
}
