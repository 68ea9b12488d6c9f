using Keyless.Server.Aws;
using Microsoft.AspNetCore.Http;

namespace Fuzz.Targets;

/// <summary><see cref="SigV4"/>: whatever stands in the header or query, nobody without the secret is somebody.</summary>
internal sealed class SignatureHeader : Target
{
    private static readonly SigV4 Signatures = new((_, _, _) => new CredentialLookup.Found(new Secret("secret"), new Caller.Root("123456789012")));

    public override IEnumerable<string> Seeds =>
    [
        "AWS4-HMAC-SHA256 Credential=AKID/19700101/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
        "AWS4-ECDSA-P256-SHA256 Credential=AKID/19700101/sts/aws4_request, SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=3006020101020101",
        "?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Credential=AKID%2F19700101%2Fsts%2Faws4_request&X-Amz-Date=19700101T000000Z&X-Amz-Region-Set=%2A&X-Amz-SignedHeaders=host&X-Amz-Signature=3006020101020101",
        "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F19700101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=19700101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00",
        "?AWSAccessKeyId=AKID&Signature=x&Expires=1",
    ];

    public override IEnumerable<string> Words => ["Credential=", "SignedHeaders=", "Signature=", "/", ";", ",", "aws4_request", "host", "%2F", "X-Amz-Expires=", "-1"];

    public override void Run(string input)
    {
        foreach (var rules in new SigningRules[] { new QuerySigning("sts"), new S3Signing() })
        {
            var http = new DefaultHttpContext();
            http.Request.Method = "GET";
            http.Request.Headers.Host = "localhost";
            http.Request.Headers["X-Amz-Date"] = "19700101T000000Z";
            http.Request.Headers["X-Amz-Region-Set"] = "*";
            if (!input.StartsWith('?'))
            {
                http.Request.Headers.Authorization = input;
            }

            var target = RawTarget.Parse("/" + input);
            var request = new QueryRequest(http, target, DateTimeOffset.UnixEpoch, QueryParameters.Empty, default);
            _ = new Router([], null).ByTarget(http, target);
            if (Signatures.Verify(request, rules, optional: true) is { } fault)
            {
                Promise(rules.Error(fault).Status is >= 400 and < 500, "a fault is the client's");
            }

            Promise(request.Caller is Caller.Anonymous, "nobody signs without the secret");
        }
    }
}
