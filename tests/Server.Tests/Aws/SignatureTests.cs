using System.Globalization;
using System.Text;
using Xunit;

namespace Keyless.Tests.Aws;

/// <summary>Signature Version 4 over the wire: what is accepted, and how each fault is answered.</summary>
public sealed class SignatureTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_unsigned_request_lacks_a_token()
    {
        using var request = Form("Action=GetCallerIdentity&Version=2011-06-15");
        var answer = await _server.Root.Send(request);
        Assert.Equal((403, "MissingAuthenticationToken", "Request is missing Authentication Token"), (answer.Code, answer.Error, answer.Message));
        Assert.Equal("Sender", answer["Type"]);
    }

    [Fact]
    public async Task A_wrong_secret_is_told_what_should_have_been_signed()
    {
        var answer = await _server.Client(_server.Server.Root.AccessKeyId, new string('x', 40)).Sts("GetCallerIdentity");
        Assert.Equal((403, "SignatureDoesNotMatch"), (answer.Code, answer.Error));
        Assert.StartsWith("The request signature we calculated does not match the signature you provided.", answer.Message);
        Assert.Contains("The Canonical String for this request should have been\n'POST\n/\n\nhost:127.0.0.1", answer.Message!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n", answer.Message.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Server.Root.Secret.Value, answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-299, null)]
    [InlineData(-310, "Signature expired: ")]
    [InlineData(299, null)]
    [InlineData(310, "Signature not yet current: ")]
    public async Task Five_minutes_are_allowed_either_way(int seconds, string? message)
    {
        using var client = new SignedClient(_server.Server.BaseAddress, _server.Server.Root.AccessKeyId, _server.Server.Root.Secret.Value)
        {
            Now = () => DateTimeOffset.UtcNow.AddSeconds(seconds),
        };
        var answer = await client.Sts("GetCallerIdentity");
        if (message is null)
        {
            Assert.Equal(200, answer.Code);
            return;
        }

        Assert.Equal("SignatureDoesNotMatch", answer.Error);
        Assert.StartsWith(message, answer.Message);
        Assert.EndsWith(seconds < 0 ? "- 5 min.)" : "+ 5 min.)", answer.Message);
    }

    [Fact]
    public async Task Any_region_will_do()
    {
        using var client = new SignedClient(_server.Server.BaseAddress, _server.Server.Root.AccessKeyId, _server.Server.Root.Secret.Value) { Region = "eu-north-7" };
        Assert.Equal(200, (await client.Sts("GetCallerIdentity")).Code);
    }

    [Fact]
    public async Task An_unknown_key_and_a_stray_session_token_are_invalid()
    {
        foreach (var client in new[]
        {
            _server.Client("AKIAIOSFODNN7EXAMPLE", "x"),
            _server.Client("ASIAIOSFODNN7EXAMPLE", "x"),
            _server.Client("ASIAIOSFODNN7EXAMPLE", "x", "garbage"),
            _server.Client(_server.Server.Root.AccessKeyId, _server.Server.Root.Secret.Value, "garbage"),
        })
        {
            var answer = await client.Sts("GetCallerIdentity");
            Assert.Equal((403, "InvalidClientTokenId", "The security token included in the request is invalid."), (answer.Code, answer.Error, answer.Message));
        }
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20300101/us-east-1/sts/aws4_request", "IncompleteSignature", "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/x/sts/aws4_request, SignedHeaders=host, Signature=00", "IncompleteSignature", "Credential must have exactly 5 slash-delimited elements")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20300101/us-east-1/sts/aws5, SignedHeaders=host, Signature=00", "SignatureDoesNotMatch", "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'.")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20300101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00", "SignatureDoesNotMatch", "Date in Credential scope does not match YYYYMMDD")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20300101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00", "SignatureDoesNotMatch", "Credential should be scoped to correct service")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=AKID/20300101/sts/aws4_request, SignedHeaders=host, Signature=00", "IncompleteSignature", "Authorization header requires existence of a 'X-Amz-Region-Set' header.")]
    [InlineData("AWS AKID:c2ln", "IncompleteSignature", "The authorization mechanism you have provided is not supported.")]
    public async Task A_malformed_header_is_answered_by_name(string authorization, string code, string message)
    {
        using var request = Form("Action=GetCallerIdentity&Version=2011-06-15");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.Add("X-Amz-Date", DateTimeOffset.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        var answer = await _server.Root.Send(request);
        Assert.Equal(code, answer.Error);
        Assert.StartsWith(message, answer.Message);
    }

    [Fact]
    public async Task A_presigned_identity_works_until_it_expires_and_signs_its_own_headers()
    {
        Assert.Equal(_server.Account, (await Presigned(60, DateTimeOffset.UtcNow.AddSeconds(-30)))["Account"]);
        var expired = await Presigned(60, DateTimeOffset.UtcNow.AddSeconds(-90));
        Assert.Equal("SignatureDoesNotMatch", expired.Error);
        Assert.StartsWith("Signature expired: ", expired.Message);
        var changed = await Presigned(60, DateTimeOffset.UtcNow, cluster: "another");
        Assert.Equal("SignatureDoesNotMatch", changed.Error);
    }

    [Fact]
    public async Task Unknown_actions_and_versions_are_named()
    {
        Assert.Equal(("InvalidAction", "Could not find operation Fly for version 2010-05-08"), await Refusal(_server.Root.Iam("Fly")));
        Assert.Equal(("InvalidAction", "Could not find operation GetUser for version 2011-06-15"), await Refusal(_server.Root.Query("iam", "2011-06-15", "GetUser")));
        using var garbled = Form("Action=%ZZ");
        Assert.Equal("MalformedInput", (await _server.Root.Send(garbled)).Error);
    }

    [Fact]
    public async Task A_body_changed_after_signing_is_refused()
    {
        using var request = Form("Action=ListUsers&Version=2010-05-08");
        _server.Root.Sign(request, "iam", Encoding.UTF8.GetBytes("Action=ListRoles&Version=2010-05-08"));
        Assert.Equal("SignatureDoesNotMatch", (await _server.Root.Send(request)).Error);
    }

    [Fact]
    public async Task A_refusal_is_in_the_audit_log_under_the_request_id_of_the_answer()
    {
        var user = await _server.User("bob", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}""");
        var denied = await user.Iam("ListRoles");
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(_server.Folder)!;
        var record = System.Text.Json.JsonDocument.Parse(reader.Find(denied.RequestId!)!.Json).RootElement;
        Assert.Equal("ListRoles", record.GetProperty("eventName").GetString());
        Assert.Equal("AccessDenied", record.GetProperty("errorCode").GetString());
        Assert.Contains("iam:ListRoles", record.GetProperty("decision").ToString(), StringComparison.Ordinal);
        var writes = reader.Query(new() { EventName = "CreateUser" });
        Assert.Equal("bob", System.Text.Json.JsonDocument.Parse(Assert.Single(writes).Json).RootElement.GetProperty("requestParameters").GetProperty("userName").GetString());
    }

    private async Task<Answer> Presigned(int seconds, DateTimeOffset at, string cluster = "prod")
    {
        var time = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/us-east-1/sts/aws4_request";
        var host = $"{_server.Server.BaseAddress.Host}:{_server.Server.BaseAddress.Port}";
        var query = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + $"&X-Amz-Credential={Uri.EscapeDataString($"{_server.Server.Root.AccessKeyId}/{scope}")}&X-Amz-Date={time}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders={Uri.EscapeDataString("host;x-k8s-aws-id")}";
        var canonical = $"GET\n/\n{query}\nhost:{host}\nx-k8s-aws-id:prod\n\nhost;x-k8s-aws-id\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{SignedClient.Hex(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = SignedClient.Hex(SignedClient.Hmac(_server.Root.Key(time[..8], "sts"), toSign));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{_server.Server.BaseAddress}?{query}&X-Amz-Signature={signature}"));
        request.Headers.Add("x-k8s-aws-id", cluster);
        return await _server.Root.Send(request);
    }

    private static async Task<(string?, string?)> Refusal(Task<Answer> call)
    {
        var answer = await call;
        return (answer.Error, answer.Message);
    }

    private HttpRequestMessage Form(string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _server.Server.BaseAddress) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        return request;
    }
}
