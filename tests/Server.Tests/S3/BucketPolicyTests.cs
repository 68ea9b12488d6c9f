using System.Text;
using Keyless.Server.S3;
using Xunit;

namespace Server.Tests.S3;

public sealed class BucketPolicyTests
{
    [Theory]
    [InlineData("", "Policies must be valid JSON and the first byte must be '{'")]
    [InlineData(" {}", "Policies must be valid JSON and the first byte must be '{'")]
    [InlineData("{", "Policies must be valid JSON and the first byte must be '{'")]
    [InlineData("{\"Version\":\"2012-10-17\"}", "Missing required field Statement")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b-b/*\"}]}", "Missing required field Principal")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\"}]}", "Missing required field Resource")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"bob\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b-b/*\"}]}", "Invalid principal in policy")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::other/*\"}]}", "Policy has invalid resource")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b-b\"}]}", "Action does not apply to any resource(s) in statement")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:ListBucket\",\"Resource\":\"arn:aws:s3:::b-b/*\"}]}", "Action does not apply to any resource(s) in statement")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:Frobnicate\",\"Resource\":\"arn:aws:s3:::b-b/*\"}]}", "Policy has invalid action")]
    public void A_bad_policy_is_refused_as_AWS_does(string json, string message)
    {
        var error = BucketPolicy.Parse(Encoding.UTF8.GetBytes(json), "b-b").Error;
        Assert.Equal(("MalformedPolicy", 400, message), (error?.Code, error!.Status, error.Message));
    }

    [Fact]
    public void A_policy_past_20_KB_is_too_large() =>
        Assert.Equal("PolicyTooLarge", BucketPolicy.Parse(new byte[BucketPolicy.MaxSize + 1], "b").Error?.Code);

    [Theory]
    [InlineData("\"*\"", null, true)]
    [InlineData("{\"AWS\":\"*\"}", null, true)]
    [InlineData("{\"AWS\":\"123456789012\"}", null, false)]
    [InlineData("\"*\"", "{\"StringEquals\":{\"aws:SourceVpc\":\"vpc-1\"}}", false)]
    [InlineData("\"*\"", "{\"StringLike\":{\"aws:SourceVpc\":\"vpc-*\"}}", true)]
    [InlineData("\"*\"", "{\"StringEquals\":{\"aws:SourceArn\":\"${aws:x}\"}}", true)]
    [InlineData("\"*\"", "{\"StringEqualsIfExists\":{\"aws:SourceVpc\":\"vpc-1\"}}", true)]
    [InlineData("\"*\"", "{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}", false)]
    [InlineData("\"*\"", "{\"IpAddress\":{\"aws:SourceIp\":\"0.0.0.0/1\"}}", true)]
    [InlineData("\"*\"", "{\"Bool\":{\"aws:SecureTransport\":\"true\"}}", true)]
    public void Public_is_what_is_not_limited_to_fixed_values(string principal, string? condition, bool isPublic)
    {
        var json = $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{{principal}},"Action":"s3:GetObject",
            "Resource":"arn:aws:s3:::b-b/*"{{(condition is null ? "" : ",\"Condition\":" + condition)}}}]}
            """;
        var policy = BucketPolicy.Parse(Encoding.UTF8.GetBytes(json), "b-b");
        Assert.Null(policy.Error?.Message);
        Assert.Equal(isPublic, policy.Value!.IsPublic);
    }
}
