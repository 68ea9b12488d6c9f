using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Keyless.Language.Oidc;
using Keyless.Server;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Iam;
using Keyless.Server.Storage;
using Keyless.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Server.Tests.Sts;

/// <summary>STS with an account, a provider and a role, without a network; the sandbox's issuer signs the tokens.</summary>
public sealed class Sandbox : IAsyncDisposable
{
    public const string Account = "123456789012";
    public const string ProviderArn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    public const string RoleArn = "arn:aws:iam::123456789012:role/deploy";
    public const string MainOnly = """
        {
          "Version": "2012-10-17",
          "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
              "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
              "StringLike": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" }
            }
          }]
        }
        """;

    // Keys take a tenth of a second each to make: every sandbox starts with a copy of the same.
    private static readonly Lazy<DirectoryInfo> Template = new(() =>
    {
        var folder = new DirectoryInfo(TestFolder.New("sandbox-keys-"));
        using var keys = new Keyless.Server.Oidc.SigningKeys(folder.FullName, Keyless.Server.Secrets.MasterKey.OfFolder(folder.FullName), new HeldClock());
        _ = keys.Current;
        return folder;
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sandbox-");
    private readonly Db _db;
    private readonly Pipeline _pipeline;

    /// <param name="issuer">Another issuer that the sandbox speaks for.</param>
    public Sandbox(string trust = MainOnly, bool? detailed = null, string issuer = IssuerUrl.GitHub)
    {
        foreach (var file in Template.Value.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(_folder.FullName, file.Name));
        }

        var options = new ServerOptions { DataFolder = _folder.FullName, PinnedIssuers = [IssuerUrl.GitHub, issuer], DetailedAudit = detailed, Clock = Clock };
        _db = Db.Open(Path.Combine(_folder.FullName, "keyless.db"), "Iam");
        var master = Keyless.Server.Secrets.MasterKey.OfFolder(_folder.FullName);
        Iam = new IamStore(_db, master);
        var access = new Access(Iam);
        Tokens = new TokenServices(options, master, Iam, access, () => new Uri("http://127.0.0.1:4599"), NullLogger.Instance);
        var roots = RootCredentials.OpenAll(options, [Account]);
        _pipeline = new Pipeline(new Router([Tokens.Sts], null), new SigV4(new KnownCredentials(roots, Iam, Tokens.FindSession).Find), access, Tokens.Audit, new Metrics(), Clock, NullLogger.Instance);
        Iam.Write(change =>
        {
            change.Put(new OidcProvider { Account = Account, Issuer = IssuerUrl.GitHub, ClientIds = ["sts.amazonaws.com"], CreatedAt = Clock.GetUtcNow() });
            change.Put(RoleWith(trust));
            return 0;
        });
    }

    public HeldClock Clock { get; } = new();

    public IamStore Iam { get; }

    public TokenServices Tokens { get; }

    public JobFacts Job { get; } = new() { Repository = "octo-org/site", OwnerId = "123456", RepositoryId = "456789" };

    public Role RoleWith(string trust, string name = "deploy", string account = Account) => new()
    {
        Account = account,
        Name = name,
        Id = "AROAEXAMPLEEXAMPLE" + name[..3].ToUpperInvariant(),
        CreatedAt = Clock.GetUtcNow(),
        TrustPolicy = new StoredPolicy(trust),
    };

    public void Put(Role role) => Iam.Write(change =>
    {
        change.Put(role);
        return 0;
    });

    public void Put(OidcProvider provider) => Iam.Write(change =>
    {
        change.Put(provider);
        return 0;
    });

    public void Remove(OidcProvider provider) => Iam.Write(change =>
    {
        change.Remove(provider);
        return 0;
    });

    public string Token(JobFacts? job = null, string? audience = "sts.amazonaws.com") => Tokens.Tokens.Issue(job ?? Job, audience).Token!;

    /// <summary>Any claims, signed as the pinned issuer signs.</summary>
    public string Sign(string claims) => Sign(Encoding.UTF8.GetBytes(claims));

    public string Sign(byte[] claims)
    {
        using var keys = Keys();
        return keys.Sign(claims);
    }

    public string KeyId
    {
        get
        {
            using var keys = Keys();
            return keys.Current.Id;
        }
    }

    public byte[] PublicKeyPem
    {
        get
        {
            using var keys = Keys();
            return Encoding.ASCII.GetBytes(keys.Current.Rsa.ExportSubjectPublicKeyInfoPem());
        }
    }

    public Task<Answer> Exchange(string token, params (string Name, string Value)[] parameters) => Post(
        [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"),
            .. parameters.Any(parameter => parameter.Name == "RoleArn") ? [] : new[] { ("RoleArn", RoleArn) },
            .. parameters.Any(parameter => parameter.Name == "RoleSessionName") ? [] : new[] { ("RoleSessionName", "GitHubActions") },
            ("WebIdentityToken", token),
            .. parameters,
        ]);

    public async Task<Answer> Post((string Name, string Value)[] parameters)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Path = "/";
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("sts.us-east-1.amazonaws.com");
        http.Request.ContentType = "application/x-www-form-urlencoded";
        var body = Encoding.UTF8.GetBytes(string.Join('&', parameters.Where(parameter => parameter.Value.Length > 0).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}")));
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        http.Response.Body = new MemoryStream();
        await _pipeline.Handle(http);
        var xml = XDocument.Parse(Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray()));
        using var reader = AuditReader.Open(Tokens.Audit.Source);
        var id = http.Response.Headers["x-amzn-RequestId"].ToString();
        return new Answer(http.Response.StatusCode, xml, reader.Find(id)!);
    }

    // The same keys, read from the folder as another process would.
    private Keyless.Server.Oidc.SigningKeys Keys()
    {
        Tokens.Tokens.Issue(Job, null);
        return new(_folder.FullName, Keyless.Server.Secrets.MasterKey.OfFolder(_folder.FullName), Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Tokens.DisposeAsync();
        _db.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>An answer and the decision that was recorded for it.</summary>
public sealed record Answer(int Status, XDocument Xml, StoredDecision Stored)
{
    public JsonElement Record { get; } = Stored is null ? default : JsonDocument.Parse(Stored.Json).RootElement;

    public string? Code => Value("Code");

    public string? Message => Value("Message");

    /// <summary>The first line of the decision.</summary>
    public string Summary => Record.GetProperty("decision").GetProperty("summary").GetString()!;

    public string? Help => Record.GetProperty("decision").TryGetProperty("help", out var help) ? help.GetString() : null;

    public string? Value(string element) => Xml.Descendants().FirstOrDefault(found => found.Name.LocalName == element)?.Value;
}
