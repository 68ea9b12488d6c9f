using Keyless.Runner;
using Keyless.Runner.Processes;
using Keyless.Server;
using Keyless.Tests;
using Xunit;

namespace Runner.Tests.Runs;

/// <summary>Real clients inside steps: the guide's one-liner, the toolkit, the published actions, AWS CLIs of every age.</summary>
public sealed class Clients
{
    private const string Template = """
        Resources:
          GitHub: {Type: "AWS::IAM::OIDCProvider", Properties: {Url: "https://token.actions.githubusercontent.com", ClientIdList: [sts.amazonaws.com]}}
          Role:
            Type: AWS::IAM::Role
            Properties:
              RoleName: deploy
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Principal: {Federated: !Ref GitHub}
                    Action: sts:AssumeRoleWithWebIdentity
                    Condition: {StringEquals: {"token.actions.githubusercontent.com:aud": sts.amazonaws.com, "token.actions.githubusercontent.com:sub": "repo:octo/demo:ref:refs/heads/main"}}
              Policies:
                - PolicyName: put
                  PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::demo-bucket/*"}]}
          Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: demo-bucket}}
        """;

    [Fact]
    public async Task The_guides_one_liner_gets_a_token()
    {
        Need("curl");
        var run = await RunAsync("""
            - run: |
                token=$(curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com")
                echo "$token" | grep -q '"value":"ey' && echo "R:token"
            """);
        Assert.True(run.Result.Succeeded, run.Text);
        Assert.Contains("R:token", run.Lines);
    }

