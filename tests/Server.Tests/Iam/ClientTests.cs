using System.Diagnostics;
using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>boto3 and the AWS CLI, with their scripts in <c>tests/clients</c>.</summary>
public sealed class ClientTests
{
    [Theory]
    [InlineData("python3", "iam_model.py")]
    [InlineData("python3", "iam_boto3.py")]
    [InlineData("/usr/bin/python3", "iam_boto3.py")]
    public Task Boto3(string python, string script) => Passes(python, "boto3", script);

    [Theory]
    [InlineData("python3")]
    [InlineData("/usr/bin/python3")]
    public Task The_AWS_CLI(string python) => Passes(python, "awscli.clidriver", "iam_boto3.py", "cli");

    private static async Task Passes(string python, string package, string script, params string[] arguments)
    {
        Assert.SkipUnless(
            (await Run(python, [], "-c", $"import {package}, boto3")).Status == 0, $"`{python}` cannot import boto3 and {package}: apt-get install python3-boto3 awscli");
        await using var server = await TestServer.Start();
        var (status, output) = await Run(
            python,
            [
                new("AWS_ENDPOINT_URL", server.Server.BaseAddress.ToString().TrimEnd('/')),
                new("AWS_ACCESS_KEY_ID", server.Server.Root.AccessKeyId),
                new("AWS_SECRET_ACCESS_KEY", server.Server.Root.Secret.Value),
            ],
            [Path.Combine(TestData.Repository, "tests/clients", script), .. arguments]);
        Assert.True(status == 0, output);
    }

    private static async Task<(int Status, string Output)> Run(string program, KeyValuePair<string, string>[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment.Concat(
            [new("AWS_DEFAULT_REGION", "us-east-1"), new("AWS_EC2_METADATA_DISABLED", "true"), new("AWS_CONFIG_FILE", "/dev/null"), new("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")]))
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output + await error);
        }
        catch (System.ComponentModel.Win32Exception notInstalled)
        {
            return (-1, notInstalled.Message);
        }
    }
}
