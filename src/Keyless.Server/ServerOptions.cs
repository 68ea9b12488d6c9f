using System.Collections.Immutable;
using System.Net;

namespace Keyless.Server;

/// <summary>How a server is to run. <c>keyless serve</c> fills it from its options, the sandbox of <c>keyless run</c> and tests directly.</summary>
public sealed record ServerOptions
{
    public const string DefaultAccount = "123456789012";

    /// <summary>Where <c>keyless serve</c> listens when it is not told.</summary>
    public static readonly Uri DefaultAddress = new("http://127.0.0.1:4599");

    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public Uri Listen { get; init; } = DefaultAddress;

    /// <summary>Where clients reach the server, when a proxy stands before it: the start of its issuer's URL. Null for what the
    /// data folder remembers, else where it listens.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: <c>aws:SourceIp</c> and <c>aws:SecureTransport</c> follow them.</summary>
    public ImmutableArray<IPAddress> TrustedProxies { get; init; } = [];

    /// <summary>Holds everything the server keeps; made when absent.</summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// The accounts that exist, the first is the default one. Each has root credentials. Empty for those the data folder has, and
    /// <see cref="DefaultAccount"/> in a new one.
    /// </summary>
    public ImmutableArray<string> Accounts { get; init; } = [];

    /// <summary>The default account's root credentials; null to use those of the data folder, made at first start.</summary>
    public RootCredentials? Root { get; init; }

    /// <summary>Also trusted when fetching an issuer's documents: a PEM file.</summary>
    public string? TrustCaFile { get; init; }

    public IssuerPolicy IssuerPolicy { get; init; } = IssuerPolicy.Aws;

    /// <summary>
    /// Issuer URLs whose keys are this server's own: the sandbox speaks for GitHub locally. A server pins nothing.
    /// </summary>
    public ImmutableArray<string> PinnedIssuers { get; init; } = [];

    /// <summary>Where log lines go, one per refusal; null for nowhere.</summary>
    public TextWriter? Log { get; init; }

    /// <summary>Whether the audit keeps every check of what was allowed too; null for a sandbox only. Refusals are always kept whole.</summary>
    public bool? DetailedAudit { get; init; }

    /// <summary>How long the audit keeps a decision; zero for ever. CloudTrail's event history has 90 days.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(90);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>Which URLs an OIDC provider may have.</summary>
public enum IssuerPolicy
{
    /// <summary>As on AWS: https without a port.</summary>
    Aws,

    /// <summary>Also with a port, and http on loopback: for development.</summary>
    Relaxed,
}
