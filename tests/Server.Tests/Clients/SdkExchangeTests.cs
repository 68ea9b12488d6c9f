using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Server;
using Keyless.Server.CloudFormation;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Clients;

/// <summary>A job's token for credentials, through the AWS SDKs as published.</summary>
public sealed class SdkExchangeTests : IAsyncLifetime
{
    private const string RoleArn = "arn:aws:iam::123456789012:role/static-site-deploy";
    private KeylessServer? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await KeylessServer.StartAsync(new ServerOptions
        {
            DataFolder = TestFolder.New("keyless-sdk-"),
            Listen = new Uri("http://127.0.0.1:0"),
            PinnedIssuers = ["https://token.actions.githubusercontent.com"],
        });
        using var stacks = _server.OpenStacks();
        var applied = await stacks.Apply(new StackRequest("site", new SourceText("t.yaml", TestData.Read("cloudformation/ok/static-site.yaml"))));
        Assert.False(applied.Failed, TextRenderer.Render(applied.Diagnostics));
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    [Fact]
    public async Task The_AWS_SDK_for_NET()
    {
        var config = new AmazonSecurityTokenServiceConfig { ServiceURL = _server!.BaseAddress.ToString(), AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 };
        using var anonymous = new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), config);
        var exchanged = await anonymous.AssumeRoleWithWebIdentityAsync(
            new AssumeRoleWithWebIdentityRequest { RoleArn = RoleArn, RoleSessionName = "dotnet", WebIdentityToken = await Token() });
        Assert.Equal("repo:octo-org/octo-repo:ref:refs/heads/main", exchanged.SubjectFromWebIdentityToken);

        using var session = new AmazonSecurityTokenServiceClient(exchanged.Credentials, config);
        var caller = await session.GetCallerIdentityAsync(new GetCallerIdentityRequest());
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/static-site-deploy/dotnet", caller.Arn);

        var refused = await Assert.ThrowsAsync<AmazonSecurityTokenServiceException>(async () => await anonymous.AssumeRoleWithWebIdentityAsync(
            new AssumeRoleWithWebIdentityRequest { RoleArn = RoleArn, RoleSessionName = "dotnet", WebIdentityToken = await Token("refs/heads/other") }));
        Assert.Equal("AccessDenied", refused.ErrorCode);
        Assert.Equal("Not authorized to perform sts:AssumeRoleWithWebIdentity", refused.Message);
    }

    [Fact]
    public async Task The_AWS_SDK_for_JavaScript()
    {
        var clients = Path.Combine(TestData.Repository, "tests", "clients");
        Assert.SkipUnless(Directory.Exists(Path.Combine(clients, "node_modules")), "`npm ci` was not run in tests/clients");
        using var node = Process.Start(new ProcessStartInfo("node", ["exchange.mjs", RoleArn, await Token()])
        {
            WorkingDirectory = clients,
            UseShellExecute = false,
            RedirectStandardError = true,
            Environment =
            {
                ["AWS_ENDPOINT_URL"] = _server!.BaseAddress.ToString().TrimEnd('/'),
                ["AWS_ACCESS_KEY_ID"] = _server.Root.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = _server.Root.Secret.Value,
                ["AWS_EC2_METADATA_DISABLED"] = "true",
            },
        })!;
        var errors = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, errors);
    }

    /// <summary>A token over GitHub's request protocol, as a job gets it.</summary>
    private async Task<string> Token(string reference = "refs/heads/main")
    {
        var job = _server!.Tokens.Jobs.Register(new JobFacts { Repository = "octo-org/octo-repo", Ref = reference }, new TokenAccessAnswer(Granted: true, "id-token: write"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{job.RequestUrl}&audience=sts.amazonaws.com");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", job.RequestToken);
        using var answer = await http.SendAsync(request);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return body.RootElement.GetProperty("value").GetString()!;
    }
}
