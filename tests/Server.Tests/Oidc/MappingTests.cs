using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Keyless.Language.Oidc;
using Keyless.Server.Oidc;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Oidc;

/// <summary>Mapping rules from the settings file to the object in S3: claims become tags, tags become the session's, policies ask for them.</summary>
public sealed class MappingTests
{
    private const string Settings = """
        {
          "mapping": {
            "tags": { "Repository": "{repository}", "Team": "{repo_property_team}" },
            "transitive_tag_keys": ["Repository"],
            "source_identity": "{actor}",
            "roles": ["arn:aws:iam::123456789012:role/{environment}"]
          }
        }
        """;

    private const string Trust = """
        { "Version": "2012-10-17", "Statement": {
          "Effect": "Allow",
          "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
          "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
          "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:octo-org/*" }, "StringEquals": { "sts:SourceIdentity": "octocat" } } } }
        """;

    private const string Permissions = """
        { "Version": "2012-10-17", "Statement": {
          "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::sites/${aws:PrincipalTag/Repository}/*" } }
        """;

    [Fact]
    public async Task A_tag_of_the_token_opens_the_repositorys_own_folder_and_no_other()
    {
        await using var server = await TestServer.Start(options => options with { PinnedIssuers = [IssuerUrl.GitHub] });
        await File.WriteAllTextAsync(Path.Combine(server.Folder, IssuerSettingsFile.FileName), Settings, TestContext.Current.CancellationToken);
        await server.Root.Iam("CreateOpenIDConnectProvider", "Url", IssuerUrl.GitHub, "ClientIDList.member.1", "sts.amazonaws.com");
        foreach (var name in (string[])["deploy", "other"])
        {
            Assert.Equal(200, (await server.Root.Iam("CreateRole", "RoleName", name, "AssumeRolePolicyDocument", Trust)).Code);
            Assert.Equal(200, (await server.Root.Iam("PutRolePolicy", "RoleName", name, "PolicyName", "sites", "PolicyDocument", Permissions)).Code);
        }

        using var root = S3(server, new BasicAWSCredentials(server.Server.Root.AccessKeyId, server.Server.Root.Secret.Value));
        await root.PutBucketAsync("sites", TestContext.Current.CancellationToken);

        var token = await Token(server, new JobFacts { Repository = "octo-org/site", Environment = "deploy" });
        var answer = await server.Root.Sts("AssumeRoleWithWebIdentity", "RoleArn", "arn:aws:iam::123456789012:role/deploy", "RoleSessionName", "session", "WebIdentityToken", token);
        Assert.True(answer.Code == 200, answer.Body);
        Assert.Equal("octocat", answer["SourceIdentity"]);
        using var session = S3(server, new SessionAWSCredentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]));
        await session.PutObjectAsync(new PutObjectRequest { BucketName = "sites", Key = "octo-org/site/index.html", ContentBody = "x" }, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<AmazonS3Exception>(() =>
            session.PutObjectAsync(new PutObjectRequest { BucketName = "sites", Key = "octo-org/shop/index.html", ContentBody = "x" }, TestContext.Current.CancellationToken));
        Assert.Equal("AccessDenied", refused.ErrorCode);

        // The roles claim keeps the token from a role that would trust it.
        var other = await server.Root.Sts("AssumeRoleWithWebIdentity", "RoleArn", "arn:aws:iam::123456789012:role/other", "RoleSessionName", "session", "WebIdentityToken", token);
        Assert.NotEqual(200, other.Code);
    }

    private static AmazonS3Client S3(TestServer server, AWSCredentials credentials) =>
        new(credentials, new AmazonS3Config { ServiceURL = server.Server.BaseAddress.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });

    private static async Task<string> Token(TestServer server, JobFacts facts)
    {
        using var job = server.Server.Tokens.Jobs.Register(facts, new TokenAccessAnswer(Granted: true, "id-token: write"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{job.RequestUrl}&audience=sts.amazonaws.com");
        request.Headers.TryAddWithoutValidation("Authorization", "bearer " + job.RequestToken);
        using var answer = await http.SendAsync(request);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(body.RootElement.TryGetProperty("value", out var value), body.RootElement.GetRawText());
        return value.GetString()!;
    }
}
