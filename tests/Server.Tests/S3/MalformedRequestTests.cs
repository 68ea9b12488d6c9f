using System.Net.Sockets;
using System.Text;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.S3;

/// <summary>
/// What S3 refuses because the request is wrong, not because someone may not: nobody's access was decided, so there is no decision record,
/// and the server's log has cause and help.
/// </summary>
public sealed class MalformedRequestTests
{
    private const string Complete = "POST /site/m?uploadId=UPLOAD";
    private const string Lifecycle = "PUT /site?lifecycle=";

    /// <summary>Request line, body, header; then what the log says behind the code.</summary>
    private static readonly (string Line, string Body, (string, string)? Header, string Cause)[] Requests =
    [
        ("PUT /site?policy=", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow",}]}""", null,
            "MalformedPolicy: line 1, column 55 of the policy: a comma stands before the closing `}` (help: JSON has no trailing commas: remove it)"),
        ("PUT /site?policy=", "policy.json", null, "MalformedPolicy: the policy does not begin with `{`, but with `p` (help: send the JSON of the policy itself, not the name of a file: `--policy file://policy.json`)"),
        ("PUT /site?policy=", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"},{"Sid":"Other","Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::web/*"}]}""", null,
            "MalformedPolicy: statement `Other`: the resource `arn:aws:s3:::web/*` is not of this bucket, `site` (help: write `arn:aws:s3:::site`, or something below `arn:aws:s3:::site/`)"),
        ("PUT /site?policy=", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:GetObjects","Resource":"arn:aws:s3:::site/*"}}""", null,
            "MalformedPolicy: statement 1: `s3:GetObjects` matches no action of S3 (help: did you mean `s3:GetObject`?)"),
        ("PUT /site?policy=", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::site/*"}}""", null,
            "MalformedPolicy: statement 1: `s3:ListBucket` is about the bucket itself, and the statement's resources are objects (help: add the resource `arn:aws:s3:::site`)"),
        ("PUT /site?cors=", "<CORSConfiguration><CORSRule>", null, "MalformedXML: the XML is not well-formed at line 1, column 30"),
        ("PUT /site?cors=", "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>", null,
            "MalformedXML: a `<CORSRule>` has at least one `<AllowedMethod>` and one `<AllowedOrigin>`; the request has `<CORSRule>` with `<AllowedMethod>`"),
        ("PUT /site?cors=", "<CORSConfiguration><CORSRule><AllowedMethod>PATCH</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>", null,
            "InvalidRequest: an `<AllowedMethod>` is `PATCH`, none of `GET`, `PUT`, `POST`, `DELETE`, `HEAD` (help: "),
        (Lifecycle, "<LifecycleConfiguration><Rule><Status>On</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>", null,
            "MalformedXML: the `<Status>` of a rule is `Enabled` or `Disabled`; the request has `<Status>` with the text `On`"),
        (Lifecycle, "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter/></Rule></LifecycleConfiguration>", null,
            "InvalidRequest: the rule `old` does nothing: it has no `<Expiration>`, `<Transition>` or other action (help: "),
        ("PUT /site?website=", "<WebsiteConfiguration><IndexDocument><Suffix>a/b</Suffix></IndexDocument></WebsiteConfiguration>", null,
            "InvalidArgument: the `Suffix` of the `IndexDocument` is `a/b`, and it may have no `/`: it is the name of a file in every folder (help: write `index.html`)"),
        ("PUT /site/a", "x", ("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="), "BadDigest: `Content-MD5` is `AAAAAAAAAAAAAAAAAAAAAA==`, the bytes that arrived have `ndTkYSaMgDT1yFZOFVxnpg==` (help: "),
        ("PUT /site/a", "x", ("x-amz-checksum-crc32", "AAAAAA=="), "BadDigest: `x-amz-checksum-crc32` is `AAAAAA==`, of the bytes that arrived it is `jNwWgw==` (help: "),
        ("PUT /site/there", "x", ("If-None-Match", "*"), "PreconditionFailed: `If-None-Match` is `*`, and an object of that key is there already, ETag `9dd4e461268c8034f5c8564e155c67a6`"),
        ("PUT /site/there", "x", ("If-Match", "\"abc\""), "PreconditionFailed: `If-Match` is `\"abc\"`, and the object has the ETag `9dd4e461268c8034f5c8564e155c67a6`"),
        (Complete, "<CompleteMultipartUpload><Part><PartNumber>2</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>", null,
            "InvalidPart: part 2 of the list was not uploaded: those that were are 1 (help: "),
        (Complete, "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>", null,
            "InvalidPart: part 1 of the list has the ETag `9dd4e461268c8034f5c8564e155c67a6`, the list says `x` (help: "),
        ("GET /site/none", "", null, "NoSuchKey: `site` has no object `none` (help: see which it has: `aws s3 ls s3://site/ --recursive`)"),
        ("DELETE /site", "", null, "BucketNotEmpty: `site` still has objects (help: "),
    ];

    [Fact]
    public async Task The_log_says_what_is_wrong_with_a_request()
    {
        using var log = new StringWriter();
        var ids = new List<string>();
        await using (var server = await TestServer.Start(options => options with { Log = log }))
        {
            var root = server.Root;
            await Send("PUT /site", "");
            await Send("PUT /site/there", "x");
            var upload = (await Send("POST /site/m?uploads=", ""))["UploadId"]!;
            await Send($"PUT /site/m?partNumber=1&uploadId={upload}", "x");
            foreach (var (line, body, header, _) in Requests)
            {
                ids.Add((await Send(line.Replace("UPLOAD", upload, StringComparison.Ordinal), body, header)).RequestId!);
            }

            async Task<Answer> Send(string line, string body, (string Name, string Value)? header = null)
            {
                var (method, target) = (line.Split(' ')[0], line.Split(' ')[1]);
                var bytes = Encoding.UTF8.GetBytes(body);
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Server.BaseAddress, target));
                request.Content = body.Length == 0 && method is "GET" or "DELETE" ? null : new ByteArrayContent(bytes);
                if (header is { Name: "Content-MD5" } digest)
                {
                    request.Content!.Headers.TryAddWithoutValidation(digest.Name, digest.Value);
                    header = null;
                }

                root.Sign(request, "s3", bytes, header is { } more ? [more] : []);
                return await root.Send(request);
            }
        }

        var lines = log.ToString().Split('\n');
        for (var i = 0; i < Requests.Length; i++)
        {
            var line = Assert.Single(lines, line => line.Contains(ids[i], StringComparison.Ordinal));
            Assert.Contains(Requests[i].Cause, line, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// A client that waits for <c>100 Continue</c>, as boto3 does, sends no body after a refusal: were the connection kept, the first bytes
    /// of its next request would be taken for it.
    /// </summary>
    [Fact]
    public async Task A_refusal_before_the_body_ends_the_connection_of_who_waits_to_send_it()
    {
        await using var server = await TestServer.Start();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Server.BaseAddress.Host, server.Server.BaseAddress.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync("PUT /site/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var lines = new List<string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        Assert.StartsWith("HTTP/1.1 404 ", lines[0], StringComparison.Ordinal);
        Assert.Contains("Connection: close", lines);
    }
}
