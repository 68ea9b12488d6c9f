using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Keyless.Tests.Clients;

/// <summary>The unmodified AWS CLI: whatever version is on PATH, and Debian's version 2.</summary>
public sealed class AwsCliTests : IAsyncLifetime
{
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""";

    private TestServer _server = null!;
    private string _aws = "";

    public static TheoryData<string> Programs => ["aws", "/usr/bin/aws"];

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Create_read_update_and_delete_of_everything(string program)
    {
        _aws = program;
        Assert.SkipUnless(IsInstalled(program), $"`{program}` is not installed: apt-get install awscli");
        Assert.Equal(_server.Account, (await Aws("sts", "get-caller-identity")).GetProperty("Account").GetString());

        // A provider, its role with inline and managed policy, as the guide has them
        var provider = (await Aws("iam", "create-open-id-connect-provider", "--url", "https://token.actions.githubusercontent.com", "--client-id-list", "sts.amazonaws.com", "--thumbprint-list", new string('b', 40)))
            .GetProperty("OpenIDConnectProviderArn").GetString()!;
        Assert.Equal("token.actions.githubusercontent.com", (await Aws("iam", "get-open-id-connect-provider", "--open-id-connect-provider-arn", provider)).GetProperty("Url").GetString());
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"{{provider}}"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:o/r:ref:refs/heads/main"} } }]}""";
        await Aws("iam", "create-role", "--role-name", "deploy", "--assume-role-policy-document", trust, "--tags", "Key=team,Value=web stack");
        await Aws("iam", "put-role-policy", "--role-name", "deploy", "--policy-name", "inline", "--policy-document", Policy);
        var managed = (await Aws("iam", "create-policy", "--policy-name", "managed", "--policy-document", Policy, "--description", "reads")).GetProperty("Policy").GetProperty("Arn").GetString()!;
        await Aws("iam", "attach-role-policy", "--role-name", "deploy", "--policy-arn", managed);
        Assert.Equal(1, (await Aws("iam", "get-policy", "--policy-arn", managed)).GetProperty("Policy").GetProperty("AttachmentCount").GetInt32());
        Assert.Equal("deploy", (await Aws("iam", "list-entities-for-policy", "--policy-arn", managed)).GetProperty("PolicyRoles")[0].GetProperty("RoleName").GetString());
        await Aws("iam", "create-policy-version", "--policy-arn", managed, "--policy-document", Policy, "--set-as-default");
        Assert.Equal("v2", (await Aws("iam", "list-policy-versions", "--policy-arn", managed)).GetProperty("Versions")[0].GetProperty("VersionId").GetString());
        var document = (await Aws("iam", "get-policy-version", "--policy-arn", managed, "--version-id", "v1")).GetProperty("PolicyVersion").GetProperty("Document");
        Assert.Equal("s3:GetObject", document.GetProperty("Statement")[0].GetProperty("Action").GetString());
        await Aws("iam", "update-role", "--role-name", "deploy", "--max-session-duration", "7200");
        Assert.Equal(7200, (await Aws("iam", "get-role", "--role-name", "deploy")).GetProperty("Role").GetProperty("MaxSessionDuration").GetInt32());
        await Aws("iam", "update-assume-role-policy", "--role-name", "deploy", "--policy-document", Trust);
        Assert.Equal("managed", (await Aws("iam", "list-attached-role-policies", "--role-name", "deploy")).GetProperty("AttachedPolicies")[0].GetProperty("PolicyName").GetString());
        Assert.Equal("inline", (await Aws("iam", "list-role-policies", "--role-name", "deploy")).GetProperty("PolicyNames")[0].GetString());
        Assert.Equal("web stack", (await Aws("iam", "list-role-tags", "--role-name", "deploy")).GetProperty("Tags")[0].GetProperty("Value").GetString());

        // A user and its key
        await Aws("iam", "create-user", "--user-name", "bob");
        var key = (await Aws("iam", "create-access-key", "--user-name", "bob")).GetProperty("AccessKey").GetProperty("AccessKeyId").GetString()!;
        Assert.Equal(_server.Account, (await Aws("sts", "get-access-key-info", "--access-key-id", key)).GetProperty("Account").GetString());
        Assert.Equal("implicitDeny", (await Aws("iam", "simulate-principal-policy", "--policy-source-arn", $"arn:aws:iam::{_server.Account}:user/bob", "--action-names", "s3:GetObject"))
            .GetProperty("EvaluationResults")[0].GetProperty("EvalDecision").GetString());

        // An error is AWS's
        Assert.Contains("An error occurred (DeleteConflict) when calling the DeleteRole operation: Cannot delete entity, must detach all policies first.", await Fails("iam", "delete-role", "--role-name", "deploy"), StringComparison.Ordinal);

        // And everything goes again
        await Aws("iam", "delete-access-key", "--user-name", "bob", "--access-key-id", key);
        await Aws("iam", "delete-user", "--user-name", "bob");
        await Aws("iam", "detach-role-policy", "--role-name", "deploy", "--policy-arn", managed);
        await Aws("iam", "delete-role-policy", "--role-name", "deploy", "--policy-name", "inline");
        await Aws("iam", "delete-role", "--role-name", "deploy");
        await Aws("iam", "delete-policy-version", "--policy-arn", managed, "--version-id", "v1");
        await Aws("iam", "delete-policy", "--policy-arn", managed);
        await Aws("iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", provider);
        var summary = (await Aws("iam", "get-account-summary")).GetProperty("SummaryMap");
        Assert.Equal((0, 0, 0, 0), (Count(summary, "Roles"), Count(summary, "Users"), Count(summary, "Policies"), Count(summary, "Providers")));
    }

    private static int Count(JsonElement summary, string name) => summary.GetProperty(name).GetInt32();

    private async Task<JsonElement> Aws(params string[] arguments)
    {
        var (status, output, error) = await Run(arguments);
        Assert.True(status == 0, error);
        return output.Trim().Length == 0 ? default : JsonDocument.Parse(output).RootElement;
    }

    private async Task<string> Fails(params string[] arguments)
    {
        var (status, _, error) = await Run(arguments);
        Assert.NotEqual(0, status);
        return error;
    }

    private async Task<(int Status, string Output, string Error)> Run(string[] arguments)
    {
        // Versions before 1.29 and 2.13 know no endpoint variable.
        var start = new ProcessStartInfo(_aws, ["--endpoint-url", _server.Server.BaseAddress.ToString(), "--output", "json", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AWS_ACCESS_KEY_ID"] = _server.Server.Root.AccessKeyId;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = _server.Server.Root.Secret.Value;
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        start.Environment["AWS_PAGER"] = "";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment.Remove("AWS_ENDPOINT_URL");
        start.Environment.Remove("AWS_PROFILE");
        start.Environment.Remove("AWS_SESSION_TOKEN");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }

    private static bool IsInstalled(string program) =>
        program.Contains('/')
            ? File.Exists(program)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
