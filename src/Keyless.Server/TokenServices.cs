using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Oidc;
using Keyless.Server.Storage;
using Keyless.Server.Sts;
using Keyless.Server.Sts.WebIdentity;
using Microsoft.Extensions.Logging;

namespace Keyless.Server;

/// <summary>
/// Everything about tokens, put together: the issuer that signs them, the keys that verify them, the STS that takes them, the audit that
/// remembers it.
/// </summary>
public sealed class TokenServices : IAsyncDisposable
{
    private readonly SigningKeys _keys;
    private readonly IssuerFetch _fetch;
    private readonly IssuerKeys _issuers;
    private readonly SessionToken _sessions;
    private readonly OutboundKeys _outbound;

    /// <param name="baseAddress">Where clients reach the server; asked when it listens.</param>
    internal TokenServices(ServerOptions options, Secrets.MasterKey master, IamStore iam, Access access, Func<Uri> baseAddress, ILogger log, LineLogger? lines = null)
    {
        Audit = AuditLog.Open(options.DataFolder, new AuditOptions { Retention = options.AuditRetention, Clock = options.Clock, Lines = lines });
        _sessions = new SessionToken(master);
        _keys = new SigningKeys(options.DataFolder, master, options.Clock);
        _outbound = new OutboundKeys(options.DataFolder, master, options.Clock);

        // The first pinned issuer is whom the sandbox speaks for; a server is its own issuer.
        string? own = null;
        string Issuer() => own ??= options.PinnedIssuers.IsEmpty ? baseAddress().GetLeftPart(UriPartial.Authority) + OidcSite.Prefix : options.PinnedIssuers[0];
        var settings = new IssuerSettingsFile(options.DataFolder);
        Tokens = new TokenIssuer(_keys, settings, options.Clock, Issuer);
        Jobs = new JobTokens(Tokens, Audit, baseAddress, options.Clock, log);

        _fetch = new IssuerFetch(new IssuerFetchOptions
        {
            ExtraTrust = ReadCertificates(options.TrustCaFile),
            AllowPlainLoopback = options.IssuerPolicy == IssuerPolicy.Relaxed,
            AllowPrivateAddresses = options.IssuerPolicy == IssuerPolicy.Relaxed || options.Listen.IsLoopback,
        });
        _issuers = new IssuerKeys(_fetch.Fetch, options.Clock, log);
        _issuers.Pin(issuer => IsOwn(issuer, Issuer()) || IsPinned(issuer, options.PinnedIssuers), () => _keys.Verifying);

        Outbound = new OutboundFederation(options.DataFolder, account => OutboundSite.IssuerOf(baseAddress(), account));
        Sts = new StsService(new StsParts(iam, _sessions, _issuers, Audit, access, options.Clock, log)
        {
            OutboundKeys = _outbound,
            Detailed = options.DetailedAudit ?? !options.PinnedIssuers.IsEmpty,
            Messages = new AuthorizationMessages(master),
            Outbound = Outbound,
        });
        Sites = [new OidcSite(Tokens, _keys, Jobs, new GitHubApi(settings, Tokens.PrefixOf, AdminToken.Of(options.DataFolder))), new OutboundSite(_outbound)];
    }

    public AuditLog Audit { get; }

    public StsService Sts { get; }

    /// <summary>Which accounts vend tokens to services outside; IAM switches it.</summary>
    public OutboundFederation Outbound { get; }

    /// <summary>Signs tokens for jobs and for <c>keyless token mint</c>.</summary>
    public TokenIssuer Tokens { get; }

    /// <summary>Where a runner registers its jobs.</summary>
    public JobTokens Jobs { get; }

    public IReadOnlyList<Site> Sites { get; }

    /// <summary>Fetches a host's top thumbprint, for providers created without one.</summary>
    public async ValueTask<string?> FindThumbprint(string issuer, CancellationToken cancellation) => await _fetch.FindThumbprint(issuer, cancellation);

    /// <summary>Session credentials, for the signature's verification.</summary>
    public CredentialLookup FindSession(string accessKeyId, string sessionToken, DateTimeOffset now) => _sessions.Open(accessKeyId, sessionToken, now) switch
    {
        OpenedSession.Valid valid => new CredentialLookup.Found(new Secret(valid.SecretAccessKey), new Caller.WithSession(valid.Session)),
        OpenedSession.Expired expired => new CredentialLookup.Expired(expired.Session.Expires),
        OpenedSession.Invalid invalid => new CredentialLookup.BadToken(invalid.Reason, Unreadable: !invalid.OfAnotherKey),
        _ => new CredentialLookup.Unknown($"no session of `{accessKeyId}` exists", "get new credentials"),
    };

    public async ValueTask DisposeAsync()
    {
        await Audit.DisposeAsync();
        _issuers.Dispose();
        _keys.Dispose();
        _outbound.Dispose();
        _sessions.Dispose();
    }

    private static bool IsPinned(string issuer, ImmutableArray<string> pinned)
    {
        foreach (var own in pinned)
        {
            if (IsOwn(issuer, own))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An issuer, or an enterprise's own below it.</summary>
    private static bool IsOwn(string issuer, string own) =>
        issuer == own || (issuer.Length > own.Length && issuer.StartsWith(own, StringComparison.Ordinal) && issuer[own.Length] == '/' && !issuer.AsSpan(own.Length + 1).Contains('/'));

    private static X509Certificate2Collection ReadCertificates(string? path)
    {
        var certificates = new X509Certificate2Collection();
        if (path is not null)
        {
            certificates.ImportFromPemFile(path);
            if (certificates.Count == 0)
            {
                throw new InvalidDataException($"`{path}` holds no certificate in PEM form");
            }
        }

        return certificates;
    }
}

/// <summary>The token for the issuer's REST paths, in a file of mode 0600 made at first start.</summary>
internal static class AdminToken
{
    private const string FileName = "github-token";

    public static string Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            var token = "keyless_" + System.Security.Cryptography.RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 36);
            PrivateFile.Create(path, System.Text.Encoding.ASCII.GetBytes(token + "\n"));
        }

        return File.ReadAllText(path).Trim();
    }
}
