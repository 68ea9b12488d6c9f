using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Clients;

/// <summary>Octokit and the GitHub CLI against the REST paths that customise tokens.</summary>
public sealed class GitHubClientTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Octokit_and_the_GitHub_CLI_customise_subjects(bool withCli)
    {
        var clients = Path.Combine(TestData.Repository, "tests", "clients");
        Assert.SkipUnless(Directory.Exists(Path.Combine(clients, "node_modules", "@octokit")), "`npm ci` was not run in tests/clients");
        Assert.SkipUnless(!withCli || File.Exists("/usr/bin/gh"), "`gh` is not installed");
        await using var server = await TestServer.Start();
        var token = (await File.ReadAllTextAsync(Path.Combine(server.Folder, "github-token"), TestContext.Current.CancellationToken)).Trim();
        string[] front = withCli ? WriteCertificate(server.Folder) : [];
        using var node = Process.Start(new ProcessStartInfo("node", ["github.mjs", server.Server.BaseAddress.ToString().TrimEnd('/'), token, .. front])
        {
            WorkingDirectory = clients,
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        var errors = await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, errors);
    }

    /// <summary>For 127.0.0.1: the CLI speaks https only.</summary>
    private static string[] WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
        string[] files = [Path.Combine(folder, "front.pem"), Path.Combine(folder, "front.key")];
        File.WriteAllText(files[0], certificate.ExportCertificatePem());
        File.WriteAllText(files[1], key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
