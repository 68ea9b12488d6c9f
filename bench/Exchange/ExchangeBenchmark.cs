using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Keyless.Language.Oidc;
using Keyless.Server;
using Keyless.Server.Secrets;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Bench.Exchange;

/// <summary>
/// The exchange (AssumeRoleWithWebIdentity, cached keys, durable audit) and the minting of tokens, each beside its floor: the same HTTP
/// server doing one RSA operation and nothing else. moto_server, where it is installed, is measured in the same run.
/// </summary>
internal static class ExchangeBenchmark
{
    private const string Account = "123456789012";
    private static readonly int[] Connections = [1, 16, 64];
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    /// <summary>The exchange alone, for a profiler: <c>./dev bench exchange profile SECONDS CONNECTIONS</c>.</summary>
    private const string ProfileOnly = "profile";

    private const string Trust = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
        "Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},
        "StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/site:*"}}}]}
        """;

    public static async Task<int> Run(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("keyless-bench-").FullName;
        try
        {
            Prepare(folder);
            await using var server = await KeylessServer.StartAsync(new ServerOptions { DataFolder = folder, Listen = new Uri("http://127.0.0.1:0"), PinnedIssuers = [IssuerUrl.GitHub], DetailedAudit = false });
            var at = new IPEndPoint(IPAddress.Loopback, server.BaseAddress.Port);
            var tokens = Enumerable.Range(0, 256).Select(i => server.Tokens.Tokens.Issue(Job(i), "sts.amazonaws.com").Token!).ToArray();
            var exchanges = tokens.Select(token => Post(
                $"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A{Account}%3Arole%2Fdeploy&RoleSessionName=GitHubActions&WebIdentityToken={token}&DurationSeconds=3600")).ToArray();
            using var job = server.Tokens.Jobs.Register(Job(0), new TokenAccessAnswer(Granted: true, "bench"));
            var mint = Encoding.ASCII.GetBytes($"GET {new Uri(job.RequestUrl).PathAndQuery}&audience=sts.amazonaws.com HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {job.RequestToken}\r\n\r\n");

            if (arguments is [ProfileOnly, var seconds, var many])
            {
                var time = TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture));
                Console.WriteLine(await Load.Run("AssumeRoleWithWebIdentity", at, exchanges, int.Parse(many, CultureInfo.InvariantCulture), time, inProcess: true));
                return 0;
            }

            await using var floor = await Floor();
            var floorAt = new IPEndPoint(IPAddress.Loopback, new Uri(floor.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port);
            // Compiled for good, caches filled, the log's file grown: then measured.
            await Load.Run("", floorAt, [Post("token=" + tokens[0])], 64, Time, inProcess: true);
            await Load.Run("", at, [.. exchanges, mint], 64, Time, inProcess: true);
            foreach (var connections in Connections)
            {
                var verify = await Load.Run("floor: Kestrel + one RSA verify", floorAt, [Post("token=" + tokens[0])], connections, Time, inProcess: true);
                var exchange = await Load.Run("AssumeRoleWithWebIdentity", at, exchanges, connections, Time, inProcess: true);
                var sign = await Load.Run("floor: Kestrel + one RSA signature", floorAt, [Encoding.ASCII.GetBytes("GET /sign HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")], connections, Time, inProcess: true);
                var minted = await Load.Run("token request", at, [mint], connections, Time, inProcess: true);
                Console.WriteLine(verify);
                Console.WriteLine($"{exchange}   = {exchange.CpuMicros / verify.CpuMicros:0.00} x the floor's CPU");
                Console.WriteLine(sign);
                Console.WriteLine($"{minted}   = {minted.CpuMicros / sign.CpuMicros:0.00} x the floor's CPU");
            }

            await Moto(exchanges[0]);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JobFacts Job(int index) => new() { Repository = "octo-org/site", OwnerId = "123456", RepositoryId = "456789", RunId = $"{10_000_000 + index}" };

    private static byte[] Post(string form) => Encoding.ASCII.GetBytes(
        $"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nUser-Agent: aws-sdk-js/3 configure-aws-credentials-for-github-actions\r\nContent-Length: {form.Length}\r\n\r\n{form}");

    /// <summary>State as an earlier server left it.</summary>
    private static void Prepare(string folder)
    {
        using var db = Db.Open(Path.Combine(folder, "keyless.db"), "Iam");
        new IamStore(db, MasterKey.OfFolder(folder)).Write(change =>
        {
            change.Put(new OidcProvider { Account = Account, Issuer = IssuerUrl.GitHub, ClientIds = ["sts.amazonaws.com"], CreatedAt = default });
            change.Put(new Role { Account = Account, Name = "deploy", Id = "AROAEXAMPLEEXAMPLEEXA", CreatedAt = default, TrustPolicy = new StoredPolicy(Trust) });
            return 0;
        });
    }

    private static async Task<WebApplication> Floor()
    {
        using var made = RSA.Create(2048);
        var rsa = RSA.Create(made.ExportParameters(includePrivateParameters: true));
        var hash = SHA256.HashData("floor"u8);
        var signature = rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var answer = new byte[1500];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var web = builder.Build();
        web.Run(async http =>
        {
            while (true)
            {
                var read = await http.Request.BodyReader.ReadAsync();
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            if (http.Request.Path == "/sign")
            {
                rsa.SignHash(hash, new byte[256], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }
            else
            {
                rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }

            http.Response.ContentLength = answer.Length;
            await http.Response.BodyWriter.WriteAsync(answer);
        });
        await web.StartAsync();
        return web;
    }

    /// <summary>The peer verifies no token and keeps no record; it is here for scale.</summary>
    private static async Task Moto(byte[] request)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Process? moto;
        try
        {
            moto = Process.Start(new ProcessStartInfo("sh", ["-c", "exec moto_server -p " + port + " >/dev/null 2>&1"]) { UseShellExecute = false });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("moto_server is not installed: not compared");
            return;
        }

        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
            var form = Encoding.ASCII.GetString(request);
            var body = form[(form.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            if (!await Answers(http, port, body, attempts: 60))
            {
                Console.WriteLine("moto_server does not start: not compared");
                return;
            }

            foreach (var connections in Connections)
            {
                var latencies = new System.Collections.Concurrent.ConcurrentBag<double>();
                var clock = Stopwatch.StartNew();
                await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
                {
                    while (clock.Elapsed < Time)
                    {
                        var start = Stopwatch.GetTimestamp();
                        if (!await Answers(http, port, body, attempts: 1))
                        {
                            // It drops connections under load; what it does not answer is not counted.
                            continue;
                        }

                        latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                }));
                var sorted = latencies.DefaultIfEmpty(Time.TotalMilliseconds).Order().ToArray();
                Console.WriteLine(new Measured("moto_server (verifies nothing)", connections, sorted.Length / clock.Elapsed.TotalSeconds, sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)], 0, 0));
            }
        }
        finally
        {
            moto!.Kill(entireProcessTree: true);
            moto.Dispose();
        }
    }

    private static async Task<bool> Answers(HttpClient http, int port, string body, int attempts)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/") { Content = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded") };
                request.Headers.Host = "sts.us-east-1.amazonaws.com";
                using var answer = await http.SendAsync(request);
                await answer.Content.ReadAsByteArrayAsync();
                return true;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(250);
            }
        }

        return false;
    }
}
