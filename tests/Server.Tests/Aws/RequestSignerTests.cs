using Keyless.Server.Aws;
using Xunit;

namespace Keyless.Tests.Aws;

public sealed class RequestSignerTests
{
    /// <summary>The example of the IAM User Guide, "Create a signed AWS API request", and of AWS's signing test suite.</summary>
    [Fact]
    public void The_documented_request_has_the_documented_signature() => Assert.Equal(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
        + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        new RequestSigner("AKIDEXAMPLE", new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), "us-east-1", "iam").Authorization(
            "GET",
            "/",
            "Action=ListUsers&Version=2010-05-08",
            [new("content-type", "application/x-www-form-urlencoded; charset=utf-8"), new("host", "iam.amazonaws.com"), new("x-amz-date", RequestSigner.Time(new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero)))],
            RequestSigner.Hash([])));
}
