using System.Diagnostics;
using Xunit;

namespace Keyless.Tests;

/// <summary>
/// The conformance corpus of IAM and STS against the real server: every case must agree in code, message and XML. What was recorded on
/// AWS, and the cases that its rules imply.
/// </summary>
public sealed class StsParityTests
{
    [Theory]
    [InlineData("sts-dev.jsonl")]
    [InlineData("sts-rules.jsonl")]
    public async Task Every_outcome_is_reproduced(string cases)
    {
        var python = await Python();
        Assert.SkipWhen(python is null && Environment.GetEnvironmentVariable("CI") is null, "needs Python with boto3 and cryptography: apt-get install python3-boto3 python3-cryptography");
        Assert.NotNull(python);

        var work = Directory.CreateTempSubdirectory("keyless-parity-").FullName;
        try
        {
            Assert.Contains("ca:", (await Run(python, [Tool, "--work-dir", work, "--prepare"])).Output, StringComparison.Ordinal);
            await using var server = await TestServer.Start(options => options with { TrustCaFile = Path.Combine(work, "ca.pem") });
            var (status, output) = await Run(
                python,
                [
                    Tool, "--work-dir", work, "--cases", TestData.PathOf("conformance/" + cases),
                    "--endpoint-url", server.Server.BaseAddress.ToString().TrimEnd('/'),
                    "--access-key", server.Server.Root.AccessKeyId, "--secret-key", server.Server.Root.Secret.Value,
                ]);
            Assert.True(status == 0, output);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string Tool => TestData.PathOf("conformance/sts_parity.py");

    /// <summary>The first Python that has what the tool needs; Debian's packages are for the system's own.</summary>
    private static async Task<string?> Python()
    {
        foreach (var candidate in new[] { "/usr/bin/python3", "python3" })
        {
            try
            {
                if ((await Run(candidate, ["-c", "import boto3, cryptography"])).Status == 0)
                {
                    return candidate;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // not installed
            }
        }

        return null;
    }

    private static async Task<(int Status, string Output)> Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
