using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Server;
using Keyless.Server.CloudFormation;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.CloudFormation;

/// <summary>Templates against a real server, through its own pipeline.</summary>
public sealed class StacksTests : IAsyncLifetime
{
    private KeylessServer? _server;
    private Stacks? _stacks;

    public async ValueTask InitializeAsync()
    {
        var folder = TestFolder.New("keyless-stacks-");
        _server = await KeylessServer.StartAsync(
            new ServerOptions { DataFolder = folder, Listen = new Uri("http://127.0.0.1:0"), PinnedIssuers = ["https://token.actions.githubusercontent.com"] },
            TestContext.Current.CancellationToken);
        _stacks = _server.OpenStacks();
    }

    public async ValueTask DisposeAsync()
    {
        _stacks!.Dispose();
        await _server!.DisposeAsync();
    }

    [Fact]
    public async Task A_template_is_made_changed_and_removed()
    {
        var template = TestData.Read("cloudformation/ok/static-site.yaml");
        Assert.Equal("Create GitHub, Create Site, Create DeployRole, Create SitePolicy", await Apply(template));
        Assert.Equal("", await Apply(template));
        Assert.Equal("Update DeployRole", await Apply(template, ("Branch", "release")));
        Assert.Equal("Replace Site, Update DeployRole, Replace SitePolicy", await Apply(template, ("Branch", "release"), ("BucketName", "other-site")));
        Assert.Equal("Delete SitePolicy, Delete DeployRole, Delete Site, Delete GitHub", await Apply("Resources: {}"));
        Assert.Equal("Create GitHub, Create Site, Create DeployRole, Create SitePolicy", await Apply(template));
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        var request = new StackRequest("s", new SourceText("t.yaml", TestData.Read("cloudformation/ok/static-site.yaml"))) { PlanOnly = true };
        for (var time = 0; time < 2; time++)
        {
            var result = await _stacks!.Apply(request, TestContext.Current.CancellationToken);
            Assert.Equal(4, result.Changes.Length);
        }
    }

    [Fact]
    public async Task A_call_that_is_refused_is_explained_at_its_resource()
    {
        var result = await _stacks!.Apply(
            new StackRequest("s", new SourceText("t.yaml", "Resources:\n  Good:\n    Type: AWS::S3::Bucket\n    Properties: { BucketName: good-name }\n  Bad:\n    Type: AWS::S3::Bucket\n    Properties: { BucketName: Bad_Name }\n")),
            TestContext.Current.CancellationToken);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(new SourcePosition(5, 3), diagnostic.Start);
        Assert.Contains("`CreateBucket` answered InvalidBucketName", diagnostic.Message, StringComparison.Ordinal);
        Assert.Equal("mend the resource, then apply again; rolled back: `Good`", diagnostic.Help);
    }

    [Fact]
    public async Task A_policy_with_a_mistake_changes_nothing_and_points_into_the_template()
    {
        var template = TestData.Read("cloudformation/ok/static-site.yaml").Replace("Action: s3:PutObject", "Actoin: s3:PutObject", StringComparison.Ordinal);
        var result = await _stacks!.Apply(new StackRequest("s", new SourceText("t.yaml", template)), TestContext.Current.CancellationToken);
        Assert.True(result.Failed);
        Assert.Empty(result.Changes);
        Assert.Contains(result.Diagnostics, d => d.Start.Line == 48);
    }

    [Fact]
    public async Task A_template_goes_to_the_account_that_the_folder_has()
    {
        var options = new ServerOptions { DataFolder = TestFolder.New("keyless-account-"), Listen = new Uri("http://127.0.0.1:0") };
        await using (var first = await KeylessServer.StartAsync(options with { Accounts = ["210987654321"] }, TestContext.Current.CancellationToken))
        {
            var (running, stacks) = RunningServer.Of(options.DataFolder)!.Value;
            using (running)
            using (stacks)
            {
                var result = await stacks.Apply(
                    new StackRequest("s", new SourceText("t.yaml", "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: one-bucket}}}\nOutputs: {Account: {Value: !Ref AWS::AccountId}}")),
                    TestContext.Current.CancellationToken);
                Assert.False(result.Failed, TextRenderer.Render(result.Diagnostics));
                Assert.Equal("210987654321", Assert.Single(result.Outputs).Value);
            }
        }

        await using var again = await KeylessServer.StartAsync(options, TestContext.Current.CancellationToken);
        Assert.Equal("210987654321", again.Root.Account);
    }

    private async Task<string> Apply(string template, params (string Name, string Value)[] parameters)
    {
        var result = await _stacks!.Apply(
            new StackRequest("site", new SourceText("t.yaml", template)) { Parameters = parameters.ToImmutableDictionary(p => p.Name, p => p.Value) },
            TestContext.Current.CancellationToken);
        Assert.False(result.Failed, TextRenderer.Render(result.Diagnostics));
        return string.Join(", ", result.Changes.Select(c => $"{c.Kind} {c.LogicalId}"));
    }
}
