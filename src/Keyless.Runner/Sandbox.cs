using System.Collections.Immutable;
using System.Net;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Runner.Contexts;
using Keyless.Runner.Git;
using Keyless.Runner.Proxy;
using Keyless.Server;
using Keyless.Server.Audit;
using Keyless.Server.CloudFormation;
using Keyless.Server.Oidc;

namespace Keyless.Runner;

/// <summary>The sandbox of a run: the server in this process, speaking for GitHub, and the ways by which steps reach it.</summary>
public sealed class Sandbox : IAsyncDisposable
{
    private const string GitHubIssuer = "https://token.actions.githubusercontent.com";
    private readonly KeylessServer _server;
    private readonly RunAuthority? _authority;
    private readonly AwsProxy? _proxy;
    private readonly string _folder;
    private readonly JobDecisions _decisions = new();
    private readonly Lock _gate = new();
    private StackResult? _stack;
    private string? _reroute;
    private string? _certificate;
    private string? _bundle;

    private Sandbox(KeylessServer server, RunOptions options, string folder, TimeProvider time)
    {
        _server = server;
        _folder = folder;
        server.Tokens.Audit.Recorded = decision =>
        {
            _decisions.Add(decision);
            Decided?.Invoke();
        };
        if (options.Proxy)
        {
            _authority = new RunAuthority(time);
            _proxy = new AwsProxy(_authority, new IPEndPoint(IPAddress.Loopback, BaseAddress.Port), UserProxy());
        }
    }

    public Uri BaseAddress => _server.BaseAddress;

    /// <summary>Raised when there is something for <see cref="TakeDecisions"/>.</summary>
    public event Action? Decided;

    /// <summary>What every process of a job is given: the endpoint, and that no metadata service is there.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = BaseAddress.ToString().TrimEnd('/'),
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    /// <param name="folder">The run's own folder.</param>
    public static async Task<Sandbox> StartAsync(RunOptions options, string folder, TimeProvider time, CancellationToken cancellation)
    {
        PrepareDataFolder(options.DataFolder);
        var server = await KeylessServer.StartAsync(
            new ServerOptions { DataFolder = options.DataFolder, Listen = new Uri("http://127.0.0.1:0"), PinnedIssuers = [GitHubIssuer], Clock = time }, cancellation);
        return new Sandbox(server, options, folder, time);
    }

    /// <summary>Brings the template's resources into the sandbox.</summary>
    public async Task<StackResult> ApplyAsync(SourceText template, ImmutableSortedDictionary<string, string> parameters, CancellationToken cancellation)
    {
        using var stacks = _server.OpenStacks(served: ServerOptions.DefaultAddress);
        _stack = await stacks.Apply(new StackRequest(StackRequest.NameOf(template.Name), template) { Parameters = parameters.ToImmutableDictionary() }, cancellation);

        // What IAM and S3 decided about our own calls is no part of a job.
        _decisions.Clear();
        return _stack;
    }

    /// <summary>A job as its tokens would describe it under the data folder's settings.</summary>
    public JobFacts Settle(JobFacts facts) => _server.Tokens.Tokens.Settle(facts);

    public RegisteredJob Register(JobFacts facts, TokenAccessAnswer access)
    {
        var job = _server.Tokens.Jobs.Register(facts, access);
        job.Issued = issued => _decisions.Issued(issued.Id, job.Id);
        return job;
    }

    /// <summary>What was decided for a job since the last call.</summary>
    public IEnumerable<DecisionRecord> TakeDecisions(string? job) =>
        _decisions.Take(job).Select(decision => decision with { Checks = [.. decision.Checks.Select(InTemplate)] });

    /// <summary>Who wrote the policy wants its place in the template, not in IAM's copy.</summary>
    private DecisionCheck InTemplate(DecisionCheck check) => check.In is { } place && _stack?.Locate(place) is { } written ? check with { Place = written } : check;

    /// <summary>Shows clients that know no endpoint variable the way: a proxy, and the authority it answers with.</summary>
    public void AddProxy(Dictionary<string, string> environment)
    {
        if (_proxy is null || _authority is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_certificate is null)
            {
                _certificate = Path.Combine(_folder, "ca.pem");
                File.WriteAllText(_certificate, _authority.CertificatePem);
                if (_authority.BundlePem() is { } bundle)
                {
                    _bundle = Path.Combine(_folder, "ca-bundle.pem");
                    File.WriteAllText(_bundle, bundle);
                }
            }
        }

        // What the workflow sets itself stays.
        environment.TryAdd("HTTPS_PROXY", _proxy.Address.ToString().TrimEnd('/'));
        environment.TryAdd("NO_PROXY", "127.0.0.1,localhost,::1");
        environment.TryAdd("AWS_CA_BUNDLE", _bundle ?? _certificate);
        environment.TryAdd("NODE_EXTRA_CA_CERTS", _certificate);
        if (_bundle is not null)
        {
            environment.TryAdd("SSL_CERT_FILE", _bundle);
            environment.TryAdd("REQUESTS_CA_BUNDLE", _bundle);
            environment.TryAdd("CURL_CA_BUNDLE", _bundle);
        }
    }

    /// <summary>The AWS hosts that the proxy answered for since the last call.</summary>
    public IReadOnlyList<string> TakeProxied() => _proxy?.TakeAnswered() ?? [];

    /// <summary>The module that node actions load first, as a file.</summary>
    public string RerouteModule()
    {
        lock (_gate)
        {
            if (_reroute is null)
            {
                _reroute = Path.Combine(_folder, "reroute.cjs");
                using var source = typeof(Sandbox).Assembly.GetManifestResourceStream("reroute.cjs") ?? throw new InvalidOperationException("the module is part of the assembly");
                using var file = File.Create(_reroute);
                source.CopyTo(file);
            }

            return _reroute;
        }
    }

    /// <summary>Lets the published checkout fetch the run's commit from the run's store instead of GitHub. git-config(1), url.*.insteadOf.</summary>
    internal static void AddGitSource(Dictionary<string, string> environment, Snapshot snapshot, RunFacts run)
    {
        var count = int.TryParse(environment.GetValueOrDefault("GIT_CONFIG_COUNT"), System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 0;
        var url = $"{GithubContext.ServerUrl}/{run.Repository}";
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[($"url.file://{snapshot.Store}.insteadOf", url), ("safe.directory", snapshot.Store)])
        {
            environment[$"GIT_CONFIG_KEY_{count}"] = name;
            environment[$"GIT_CONFIG_VALUE_{count}"] = value;
            count++;
        }

        environment["GIT_CONFIG_COUNT"] = count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        _authority?.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>The folder keeps itself out of the user's repository.</summary>
    private static void PrepareDataFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        var ignore = Path.Combine(folder, ".gitignore");
        if (!File.Exists(ignore))
        {
            File.WriteAllText(ignore, "# Made by keyless: the sandbox's state stays out of the repository.\n*\n");
        }
    }

    private static Uri? UserProxy() =>
        (Environment.GetEnvironmentVariable("HTTPS_PROXY") ?? Environment.GetEnvironmentVariable("https_proxy")) is { Length: > 0 } text && Uri.TryCreate(text, UriKind.Absolute, out var proxy)
            ? proxy
            : null;
}
