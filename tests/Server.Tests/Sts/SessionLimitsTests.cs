using Amazon.Runtime;
using Amazon.S3;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>What each kind of temporary credentials may call, over the wire.</summary>
public sealed class SessionLimitsTests : IAsyncLifetime
{
    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}""";
    private const string RoleArn = "arn:aws:iam::123456789012:role/work";

    private TestServer _server = null!;

    // The server owns its clients.
    private SignedClient[] _users = [];

    private SignedClient Ann => _users[0];

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.Start();
        _users = [await _server.User("ann", Everything)];
        await _server.Root.Iam("CreateRole", "RoleName", "work", "MaxSessionDuration", "43200", "AssumeRolePolicyDocument", Trust);
        await _server.Root.Iam("PutRolePolicy", "RoleName", "work", "PolicyName", "p", "PolicyDocument", Everything);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>For each kind of credentials and operation the error; null where it is allowed.</summary>
    [Theory]
    [InlineData("user", "GetCallerIdentity", null)]
    [InlineData("user", "GetAccessKeyInfo", null)]
    [InlineData("user", "GetSessionToken", null)]
    [InlineData("user", "GetFederationToken", null)]
    [InlineData("user", "AssumeRole", null)]
    [InlineData("role", "GetCallerIdentity", null)]
    [InlineData("role", "GetAccessKeyInfo", null)]
    [InlineData("role", "AssumeRole", null)]
    [InlineData("role", "GetSessionToken", "Cannot call GetSessionToken with session credentials")]
    [InlineData("role", "GetFederationToken", "Cannot call GetFederationToken with session credentials")]
    [InlineData("session", "GetCallerIdentity", null)]
    [InlineData("session", "AssumeRole", null)]
    [InlineData("session", "GetAccessKeyInfo", "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sts:GetAccessKeyInfo")]
    [InlineData("session", "DecodeAuthorizationMessage", "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sts:DecodeAuthorizationMessage")]
    [InlineData("session", "GetWebIdentityToken", "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sts:GetWebIdentityToken")]
    [InlineData("session", "GetSessionToken", "Cannot call GetSessionToken with session credentials")]
    [InlineData("session", "GetFederationToken", "Cannot call GetFederationToken with session credentials")]
    [InlineData("federated", "GetCallerIdentity", null)]
    [InlineData("federated", "AssumeRole", "User: arn:aws:sts::123456789012:federated-user/bob is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/work")]
    [InlineData("federated", "GetAccessKeyInfo", "User: arn:aws:sts::123456789012:federated-user/bob is not authorized to perform: sts:GetAccessKeyInfo")]
    [InlineData("root", "AssumeRole", "Roles may not be assumed by root accounts.")]
    [InlineData("root", "GetSessionToken", null)]
    [InlineData("root", "GetFederationToken", null)]
    public async Task Each_kind_of_credentials_calls_what_it_may(string kind, string operation, string? message)
    {
        var answer = await (await Credentials(kind)).Sts(operation, operation switch
        {
            "AssumeRole" => ["RoleArn", RoleArn, "RoleSessionName", "next"],
            "GetAccessKeyInfo" => ["AccessKeyId", _server.Server.Root.AccessKeyId],
            "GetFederationToken" => ["Name", "bob"],
            "DecodeAuthorizationMessage" => ["EncodedMessage", "x"],
            "GetWebIdentityToken" => ["Audience.member.1", "a", "SigningAlgorithm", "RS256"],
            _ => [],
        });
        Assert.Equal((message is null ? null : "AccessDenied", message), (answer.Error, answer.Message));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("session")]
    [InlineData("root")]
    [InlineData("root session")]
    [InlineData("role")]
    [InlineData("federated")]
    [InlineData("federated by root")]
    public async Task Every_kind_of_credentials_has_the_permissions_it_was_given(string kind)
    {
        var (id, secret, token) = await Keys(kind);
        using var s3 = new AmazonS3Client(
            token is null ? new BasicAWSCredentials(id, secret) : new SessionAWSCredentials(id, secret, token),
            new AmazonS3Config { ServiceURL = _server.Server.BaseAddress.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });
        await s3.ListBucketsAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("3600", null)]
    [InlineData("3601", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")]
    public async Task A_chained_session_gets_an_hour(string seconds, string? message)
    {
        var answer = await (await Credentials("role")).Sts("AssumeRole", "RoleArn", RoleArn, "RoleSessionName", "next", "DurationSeconds", seconds);
        Assert.Equal(message, answer.Message);
        Assert.Null((await Ann.Sts("AssumeRole", "RoleArn", RoleArn, "RoleSessionName", "next", "DurationSeconds", seconds)).Error);
    }

    [Theory]
    [InlineData("InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.", "TransitiveTagKeys.member.1", "Team")]
    [InlineData("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", "Tags.member.1.Key", "a", "Tags.member.1.Value", "1", "Tags.member.2.Key", "A", "Tags.member.2.Value", "1")]
    [InlineData("AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.", "TokenCode", "123456")]
    [InlineData("AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.", "SerialNumber", "arn:aws:iam::123456789012:mfa/ann")]
    [InlineData("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", "SerialNumber", "arn:aws:iam::123456789012:mfa/ann", "TokenCode", "123456")]
    [InlineData("ValidationError", "ProvidedContexts are not supported: no context provider is known.", "ProvidedContexts.member.1.ProviderArn", "arn:aws:iam::aws:contextProvider/IdentityCenter", "ProvidedContexts.member.1.ContextAssertion", "eyJ")]
    [InlineData("ValidationError", "1 validation error detected: Value '1' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2", "ExternalId", "1")]
    public async Task AssumeRole_refuses_by_name(string code, string message, params string[] parameters)
    {
        var answer = await Ann.Sts("AssumeRole", ["RoleArn", RoleArn, "RoleSessionName", "next", .. parameters]);
        Assert.Equal((code, message), (answer.Error, answer.Message));
    }

    [Fact]
    public async Task A_transitive_tag_goes_on_and_cannot_be_changed()
    {
        string[] tagged = ["RoleArn", RoleArn, "RoleSessionName", "first", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue", "TransitiveTagKeys.member.1", "Team"];
        var first = await Ann.Sts("AssumeRole", tagged);
        var client = _server.Client(first["AccessKeyId"]!, first["SecretAccessKey"]!, first["SessionToken"]);
        Assert.Null((await client.Sts("AssumeRole", "RoleArn", RoleArn, "RoleSessionName", "second")).Error);
        Assert.Equal(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
            (await client.Sts("AssumeRole", tagged)).Message);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sts/")]
    public async Task A_form_is_taken_from_the_query_too(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Server.BaseAddress, path + "?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fwork&RoleSessionName=job&WebIdentityToken=none"));
        request.Headers.Host = "sts.eu-west-1.amazonaws.com";
        Assert.Equal("InvalidIdentityToken", (await Ann.Send(request)).Error);
    }

    private async Task<SignedClient> Credentials(string kind)
    {
        var (id, secret, token) = await Keys(kind);
        return _server.Client(id, secret, token);
    }

    private async Task<(string Id, string Secret, string? Token)> Keys(string kind)
    {
        if (kind == "root")
        {
            return (_server.Server.Root.AccessKeyId, _server.Server.Root.Secret.Value, null);
        }

        var answer = await (kind switch
        {
            "user" => _server.Root.Iam("CreateAccessKey", "UserName", "ann"),
            "role" => Ann.Sts("AssumeRole", "RoleArn", RoleArn, "RoleSessionName", "first"),
            "session" => Ann.Sts("GetSessionToken"),
            "root session" => _server.Root.Sts("GetSessionToken"),
            "federated by root" => _server.Root.Sts("GetFederationToken", "Name", "bob", "Policy", Everything),
            _ => Ann.Sts("GetFederationToken", "Name", "bob", "Policy", Everything),
        });
        Assert.Null(answer.Error);
        return (answer["AccessKeyId"]!, answer["SecretAccessKey"]!, answer["SessionToken"]);
    }
}