    [Fact]
    public async Task The_toolkit_gets_a_token_and_masks_it()
    {
        Need("node");
        var modules = Path.Combine(TestData.Repository, "tests/clients/node_modules");
        Assert.SkipUnless(Directory.Exists(Path.Combine(modules, "@actions/core")), "tests/clients is not installed: ./dev test does it");
        var run = await RunAsync($$"""
            - run: |
                ln -s {{modules}} node_modules
                cat > token.mjs <<'JS'
                import * as core from '@actions/core';
                const token = await core.getIDToken('sts.amazonaws.com');
                const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
                console.log('R:' + claims.aud + ' ' + claims.sub);
                console.log('T:' + token);
                JS
                node token.mjs
            """);
        Assert.True(run.Result.Succeeded, run.Text);
        Assert.Contains("R:sts.amazonaws.com repo:octo/demo:ref:refs/heads/main", run.Lines);
        Assert.Contains("T:***", run.Lines);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    [InlineData("v3")]
    [InlineData("v4")]
    [InlineData("v5")]
    [InlineData("v6")]
    public async Task The_built_in_credentials_action_gives_what_each_version_gives(string version) => CheckCredentials(await RunAsync(CredentialSteps(version, "v4")), version);

    [Fact]
    public async Task Static_keys_are_exported_and_masked_and_bad_inputs_are_told_in_the_actions_words()
    {
        using var data = new TemporaryFolder();
        var root = RootCredentials.OpenAll(new ServerOptions { DataFolder = data.Path }, [ServerOptions.DefaultAccount])[0];
        var run = await RunAsync(
            """
            - id: keys
              uses: aws-actions/configure-aws-credentials@v6
              with: {aws-region: us-east-1, aws-access-key-id: "${{ secrets.KEY }}", aws-secret-access-key: "${{ secrets.SECRET }}"}
            - run: |
                echo "R:$AWS_ACCESS_KEY_ID"
                echo "R:$(echo '${{ steps.keys.outputs.aws-account-id }}' | rev)"
            - continue-on-error: true
              uses: aws-actions/configure-aws-credentials@v6
              with: {aws-region: US-EAST-1}
            - continue-on-error: true
              uses: aws-actions/configure-aws-credentials@v6
              with: {aws-region: us-east-1, role-to-assume: deploy, role-session-name: "a b"}
            - continue-on-error: true
              uses: aws-actions/configure-aws-credentials@v6
              with: {aws-region: us-east-1, aws-access-key-id: "${{ secrets.KEY }}", aws-secret-access-key: "${{ secrets.SECRET }}", role-to-assume: deploy, custom-tags: '{"Repository": "x"}'}
            """,
            o => o with { DataFolder = data.Path, Secrets = RunOptions.NoCase.Add("KEY", root.AccessKeyId).Add("SECRET", root.Secret.Value) });
        Assert.True(run.Result.Succeeded, run.Text);
        Assert.Contains("R:***", run.Lines);
        Assert.Contains("R:210987654321", run.Lines);
        Assert.Contains("Region is not valid: US-EAST-1", run.Text, StringComparison.Ordinal);
        Assert.Contains("Role session name is not valid: 'a b'", run.Text, StringComparison.Ordinal);
        Assert.Contains("custom-tags: key 'Repository' conflicts with a protected session tag", run.Text, StringComparison.Ordinal);
    }

    /// <summary>Give a folder of unpacked <c>owner/repo@ref</c> trees in <c>KEYLESS_ACTION_CACHE</c>.</summary>
    [Theory]
    [InlineData("v1", "v2")]
    [InlineData("v2", "v3")]
    [InlineData("v3", "v4")]
    [InlineData("v4", "v5")]
    [InlineData("v5", "v6")]
    [InlineData("v6", "v7")]
    public async Task The_published_actions_pass_against_the_sandbox(string version, string checkout)
    {
        Need("node");
        var cache = Environment.GetEnvironmentVariable("KEYLESS_ACTION_CACHE");
        Assert.SkipWhen(string.IsNullOrEmpty(cache), "KEYLESS_ACTION_CACHE names no folder of unpacked actions");
        Assert.SkipUnless(Directory.Exists(Path.Combine(cache!, $"aws-actions/configure-aws-credentials@{version}")), $"{version} is not in the cache");
        CheckCredentials(await RunAsync(CredentialSteps(version, checkout), o => o with { RealActions = true, ActionCache = cache }), version);
    }

    [Theory]
    [InlineData("env -u HTTPS_PROXY aws")]
    [InlineData("env -u AWS_ENDPOINT_URL aws")]
    [InlineData("env -u AWS_ENDPOINT_URL /usr/bin/aws")]
    public async Task The_AWS_CLI_reaches_the_sandbox_by_variables_and_through_the_proxy(string aws)
    {
        Need(aws.Split(' ')[^1]);
        var run = await RunAsync(CredentialSteps("v4", "v4") + "\n" + $"""
            - run: |
                {aws} sts get-caller-identity --query Arn --output text
                {aws} s3 cp index.html s3://demo-bucket/index.html && echo "R:copied"
            """);
        Assert.True(run.Result.Succeeded, run.Text);
        Assert.Contains("arn:aws:sts::123456789012:assumed-role/deploy/GitHubActions", run.Lines);
        Assert.Contains("R:copied", run.Lines);
        Assert.Equal(
            aws.Contains("ENDPOINT", StringComparison.Ordinal),
            run.Events.OfType<RunEvent.Line>().Any(line => line.Text.StartsWith("the run's proxy answered for", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_job_without_the_permission_has_no_request_variables_and_no_step_has_our_node_options()
    {
        var run = await RunAsync(
            """
            - run: echo "R:[$ACTIONS_ID_TOKEN_REQUEST_URL][$ACTIONS_ID_TOKEN_REQUEST_TOKEN][$NODE_OPTIONS][$AWS_PROFILE]"
            """, permissions: "{contents: read}");
        Assert.Contains("R:[][][][]", run.Lines);
    }

    [Fact]
    public async Task Jobs_that_run_side_by_side_each_tell_their_own_refusal()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".github/workflows/w.yml", $"""
            on: push
            permissions: {"{id-token: write}"}
            jobs:
              good:
                runs-on: x
                steps:
                  - run: sleep 0.2
                  - uses: aws-actions/configure-aws-credentials@v4
                    with: {"{role-to-assume: \"arn:aws:iam::123456789012:role/deploy\", aws-region: eu-west-1}"}
                  - run: sleep 1
              bad:
                runs-on: x
                environment: prod
                steps:
                  - run: sleep 0.4
                  - uses: aws-actions/configure-aws-credentials@v4
                    with: {"{role-to-assume: \"arn:aws:iam::123456789012:role/deploy\", aws-region: eu-west-1}"}
            """);
        var run = await CollectedRun.Of(new RunOptions
        {
            Folder = folder.Path,
            DataFolder = Path.Combine(folder.Path, ".keyless"),
            Repository = "octo/demo",
            Ref = "refs/heads/main",
            Stack = folder.Write("stack.yaml", Template),
        });
        var told = run.Events.OfType<RunEvent.Decided>().Where(decided => decided.Decision.EventName == "AssumeRoleWithWebIdentity").ToDictionary(decided => decided.Job, decided => decided.Decision.Allowed);
        Assert.Equal(new Dictionary<string, bool> { ["good"] = true, ["bad"] = false }, told);
    }

    private static string CredentialSteps(string version, string checkout) => $$$"""
        - uses: actions/checkout@{{{checkout}}}
        - uses: aws-actions/configure-aws-credentials@{{{version}}}
          id: aws
          with: {role-to-assume: "arn:aws:iam::123456789012:role/deploy", aws-region: eu-west-1}
        - run: |
            test -f index.html
            echo "R:region $AWS_REGION $AWS_DEFAULT_REGION"
            echo "R:key $AWS_ACCESS_KEY_ID secret $AWS_SECRET_ACCESS_KEY token $AWS_SESSION_TOKEN"
            echo "R:account $(echo '${{ steps.aws.outputs.aws-account-id }}' | rev)"
            echo "R:arn ${{ steps.aws.outputs.authenticated-arn }}"
        """;

    private static void CheckCredentials(CollectedRun run, string version)
    {
        Assert.True(run.Result.Succeeded, run.Text);
        Assert.Contains("R:region eu-west-1 eu-west-1", run.Lines);
        Assert.Contains("R:key *** secret *** token ***", run.Lines);
        Assert.Contains("R:account 210987654321", run.Lines);
        Assert.Contains(version is "v1" or "v2" or "v3" ? "R:arn " : "R:arn arn:aws:sts::123456789012:assumed-role/deploy/GitHubActions", run.Lines);
        var decisions = run.Result.Runs[0].Decisions;
        Assert.Single(decisions, decision => decision is { EventName: "AssumeRoleWithWebIdentity", Allowed: true });
    }

    private static async Task<CollectedRun> RunAsync(string steps, Func<RunOptions, RunOptions>? change = null, string permissions = "{id-token: write, contents: read}")
    {
        using var folder = new TemporaryFolder();
        folder.Write(".github/workflows/w.yml", $"on: push\npermissions: {permissions}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      {steps.Replace("\n", "\n      ", StringComparison.Ordinal)}\n");
        folder.Write("index.html", "<p>hello</p>\n");
        var options = new RunOptions
        {
            Folder = folder.Path,
            DataFolder = Path.Combine(folder.Path, ".keyless"),
            Repository = "octo/demo",
            Ref = "refs/heads/main",
            Stack = folder.Write("stack.yaml", Template),
        };
        return await CollectedRun.Of(change?.Invoke(options) ?? options);
    }

    private static void Need(string program) =>
        Assert.SkipWhen(Programs.Find(program, Environment.GetEnvironmentVariable("PATH")) is null, $"{program} is not installed");
}
