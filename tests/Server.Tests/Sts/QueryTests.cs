using System.Net;
using System.Text;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>The Query protocol at its edges, as recorded on AWS: what is no call at all, and values that are none.</summary>
public sealed class QueryTests : IAsyncLifetime
{
    private const string FaultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09";
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}""";
    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
    private const string RoleArn = "arn:aws:iam::123456789012:role/ci/work";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private TestServer _server = null!;
    private SignedClient[] _users = [];

    private SignedClient Ann => _users[0];

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.Start();
        _users = [await _server.User("ann", Everything)];
        await _server.Root.Iam("CreateRole", "RoleName", "work", "Path", "/ci/", "MaxSessionDuration", "43200", "AssumeRolePolicyDocument", Trust);
        await _server.Root.Iam("PutRolePolicy", "RoleName", "work", "PolicyName", "p", "PolicyDocument", Everything);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _server.DisposeAsync();
    }

    [Theory]
    [InlineData("Action=GetCallerIdentity", "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED")]
    [InlineData("Action=GetCallerIdentity&Version=", "Could not find operation GetCallerIdentity for version ")]
    [InlineData("Action=GetCallerIdentity&Version=2000-01-01", "Could not find operation GetCallerIdentity for version 2000-01-01")]
    [InlineData("Action=GetCallerIdentity&Version=2000-01-01&Version=2011-06-15", "Could not find operation GetCallerIdentity for version 2000-01-01")]
    [InlineData("Action=&Version=2011-06-15", "Could not find operation  for version 2011-06-15")]
    [InlineData("Action=Fly&Action=GetCallerIdentity&Version=2011-06-15", "Could not find operation Fly for version 2011-06-15")]
    public async Task What_names_no_operation_is_answered_by_the_front_end(string form, string message)
    {
        var answer = await Send(HttpMethod.Post, "/", form);
        Assert.Equal((400, "InvalidAction", message), (answer.Code, answer.Error, answer.Message));
        Assert.Contains($"xmlns=\"{FaultNamespace}\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/", "Version=2011-06-15", "https://aws.amazon.com/iam")]
    [InlineData("POST", "/", "", "https://aws.amazon.com/iam")]
    [InlineData("POST", "/", "action=GetCallerIdentity&Version=2011-06-15", "https://aws.amazon.com/iam")]
    [InlineData("GET", "/?Version=2011-06-15", null, "https://aws.amazon.com/iam?Version=2011-06-15")]
    public async Task Whoever_calls_nothing_is_sent_to_the_product_page(string method, string target, string? form, string location)
    {
        using var request = Request(new HttpMethod(method), target, form);
        _server.Root.Sign(request, "sts", Encoding.UTF8.GetBytes(form ?? ""));
        using var answer = await _http.SendAsync(request);
        Assert.Equal((HttpStatusCode.Redirect, location, ""), (answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_body_of_another_type_has_no_parameters()
    {
        using var request = Request(HttpMethod.Post, "/", "Action=GetCallerIdentity&Version=2011-06-15");
        request.Content!.Headers.ContentType = null;
        _server.Root.Sign(request, "sts", await request.Content.ReadAsByteArrayAsync());
        using var answer = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>AWS tells services apart by host; here the form does, and the service that it names judges the signature.</summary>
    [Theory]
    [InlineData("s3")]
    [InlineData("iam")]
    [InlineData("ec2")]
    public async Task A_call_that_is_signed_for_another_service_is_told_the_right_one(string service)
    {
        var answer = await _server.Root.Query(service, "2011-06-15", "GetCallerIdentity");
        Assert.Equal((403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'. "), (answer.Code, answer.Error, answer.Message));
    }

    /// <summary>Another service's client that was pointed here reads JSON, and is told whose call this is.</summary>
    [Fact]
    public async Task A_call_in_a_JSON_protocol_is_answered_in_JSON()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Server.BaseAddress) { Content = new StringContent("{}", Encoding.UTF8, "application/x-amz-json-1.1") };
        request.Headers.Add("X-Amz-Target", "TrentService.ListKeys");
        _server.Root.Sign(request, "kms", Encoding.UTF8.GetBytes("{}"));
        using var answer = await _http.SendAsync(request);
        var body = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((HttpStatusCode.NotFound, "UnknownOperationException"), (answer.StatusCode, body.GetProperty("__type").GetString()));
        Assert.Contains("`TrentService.ListKeys`, an operation of a service that is not here", body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    /// <summary>There are no SAML providers: AWS's answers in an account without one, to a call that is unsigned.</summary>
    [Theory]
    [InlineData("arn:aws:iam::123456789012:saml-provider/idp", "PHg+PC94Pg==", "InvalidIdentityToken", "Specified provider doesn't exist (Service: AWSOpenIdDiscoveryService; ", "`arn:aws:iam::123456789012:saml-provider/idp` does not exist")]
    [InlineData("arn:aws:iam::123456789012:saml-provider/idp", "<x></x>", "InvalidIdentityToken", "Invalid base64 SAMLResponse (Service: AWSOpenIdDiscoveryService; ", "no base64 text")]
    [InlineData("arn:aws:iam::123456789012:role/ci/work", "PHg+PC94Pg==", "ValidationError", "Request ARN is invalid", "where a role's ARN and a SAML provider's belong")]
    [InlineData("idp", "%$§", "ValidationError", "2 validation errors detected: Value 'idp' at 'principalArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value at 'sAMLAssertion' failed", "`PrincipalArn` is `idp`, which is no ARN; `SAMLAssertion` has 3 characters, at least 4 are required")]
    public async Task An_assertion_has_no_provider(string principal, string assertion, string code, string message, string cause)
    {
        var answer = await Send(HttpMethod.Post, "/", $"Action=AssumeRoleWithSAML&Version=2011-06-15&RoleArn={RoleArn}&PrincipalArn={principal}&SAMLAssertion={Uri.EscapeDataString(assertion)}");
        Assert.Equal((400, code), (answer.Code, answer.Error));
        Assert.StartsWith(message, answer.Message, StringComparison.Ordinal);
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(_server.Folder)!;
        var record = reader.Find(answer.RequestId!)!;
        Assert.Contains(cause, Keyless.Server.Audit.DecisionText.Render(record).Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain(assertion, record.Json, StringComparison.Ordinal);
    }

    /// <summary>The token is the credential: nothing of a signature is looked at.</summary>
    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/20200101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00")]
    public async Task A_web_identity_call_may_carry_any_signature(string authorization)
    {
        using var request = Request(HttpMethod.Post, "/", $"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={RoleArn}&RoleSessionName=session&WebIdentityToken=a.b.c");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.Add("X-Amz-Security-Token", "stray");
        var answer = await _server.Root.Send(request);
        Assert.Equal((400, "InvalidIdentityToken"), (answer.Code, answer.Error));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    public async Task An_exchange_is_a_GET_or_a_POST(string method)
    {
        using var request = Request(new HttpMethod(method), "/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15", null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("DurationSeconds", "", "MalformedInput", "missing value for decimal type")]
    [InlineData("DurationSeconds", "abc", "MalformedInput", null)]
    [InlineData("DurationSeconds", "900.0", "MalformedInput", null)]
    [InlineData("DurationSeconds", "2147483648", "MalformedInput", null)]
    [InlineData("DurationSeconds", "-2147483649", "MalformedInput", null)]
    [InlineData("DurationSeconds", "2147483647", "ValidationError", "1 validation error detected: Value '2147483647' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200")]
    [InlineData("DurationSeconds", "-1", "ValidationError", "1 validation error detected: Value '-1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900")]
    [InlineData("RoleSessionName", "!", "ValidationError", @"2 validation errors detected: Value '!' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*; Value '!' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2")]
    [InlineData("RoleSessionName", "😀", "ValidationError", @"2 validation errors detected: Value '😀' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*; Value '😀' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2")]
    [InlineData("RoleSessionName", null, "ValidationError", "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null")]
    [InlineData("RoleArn", null, "ValidationError", "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null")]
    [InlineData("RoleArn", "xxxxxxxxxxxxxxxxxxxx", "ValidationError", "xxxxxxxxxxxxxxxxxxxx is invalid")]
    [InlineData("RoleArn", "not-an-arn", "ValidationError", "1 validation error detected: Value 'not-an-arn' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20")]
    [InlineData("RoleArn", "", "ValidationError", @"2 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+; Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20")]
    [InlineData("ExternalId", "a", "ValidationError", "1 validation error detected: Value 'a' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2")]
    [InlineData("ExternalId", "a b", "ValidationError", @"1 validation error detected: Value 'a b' at 'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@:\/-]*")]
    [InlineData("SourceIdentity", "aws:x", "ValidationError", @"1 validation error detected: Value 'aws:x' at 'sourceIdentity' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*")]
    [InlineData("RoleArn", "arn:aws:iam::123456789012:role/ci/work-missing", "AccessDenied", "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/ci/work-missing")]
    public async Task AssumeRole_checks_each_parameter_as_AWS_does(string name, string? value, string code, string? message)
    {
        var answer = await Assume((name, value));
        Assert.Equal((code, message), (answer.Error, answer.Message));
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(_server.Folder)!;
        Assert.Contains($"\"errorCode\":\"{code}\"", reader.Find(answer.RequestId!)!.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lengths_are_counted_in_characters()
    {
        Assert.EndsWith(" is invalid", (await Assume(("RoleArn", new string('é', 2048)))).Message, StringComparison.Ordinal);
        Assert.EndsWith("Member must have length less than or equal to 2048", (await Assume(("RoleArn", new string('é', 2049)))).Message, StringComparison.Ordinal);
        var supplementary = string.Concat(Enumerable.Repeat("😀", 2048));
        Assert.StartsWith("1 validation error detected: ", (await Assume(("RoleArn", supplementary))).Message, StringComparison.Ordinal);
        Assert.StartsWith("2 validation errors detected: ", (await Assume(("RoleArn", supplementary + "😀"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DurationSeconds", "+900")]
    [InlineData("DurationSeconds", "0900")]
    [InlineData("DurationSeconds", "900", "DurationSeconds", "899")]
    [InlineData("RoleSessionName", "azAZ09_+=,.@-")]
    [InlineData("ExternalId", "azAZ09_+=,.@:/-")]
    [InlineData("Unknown", "value")]
    public async Task The_first_of_a_parameter_counts_and_unknown_ones_do_not(params string[] parameters) =>
        Assert.Equal(200, (await Assume([.. parameters.Chunk(2).Select(pair => (pair[0], (string?)pair[1]))])).Code);

    [Fact]
    public async Task Without_policies_and_tags_there_is_no_packed_size()
    {
        Assert.Equal(["AssumedRoleUser", "Credentials"], (await Assume()).Children("AssumeRoleResult"));
        Assert.Equal(["AssumedRoleUser", "Credentials", "SourceIdentity"], (await Assume(("SourceIdentity", new string('x', 256)))).Children("AssumeRoleResult"));
        Assert.Contains("PackedPolicySize", (await Assume(("Policy", Everything))).Children("AssumeRoleResult"));
        Assert.Contains("PackedPolicySize", (await Assume(("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b"))).Children("AssumeRoleResult"));
    }

    [Fact]
    public async Task A_chained_session_keeps_its_source_identity_and_gets_an_hour()
    {
        var first = await Assume(("SourceIdentity", "ann"));
        var session = _server.Client(first["AccessKeyId"]!, first["SecretAccessKey"]!, first["SessionToken"]);
        Assert.Equal("ann", (await Assume(session))["SourceIdentity"]);
        Assert.Equal("ann", (await Assume(session, ("SourceIdentity", "ann")))["SourceIdentity"]);
        var changed = await Assume(session, ("SourceIdentity", "bob"));
        Assert.Equal((400, "ValidationError", "The source identity is already set for this assume role session"), (changed.Code, changed.Error, changed.Message));

        // The bounds of the parameter, then the role's, then the chain's.
        Assert.Equal("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.", (await Assume(session, ("DurationSeconds", "3601"))).Message);
        await _server.Root.Iam("UpdateRole", "RoleName", "work", "MaxSessionDuration", "3600");
        Assert.Equal("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", (await Assume(session, ("DurationSeconds", "3601"))).Message);
        Assert.EndsWith("less than or equal to 43200", (await Assume(session, ("DurationSeconds", "43201"))).Message, StringComparison.Ordinal);
    }

    /// <summary>A form is signed with its own hash, whatever its header says of it.</summary>
    [Theory]
    [InlineData("UNSIGNED-PAYLOAD")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task The_payload_must_be_the_one_that_was_signed(string claimed)
    {
        using var request = Request(HttpMethod.Post, "/", "Action=GetCallerIdentity&Version=2011-06-15");
        var body = await request.Content!.ReadAsByteArrayAsync();
        SignClaiming(request, claimed);
        var answer = await _server.Root.Send(request);
        Assert.Equal((403, "SignatureDoesNotMatch"), (answer.Code, answer.Error));
        Assert.StartsWith("The request signature we calculated does not match the signature you provided.", answer.Message, StringComparison.Ordinal);
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(_server.Folder)!;
        var first = Keyless.Server.Audit.DecisionText.Render(reader.Find(answer.RequestId!)!).Split('\n')[0];
        Assert.Contains($"the signature covers one with `{claimed}`", first, StringComparison.Ordinal);
        Assert.Contains(SignedClient.Hex(System.Security.Cryptography.SHA256.HashData(body)), first, StringComparison.Ordinal);
    }

    /// <summary>What a stranger sends is answered as it is and kept as a line: neither the log nor the answer grows with it.</summary>
    [Fact]
    public async Task A_strangers_request_leaves_little_behind()
    {
        const string call = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=session&WebIdentityToken=a.b.c&RoleArn=";
        Assert.True((RecordOf(await Send(HttpMethod.Post, "/", call + new string('a', 1_000_000)))).Length < 8000);
        Assert.True((RecordOf(await Send(HttpMethod.Post, "/", "Action=AssumeRoleWithSAML&Version=2011-06-15&PrincipalArn=" + new string('a', 1_000_000)))).Length < 8000);
        Assert.True((RecordOf(await Send(HttpMethod.Post, "/", "Action=ListRoles&Version=2010-05-08&PathPrefix=" + new string('a', 1_000_000)))).Length < 8000);

        var many = await Send(HttpMethod.Post, "/", call + RoleArn + string.Concat(Enumerable.Range(1, 2000).Select(number => $"&PolicyArns.member.{number}.arn=x")));
        Assert.EndsWith("Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10", many.Message, StringComparison.Ordinal);
        Assert.Contains("the request has 2000 `PolicyArns`, at most 10 are allowed", RecordOf(many), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strangers_text_cannot_end_a_line()
    {
        var answer = await Send(HttpMethod.Post, "/", "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=session&WebIdentityToken=a.b.c&RoleArn=arn:aws:iam::123456789012:user/x%0Aallowed:%20yes");
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(_server.Folder)!;
        Assert.DoesNotContain("\nallowed", Keyless.Server.Audit.DecisionText.Render(reader.Find(answer.RequestId!)!), StringComparison.Ordinal);
    }

    /// <summary>The answer to a mismatch shows the canonical request, session token and all, to the caller alone.</summary>
    [Fact]
    public async Task A_session_token_is_in_no_record()
    {
        var session = await Assume();
        using var wrong = new SignedClient(_server.Server.BaseAddress, session["AccessKeyId"]!, "wrong", session["SessionToken"]);
        var answer = await wrong.Sts("GetCallerIdentity");
        Assert.Contains(session["SessionToken"]!, answer.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(session["SessionToken"]!, RecordOf(answer), StringComparison.Ordinal);
    }

    /// <summary>A signing key is kept by its scope: what may stand there is bounded.</summary>
    [Fact]
    public async Task A_region_is_a_short_word()
    {
        using var client = new SignedClient(_server.Server.BaseAddress, _server.Server.Root.AccessKeyId, _server.Server.Root.Secret.Value) { Region = new string('r', 65) };
        var answer = await client.Sts("GetCallerIdentity");
        Assert.Equal(("SignatureDoesNotMatch", "Credential should be scoped to a valid region. "), (answer.Error, answer.Message));
    }

    private string RecordOf(Keyless.Tests.Answer answer)
    {
        using var reader = Keyless.Server.Audit.AuditReader.OpenFolder(_server.Folder)!;
        return reader.Find(answer.RequestId!)!.Json;
    }

    private Task<Keyless.Tests.Answer> Assume(params (string Name, string? Value)[] parameters) => Assume(Ann, parameters);

    private static Task<Keyless.Tests.Answer> Assume(SignedClient client, params (string Name, string? Value)[] parameters)
    {
        var all = new List<(string Name, string? Value)> { ("RoleArn", RoleArn), ("RoleSessionName", "session") };
        all.RemoveAll(usual => parameters.Any(given => given.Name == usual.Name));
        all.AddRange(parameters);
        return client.Sts("AssumeRole", [.. all.Where(pair => pair.Value is not null).SelectMany(pair => new[] { pair.Name, pair.Value! })]);
    }

    private async Task<Keyless.Tests.Answer> Send(HttpMethod method, string target, string? form)
    {
        using var request = Request(method, target, form);
        return await _server.Root.Send(request);
    }

    private HttpRequestMessage Request(HttpMethod method, string target, string? form)
    {
        var request = new HttpRequestMessage(method, new Uri(_server.Server.BaseAddress, target));
        if (form is not null)
        {
            request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        return request;
    }

    /// <summary>Signs as a client that puts another payload's hash into the canonical request.</summary>
    private void SignClaiming(HttpRequestMessage request, string claimed)
    {
        var time = DateTimeOffset.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/us-east-1/sts/aws4_request";
        var canonical = $"POST\n/\n\nhost:{request.RequestUri!.Authority}\nx-amz-content-sha256:{claimed}\nx-amz-date:{time}\n\nhost;x-amz-content-sha256;x-amz-date\n{claimed}";
        var hash = SignedClient.Hex(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var signature = SignedClient.Hex(SignedClient.Hmac(_server.Root.Key(time[..8], "sts"), $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hash}"));
        request.Headers.Add("X-Amz-Date", time);
        request.Headers.Add("X-Amz-Content-Sha256", claimed);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={_server.Server.Root.AccessKeyId}/{scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}");
    }
}
