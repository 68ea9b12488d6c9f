using System.Diagnostics;
using Xunit;

namespace Server.Tests.S3;

/// <summary>Real clients, each with its script in <c>tests/clients</c>.</summary>
public sealed class ClientTests(S3Server s3) : IClassFixture<S3Server>
{
    private static readonly string Clients = Folder("tests/clients");

    /// <summary>Version 1 where it is on the path, version 2 as Debian installs it.</summary>
    [Theory]
    [InlineData("aws")]
    [InlineData("/usr/bin/aws")]
    public async Task The_AWS_CLI(string executable)
    {
        Assert.SkipUnless(Found(executable), $"`{executable}` is not installed");
        await Run("bash", "s3_cli.sh", executable);
    }

    [Theory]
    [InlineData("python3")]
    [InlineData("/usr/bin/python3")]
    public async Task Boto3(string executable)
    {
        Assert.SkipUnless(Found(executable) && await Exit(executable, "-c", "import boto3") == 0, $"`{executable}` has no boto3");
        await Run(executable, "s3_boto3.py");
    }

    [Fact]
    public async Task The_AWS_SDK_for_JavaScript()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Clients, "node_modules")), "`npm ci` was not run in tests/clients");
        await Run("node", "s3.mjs");
    }

    private static async Task<int> Exit(string executable, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(executable, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    private async Task Run(string executable, params string[] arguments)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = Clients,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["AWS_ENDPOINT_URL"] = s3.Address.ToString().TrimEnd('/'),
                ["AWS_ACCESS_KEY_ID"] = s3.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = s3.SecretAccessKey,
                ["AWS_REGION"] = "us-east-1",
                ["AWS_DEFAULT_REGION"] = "us-east-1",
                ["AWS_EC2_METADATA_DISABLED"] = "true",
                ["AWS_CONFIG_FILE"] = "/dev/null",
                ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
                ["AWS_PAGER"] = "",
            },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)} ended with {process.ExitCode}\n{await output}\n{await errors}");
    }

    private static bool Found(string executable) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, executable)));

    /// <summary>A folder of the repository that the tests were built from.</summary>
    private static string Folder(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Keyless.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository"), path);
    }
}
