using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.S3;
using Microsoft.AspNetCore.Http;

namespace Fuzz.Targets;

/// <summary><see cref="Payload"/>: an aws-chunked body ends in bounded time, with as many bytes as announced or with an error.</summary>
internal sealed class ChunkedPayload : Target
{
    private const int Announced = 11;

    public override IEnumerable<string> Seeds =>
    [
        "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n",
        "b;chunk-signature=00\r\nhello world\r\n0;chunk-signature=00\r\n\r\n",
        "0\r\n\r\n",
    ];

    public override IEnumerable<string> Words => ["\r\n", "\n", "0", "ffffffffffffffff", ";chunk-signature=", "x-amz-checksum-crc32:", ":", "7fffffff"];

    public override void Run(string input)
    {
        foreach (var mode in new[] { "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD" })
        {
            var http = new DefaultHttpContext();
            http.Request.Method = "PUT";
            http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(input));
            http.Request.Headers["x-amz-decoded-content-length"] = $"{Announced}";
            http.Request.Headers["x-amz-trailer"] = "x-amz-checksum-crc32";
            http.Request.Headers["x-amz-content-sha256"] = mode;
            var request = new QueryRequest(http, new RawTarget("/b/k", ""), DateTimeOffset.UnixEpoch, QueryParameters.Empty, default)
            {
                Signature = mode.Contains("AWS4", StringComparison.Ordinal)
                    ? new SignedWith("AKID", false, "us-east-1", "19700101/us-east-1/s3/aws4_request", DateTimeOffset.UnixEpoch, "19700101T000000Z", new byte[32], new string('0', 64), mode)
                    : null,
            };
            var (payload, refused) = Payload.Open(request);
            Promise(payload is null != refused is null, "there is a payload, or an error");
            using (payload)
            {
                if (payload is null)
                {
                    continue;
                }

                var (body, error) = payload.ReadAll(1 << 20, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                Promise(body is null != error is null, "it ends with bytes or an error");
                Promise(body is null || mode == "UNSIGNED-PAYLOAD" || body.Length == Announced, "as many bytes came as were announced");
                Promise(body is null || !mode.Contains("AWS4", StringComparison.Ordinal), "nobody signs without the key");
            }
        }
    }
}
