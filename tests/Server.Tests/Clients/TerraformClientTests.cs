using System.Diagnostics;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Clients;

/// <summary>The real Terraform with the real AWS provider, from an empty account to an empty account.</summary>
public sealed class TerraformClientTests
{
    [Fact]
    public async Task Terraform_creates_changes_replaces_and_destroys_and_plans_nothing_in_between()
    {
        var configuration = Environment.GetEnvironmentVariable("KEYLESS_TERRAFORM");
        Assert.SkipWhen(string.IsNullOrEmpty(configuration), "`KEYLESS_TERRAFORM` names no CLI configuration that finds the AWS provider");
        await using var server = await TestServer.Start();
        var folder = Directory.CreateTempSubdirectory("keyless-terraform-").FullName;
        File.Copy(Path.Combine(TestData.Repository, "tests/clients/terraform/main.tf"), Path.Combine(folder, "main.tf"));

        await Run(0, "init");
        foreach (var version in (string[])["1", "2", "3"])
        {
            await Run(0, "apply", "-auto-approve", $"-var=v={version}");
            await Run(0, "plan", "-detailed-exitcode", $"-var=v={version}");
        }

        await Run(0, "destroy", "-auto-approve", "-var=v=3");
        Assert.Empty((await server.Root.Iam("ListRoles")).All("RoleName"));
        Directory.Delete(folder, recursive: true);

        async Task Run(int expected, params string[] arguments)
        {
            var start = new ProcessStartInfo("terraform", [.. arguments, "-no-color", "-input=false"])
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["TF_CLI_CONFIG_FILE"] = configuration,
                    ["CHECKPOINT_DISABLE"] = "1",
                    ["AWS_ENDPOINT_URL"] = server.Server.BaseAddress.ToString(),
                    ["AWS_ACCESS_KEY_ID"] = server.Server.Root.AccessKeyId,
                    ["AWS_SECRET_ACCESS_KEY"] = server.Server.Root.Secret.Value,
                },
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == expected, $"terraform {string.Join(' ', arguments)}: {process.ExitCode}\n{await errors}\n{await output}");
        }
    }
}
