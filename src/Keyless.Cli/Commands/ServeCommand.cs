using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Keyless.Language.Diagnostics;
using Keyless.Server;
using Keyless.Server.Aws;
using Keyless.Server.CloudFormation;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless serve</c>: issuer, IAM, STS and S3 on one listener, until SIGTERM or Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen") { Description = "Where to listen, URL; port 0 takes a free one", DefaultValueFactory = _ => "http://127.0.0.1:4599" };
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => DataFolder.DefaultName };
        var publicUrl = new Option<string?>("--public-url") { Description = "Where clients reach the server through a proxy, URL; its issuer is known by it; remembered" };
        var proxy = new Option<string[]>("--trusted-proxy") { Description = "The address of a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; may be repeated" };
        var stack = new Option<string[]>("--stack") { Description = "A CloudFormation template to apply before listening is announced; may be repeated" };
        var account = new Option<string[]>("--account") { Description = "An account that exists, twelve digits; the first is the default one; may be repeated" };
        var trustCa = new Option<string?>("--trust-ca") { Description = "Also trust the certificate authorities in this PEM file when fetching an issuer's keys" };
        var issuerPolicy = new Option<string>("--issuer-policy")
        {
            Description = "Which issuers a provider may name: aws, or relaxed for ports and for http on loopback too",
            DefaultValueFactory = _ => "aws",
        };
        issuerPolicy.AcceptOnlyFromAmong("aws", "relaxed");
        var auditDays = new Option<int>("--audit-days") { Description = "How many days the audit keeps a decision; 0 for ever", DefaultValueFactory = _ => 90 };
        var command = new Command("serve", "Run the server: issuer, IAM, STS, S3 and websites") { listen, publicUrl, proxy, data, stack, account, trustCa, issuerPolicy, auditDays };
        command.SetAction((parsed, cancellation) => Run(
            new Arguments(
                parsed.GetRequiredValue(listen), parsed.GetValue(publicUrl), parsed.GetValue(proxy) ?? [], parsed.GetRequiredValue(data), parsed.GetValue(stack) ?? [], parsed.GetValue(account) ?? [],
                parsed.GetValue(trustCa), parsed.GetRequiredValue(issuerPolicy), parsed.GetValue(auditDays)),
            cancellation));
        return command;
    }

    private static async Task<int> Run(Arguments arguments, CancellationToken cancellation)
    {
        if (Options(arguments, out var problem) is not { } options)
        {
            Terminal.Error.Problem(problem!);
            return ExitCode.Wrong;
        }

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        await using var server = await KeylessServer.StartAsync(options, cancellation);
        foreach (var file in arguments.Stacks)
        {
            if (!await Apply(server, file, cancellation))
            {
                return ExitCode.Wrong;
            }
        }

        var address = server.BaseAddress.ToString().TrimEnd('/');
        Terminal.Out.WriteLine($"keyless serves IAM, STS and S3 for account {server.Root.Account}; data in {arguments.Data}");
        Terminal.Out.WriteLine($"  AWS tools in this shell:  eval \"$(keyless env{(arguments.Data == DataFolder.DefaultName ? "" : " --data " + arguments.Data)})\"");
        Terminal.Out.WriteLine($"  websites of buckets:      {server.WebsiteUrl("BUCKET")}");
        if (options.PublicUrl is { } shown)
        {
            Terminal.Out.WriteLine($"  clients reach it at:      {shown.GetLeftPart(UriPartial.Authority)}");
        }

        Terminal.Out.WriteLine($"ready {address}");
        Terminal.Out.Writer.Flush();
        await stop.Task;
        Terminal.Out.WriteLine("stopping: no new connections, running requests end");
        return ExitCode.Done;
    }

    private static void Stop(PosixSignalContext signal, TaskCompletionSource stop)
    {
        // A second signal ends the process at once.
        signal.Cancel = stop.TrySetResult();
    }

    private static ServerOptions? Options(Arguments arguments, out string? problem)
    {
        problem = null;
        if (ListenAddress.Problem(arguments.Listen) is { } wrong)
        {
            problem = $"`--listen {arguments.Listen}` {wrong}";
            return null;
        }

        var listen = new Uri(arguments.Listen);
        if (arguments.PublicUrl is { } shown && ListenAddress.ProblemOfPublic(shown) is { } unreachable)
        {
            problem = $"`--public-url {shown}` {unreachable}";
            return null;
        }

        if (arguments.Proxies.FirstOrDefault(proxy => !IPAddress.TryParse(proxy, out _)) is { } unknown)
        {
            problem = $"`--trusted-proxy {unknown}` must be an IP address, such as 127.0.0.1";
            return null;
        }

        if (arguments.Accounts.FirstOrDefault(account => account.Length != 12 || !account.All(char.IsAsciiDigit)) is { } bad)
        {
            problem = $"`--account {bad}` is no account id: twelve digits, such as {ServerOptions.DefaultAccount}";
            return null;
        }

        if (arguments.AuditDays is < 0 or > 36_500)
        {
            problem = $"`--audit-days {arguments.AuditDays}` must be a number of days from 1 to 36500, or 0 to keep decisions for ever";
            return null;
        }

        if (arguments.TrustCa is { } ca && !File.Exists(ca))
        {
            problem = $"`--trust-ca {ca}` does not exist";
            return null;
        }

        var folder = new DataFolder(arguments.Data);
        var publicUrl = arguments.PublicUrl is null ? folder.PublicUrl : new Uri(arguments.PublicUrl);
        ImmutableArray<string> accounts = arguments.Accounts.Length > 0 ? [.. arguments.Accounts]
            : folder.Accounts.Count > 0 ? [.. folder.Accounts]
            : [ServerOptions.DefaultAccount];
        if (RootFromEnvironment(accounts[0], out problem) is var root && problem is not null)
        {
            return null;
        }

        var reachable = !ListenAddress.IsLoopback(listen) ? $"--listen {arguments.Listen}"
            : publicUrl is { IsLoopback: false } ? $"--public-url {publicUrl.GetLeftPart(UriPartial.Authority)}"
            : null;
        if (reachable is not null && Exposed(folder, root) is { } exposed)
        {
            problem = $"`{reachable}` is reachable from other machines, and {exposed}";
            return null;
        }

        return new ServerOptions
        {
            Listen = listen,
            PublicUrl = publicUrl,
            TrustedProxies = [.. arguments.Proxies.Select(IPAddress.Parse)],
            DataFolder = arguments.Data,
            Accounts = accounts,
            Root = root,
            TrustCaFile = arguments.TrustCa,
            IssuerPolicy = arguments.IssuerPolicy == "relaxed" ? IssuerPolicy.Relaxed : IssuerPolicy.Aws,
            PinnedIssuers = [.. folder.PinnedIssuers],
            AuditRetention = TimeSpan.FromDays(arguments.AuditDays),
            Log = Console.Error,
        };
    }

    /// <summary>The root credentials that a server was given; null for those of its data folder.</summary>
    internal static RootCredentials? RootFromEnvironment(string account, out string? problem)
    {
        var id = Environment.GetEnvironmentVariable("KEYLESS_ROOT_ACCESS_KEY_ID");
        var secret = Environment.GetEnvironmentVariable("KEYLESS_ROOT_SECRET_ACCESS_KEY");
        problem = string.IsNullOrEmpty(id) == string.IsNullOrEmpty(secret)
            ? null
            : "set both `KEYLESS_ROOT_ACCESS_KEY_ID` and `KEYLESS_ROOT_SECRET_ACCESS_KEY`, or neither";
        if (problem is not null || string.IsNullOrEmpty(id))
        {
            return null;
        }

        if (id.Length is < 4 or > 128 || !id.All(char.IsAsciiLetterOrDigit) || id.StartsWith("ASIA", StringComparison.Ordinal))
        {
            problem = "`KEYLESS_ROOT_ACCESS_KEY_ID` must be letters and digits, and not begin with ASIA, which marks temporary keys";
            return null;
        }

        return new RootCredentials(account, id, new Secret(secret!));
    }

    /// <summary>What must not be reachable from other machines; null when nothing is.</summary>
    private static string? Exposed(DataFolder folder, RootCredentials? root)
    {
        if (folder.PinnedIssuers.Count > 0)
        {
            return $"`{folder.Path}` is a sandbox: whoever holds its keys speaks for {string.Join(", ", folder.PinnedIssuers)}. Give a server a data folder of its own with `--data`";
        }

        return root is { Secret.Value.Length: < 20 } or { AccessKeyId: "AKIAIOSFODNN7EXAMPLE" }
            ? "its root credentials are examples or can be guessed. Unset `KEYLESS_ROOT_ACCESS_KEY_ID` to have random ones made, or set a secret of at least 20 characters"
            : null;
    }

    private static async Task<bool> Apply(KeylessServer server, string file, CancellationToken cancellation)
    {
        if (!InputFile.TryRead(file, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return false;
        }

        using var stacks = server.OpenStacks();
        var result = await stacks.Apply(new StackRequest(StackRequest.NameOf(file), source), cancellation);
        Terminal.Error.Write(TextRenderer.Render(result.Diagnostics));
        if (!result.Failed)
        {
            Terminal.Out.WriteLine($"stack {StackRequest.NameOf(file)}: {(result.Changes.IsEmpty ? "nothing to change" : $"{result.Changes.Length} changed")}");
        }

        return !result.Failed;
    }

    private sealed record Arguments(
        string Listen, string? PublicUrl, string[] Proxies, string Data, string[] Stacks, string[] Accounts, string? TrustCa, string IssuerPolicy, int AuditDays);
}
