using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Keyless.Server.Aws;
using Xunit;

namespace Keyless.Tests.Aws;

/// <summary>Signature Version 4A over the wire: STS takes it, header and presigned; the others say that they do not.</summary>
public sealed class SignatureV4ATests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>The public keys that AWS publishes with its signers' test suite.</summary>
    [Theory]
    [InlineData("AKISORANDOMAASORANDOM", "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom", "15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb", "0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0")]
    [InlineData("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1", "865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518")]
    public void A_key_is_derived_as_AWS_derives_it(string accessKeyId, string secret, string x, string y)
    {
        using var key = SigV4A.Derive(accessKeyId, new Secret(secret));
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        Assert.Equal((x, y), (SignedClient.Hex(point.X!), SignedClient.Hex(point.Y!)));
    }

    [Fact]
    public async Task The_root_and_a_session_are_themselves()
    {
        Assert.Equal(_server.Account, (await Call())["Account"]);
        var root = _server.Server.Root;
        var session = await _server.Root.Sts("GetSessionToken");
        var answer = await Call(accessKeyId: session["AccessKeyId"], secret: session["SecretAccessKey"], token: session["SessionToken"]);
        Assert.Equal($"arn:aws:iam::{root.Account}:root", answer["Arn"]);
        Assert.Equal("InvalidClientTokenId", (await Call(accessKeyId: session["AccessKeyId"], secret: session["SecretAccessKey"])).Error);
    }

    [Fact]
    public async Task A_wrong_secret_is_told_what_should_have_been_signed()
    {
        var answer = await Call(secret: new string('x', 40));
        Assert.Equal((403, "SignatureDoesNotMatch"), (answer.Code, answer.Error));
        Assert.Contains("The String-to-Sign should have been\n'AWS4-ECDSA-P256-SHA256\n", answer.Message!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("x-amz-region-set:*\n", answer.Message.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "IncompleteSignature", "Authorization header requires existence of a 'X-Amz-Region-Set' header.")]
    [InlineData("unsigned", "SignatureDoesNotMatch", "'X-Amz-Region-Set' must be a 'SignedHeader' in the AWS Authorization.")]
    public async Task The_region_set_must_be_there_and_signed(string regions, string code, string message)
    {
        var answer = await Call(regions: regions);
        Assert.Equal((code, message), (answer.Error, answer.Message));
    }

    [Theory]
    [InlineData("us-east-1/sts", "IncompleteSignature", "Credential must have exactly 4 slash-delimited elements, e.g. keyid/date/service/term")]
    [InlineData("ec2", "SignatureDoesNotMatch", "Credential should be scoped to correct service")]
    [InlineData("iam", "IncompleteSignature", "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported here, only by STS")]
    public async Task Other_scopes_are_refused_by_name(string scope, string code, string message)
    {
        var answer = await Call(scope: scope);
        Assert.Equal(code, answer.Error);
        Assert.StartsWith(message, answer.Message);
    }

    [Fact]
    public async Task A_presigned_identity_works_until_it_expires()
    {
        Assert.Equal(_server.Account, (await Presigned(DateTimeOffset.UtcNow.AddSeconds(-30)))["Account"]);
        Assert.StartsWith("Signature expired: ", (await Presigned(DateTimeOffset.UtcNow.AddSeconds(-90))).Message);
        Assert.Equal("IncompleteSignature", (await Presigned(DateTimeOffset.UtcNow, regions: "")).Error);
    }

    /// <summary>S3 speaks version 4 alone, in the header and presigned, and says so in its own envelope and in the record.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S3_says_that_it_takes_version_4_alone(bool presigned)
    {
        var (root, time) = (_server.Server.Root, Time(DateTimeOffset.UtcNow));
        var scope = $"{time[..8]}/s3/aws4_request";
        var query = !presigned ? "" : "?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256"
            + $"&X-Amz-Credential={Uri.EscapeDataString($"{root.AccessKeyId}/{scope}")}&X-Amz-Date={time}&X-Amz-Expires=60&X-Amz-Region-Set=%2A&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Server.BaseAddress, "/pages/index.html" + query));
        if (!presigned)
        {
            var names = "host;x-amz-content-sha256;x-amz-date;x-amz-region-set";
            var canonical = $"GET\n/pages/index.html\n\nhost:{Host}\nx-amz-content-sha256:{Hash("")}\nx-amz-date:{time}\nx-amz-region-set:*\n\n{names}\n{Hash("")}";
            request.Headers.Add("X-Amz-Date", time);
            request.Headers.Add("X-Amz-Content-Sha256", Hash(""));
            request.Headers.Add("X-Amz-Region-Set", "*");
            request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-ECDSA-P256-SHA256 Credential={root.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={Sign(root.AccessKeyId, null, time, scope, canonical)}");
        }

        var answer = await _server.Root.Send(request);
        Assert.Equal((400, "InvalidRequest"), (answer.Code, answer.Error));
        Assert.StartsWith("Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported here, only by STS; sign with AWS4-HMAC-SHA256", answer.Message);
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(_server.Folder)!;
        Assert.Contains("Signature Version 4A", Keyless.Server.Audit.DecisionText.Render(reader.Find(answer.RequestId!)!).Split('\n')[0], StringComparison.Ordinal);
    }

    private async Task<Answer> Call(string? accessKeyId = null, string? secret = null, string? token = null, string regions = "*", string scope = "sts")
    {
        accessKeyId ??= _server.Server.Root.AccessKeyId;
        var body = scope == "iam" ? "Action=ListUsers&Version=2010-05-08" : "Action=GetCallerIdentity&Version=2011-06-15";
        var time = Time(DateTimeOffset.UtcNow);
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = Host, ["x-amz-date"] = time };
        if (regions is not ("" or "unsigned"))
        {
            headers["x-amz-region-set"] = regions;
        }

        if (token is not null)
        {
            headers["x-amz-security-token"] = token;
        }

        var names = string.Join(';', headers.Keys);
        var fullScope = $"{time[..8]}/{scope}/aws4_request";
        var canonical = $"POST\n/\n\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{Hash(body)}";
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Server.BaseAddress) { Content = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded") };
        foreach (var (name, value) in headers.Where(header => header.Key != "host"))
        {
            request.Headers.Add(name, value);
        }

        if (regions == "unsigned")
        {
            request.Headers.Add("x-amz-region-set", "*");
        }

        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-ECDSA-P256-SHA256 Credential={accessKeyId}/{fullScope}, SignedHeaders={names}, Signature={Sign(accessKeyId, secret, time, fullScope, canonical)}");
        return await _server.Root.Send(request);
    }

    private async Task<Answer> Presigned(DateTimeOffset at, string regions = "us-east-1")
    {
        var accessKeyId = _server.Server.Root.AccessKeyId;
        var time = Time(at);
        var scope = $"{time[..8]}/sts/aws4_request";
        var query = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256"
            + $"&X-Amz-Credential={Uri.EscapeDataString($"{accessKeyId}/{scope}")}&X-Amz-Date={time}&X-Amz-Expires=60&X-Amz-Region-Set={regions}&X-Amz-SignedHeaders=host";
        var canonical = $"GET\n/\n{query}\nhost:{Host}\n\nhost\n{Hash("")}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{_server.Server.BaseAddress}?{query}&X-Amz-Signature={Sign(accessKeyId, null, time, scope, canonical)}"));
        return await _server.Root.Send(request);
    }

    private string Host => $"{_server.Server.BaseAddress.Host}:{_server.Server.BaseAddress.Port}";

    private string Sign(string accessKeyId, string? secret, string time, string scope, string canonical)
    {
        using var key = SigV4A.Derive(accessKeyId, new Secret(secret ?? _server.Server.Root.Secret.Value));
        var text = $"AWS4-ECDSA-P256-SHA256\n{time}\n{scope}\n{Hash(canonical)}";
        return SignedClient.Hex(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Hash(string text) => SignedClient.Hex(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
