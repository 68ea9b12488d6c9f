using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace EndToEnd;

/// <summary><c>keyless serve</c> and <c>keyless env</c> as a user runs them.</summary>
public sealed partial class ServeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keyless-serve-").FullName;

    [Fact]
    public async Task It_says_when_it_is_ready_env_finds_it_and_SIGTERM_ends_it()
    {
        using var server = Start("serve", "--listen", "http://127.0.0.1:0");
        var address = await Ready(server);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri(address, "/_keyless/health")));
        Assert.Equal("ready\n", await http.GetStringAsync(new Uri(address, "/_keyless/ready")));

        var env = await Product.Run(_folder, "env");
        Assert.Equal(0, env.ExitCode);
        Assert.Contains($"export AWS_ENDPOINT_URL='{address.ToString().TrimEnd('/')}'", env.Output, StringComparison.Ordinal);
        Assert.Matches("export AWS_ACCESS_KEY_ID='AKIA[A-Z2-7]{16}'", env.Output);

        // A second one on the same folder would not see what the first one does.
        var second = await Product.Run(_folder, "serve", "--listen", "http://127.0.0.1:0");
        Assert.Equal(2, second.ExitCode);
        Assert.Contains($"`.keyless` is in use by the server at {address}", second.Error, StringComparison.Ordinal);

        // Nor can two share a port: one line says so.
        var samePort = await Product.Run(_folder, "serve", "--listen", address.ToString(), "--data", "other");
        Assert.Equal(2, samePort.ExitCode);
        Assert.Contains("address already in use", Assert.Single(samePort.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);

        // 192.0.2.0/24 is for documentation: no machine has an address of it.
        var elsewhere = await Product.Run(_folder, "serve", "--listen", "http://192.0.2.1:4599", "--data", "other");
        Assert.Equal(2, elsewhere.ExitCode);
        Assert.StartsWith("keyless: cannot listen on http://192.0.2.1:4599/", Assert.Single(elsewhere.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);

        Assert.Contains("keyless_requests_total", await http.GetStringAsync(new Uri(address, "/_keyless/metrics")), StringComparison.Ordinal);
        using (var stop = Process.Start("kill", ["-TERM", $"{server.Id}"]))
        {
            await stop.WaitForExitAsync();
        }

        await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, server.ExitCode);
        Assert.Equal(1, (await Product.Run(_folder, "env")).ExitCode);
    }

    [Fact]
    public async Task Secrets_in_the_data_folder_are_the_owners_alone()
    {
        using var server = Start("serve", "--listen", "http://127.0.0.1:0");
        await Ready(server);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, ".keyless"), "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) is not "lock")
            {
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead));
            }
        }

        server.Kill();
        await server.WaitForExitAsync();
    }

    [Theory]
    [InlineData("master.key", "keyless.db` was written under another master key: restore `master.key` beside it")]
    [InlineData("keyless.db", "`.keyless/keyless.db` cannot be used, SQLite says \"file is not a database\": restore the data folder from a backup")]
    [InlineData("audit.db", "`.keyless/audit.db` cannot be used, SQLite says \"file is not a database\"")]
    [InlineData("s3.db", "`.keyless/s3.db` cannot be used, SQLite says \"file is not a database\"")]
    [InlineData("credentials", "`.keyless/credentials` must have `aws_access_key_id` and `aws_secret_access_key`")]
    [InlineData("accounts", "`.keyless/accounts` must hold account ids of twelve digits, one a line, and has `damaged damaged")]
    public async Task A_damaged_data_folder_is_not_served(string file, string message)
    {
        using (var server = Start("serve", "--listen", "http://127.0.0.1:0"))
        {
            await Ready(server);
            server.Kill();
            await server.WaitForExitAsync();
        }

        var path = Path.Combine(_folder, ".keyless", file);
        File.Delete(path + "-wal");
        await File.WriteAllTextAsync(path, file == "master.key" ? new string('x', 32) : string.Concat(Enumerable.Repeat("damaged ", 200)));
        var outcome = await Product.Run(_folder, "serve", "--listen", "http://127.0.0.1:0");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, Assert.Single(outcome.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("`--listen https://127.0.0.1:1` must be an http URL", "serve", "--listen", "https://127.0.0.1:1")]
    [InlineData("`--listen http://127.0.0.1:1/path` must be scheme, host and port alone", "serve", "--listen", "http://127.0.0.1:1/path")]
    [InlineData("`nosuch.example` has no address", "serve", "--listen", "http://nosuch.example:4599")]
    [InlineData("`/dev/null` cannot be the data folder: it is a file", "serve", "--listen", "http://127.0.0.1:0", "--data", "/dev/null")]
    [InlineData("`--public-url https://keyless.example.com/x` must be scheme, host and port alone", "serve", "--public-url", "https://keyless.example.com/x")]
    [InlineData("`--trusted-proxy proxy` must be an IP address", "serve", "--trusted-proxy", "proxy")]
    [InlineData("`--account 12` is no account id", "serve", "--account", "12")]
    [InlineData("`--trust-ca missing.pem` does not exist", "serve", "--trust-ca", "missing.pem")]
    [InlineData("`missing.yaml`", "serve", "--listen", "http://127.0.0.1:0", "--stack", "missing.yaml")]
    [InlineData("`.keyless` holds no Keyless state", "env")]
    public async Task A_wrong_call_is_answered_in_one_sentence(string message, params string[] arguments)
    {
        var outcome = await Product.Run(_folder, arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sandbox_and_guessable_credentials_are_not_exposed()
    {
        var guessable = Product.Start(_folder, "serve", "--listen", "http://0.0.0.0:0");
        guessable.Environment["KEYLESS_ROOT_ACCESS_KEY_ID"] = "test";
        guessable.Environment["KEYLESS_ROOT_SECRET_ACCESS_KEY"] = "test";
        var refused = await Product.Run(guessable);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("its root credentials are examples or can be guessed", refused.Error, StringComparison.Ordinal);

        var sandbox = Directory.CreateDirectory(Path.Combine(_folder, ".keyless")).FullName;
        await File.WriteAllTextAsync(Path.Combine(sandbox, "accounts"), "123456789012\n");
        await File.WriteAllTextAsync(Path.Combine(sandbox, "pinned-issuers"), "https://token.actions.githubusercontent.com\n");
        foreach (var (option, url) in ((string, string)[])[("--listen", "http://0.0.0.0:0"), ("--public-url", "https://keyless.example.com")])
        {
            refused = await Product.Run(_folder, "serve", option, url);
            Assert.Equal(2, refused.ExitCode);
            Assert.StartsWith($"keyless: `{option} {url}` is reachable from other machines, and `.keyless` is a sandbox: whoever holds its keys speaks for https://token.actions", refused.Error, StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Process Start(params string[] arguments) => Process.Start(Product.Start(_folder, arguments))!;

    private static async Task<Uri> Ready(Process server)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await server.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (ReadyLine().Match(line) is { Success: true } match)
            {
                return new Uri(match.Groups["address"].Value);
            }
        }

        throw new InvalidOperationException(await server.StandardError.ReadToEndAsync(limit.Token));
    }

    [GeneratedRegex("^ready (?<address>http://.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
