using System.Globalization;

namespace Keyless.Server.Aws;

/// <summary>Signing rules and errors of S3. S3 API Reference, "List of error codes".</summary>
public sealed class S3Signing : SigningRules
{
    public override string Service => "s3";

    public override bool PathAsSent => true;

    public override TimeSpan Skew => TimeSpan.FromMinutes(15);

    protected override AwsError Wire(SignatureFault fault) => fault switch
    {
        SignatureFault.Missing => new("AccessDenied", 403, "Access Denied"),
        SignatureFault.Incomplete { ByQuery: true } incomplete => new("AuthorizationQueryParametersError", 400, incomplete.What),
        SignatureFault.Incomplete { What: "Missing required header for this request: x-amz-content-sha256" } incomplete =>
            new AwsError("InvalidRequest", 400, incomplete.What),
        SignatureFault.Incomplete incomplete => new("AuthorizationHeaderMalformed", 400, "The authorization header is malformed; " + incomplete.What),
        SignatureFault.Unsupported unsupported => new("InvalidRequest", 400, unsupported.What),
        SignatureFault.UnknownKey unknown => UnknownKey(unknown.AccessKeyId),
        SignatureFault.BadToken { Unreadable: true } => new("InvalidToken", 400, "The provided token is malformed or otherwise invalid."),

        // Recorded: a key without its token, or with another key's, or of a role that is gone, is as good as no key.
        SignatureFault.BadToken bad => UnknownKey(bad.AccessKeyId),
        SignatureFault.ExpiredToken => new("ExpiredToken", 400, "The provided token has expired."),
        SignatureFault.Mismatch mismatch => new AwsError(
                "SignatureDoesNotMatch", 403,
                "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
            .With("AWSAccessKeyId", mismatch.AccessKeyId)
            .With("StringToSign", mismatch.StringToSign)
            .With("SignatureProvided", mismatch.Provided)
            .With("StringToSignBytes", Bytes(mismatch.StringToSign))
            .With("CanonicalRequest", mismatch.CanonicalRequest)
            .With("CanonicalRequestBytes", Bytes(mismatch.CanonicalRequest)),
        SignatureFault.Skewed skewed => new AwsError(
                "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large.")
            .With("RequestTime", skewed.Signed.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture))
            .With("ServerTime", Iso(skewed.Now))
            .With("MaxAllowedSkewMilliseconds", skewed.Skew.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)),
        SignatureFault.PresignExpired expired => new AwsError("AccessDenied", 403, "Request has expired")
            .With("X-Amz-Expires", expired.Seconds.ToString(CultureInfo.InvariantCulture))
            .With("Expires", Iso(expired.Signed.AddSeconds(expired.Seconds)))
            .With("ServerTime", Iso(expired.Now)),
        SignatureFault.Scope scope => scope.ByQuery
            ? new("AuthorizationQueryParametersError", 400, "Error parsing the X-Amz-Credential parameter; " + Scoped(scope))
            : new("AuthorizationHeaderMalformed", 400, "The authorization header is malformed; " + Scoped(scope)),
        SignatureFault.UnsignedHeaders headers => new AwsError(
            "AccessDenied", 403, "There were headers present in the request which were not signed").With("HeadersNotSigned", headers.Names),
        SignatureFault.PayloadMismatch payload => new AwsError(
                "XAmzContentSHA256Mismatch", 400, "The provided 'x-amz-content-sha256' header does not match what was computed.")
            .With("ClientComputedContentSHA256", payload.Claimed)
            .With("S3ComputedContentSHA256", payload.Computed),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static AwsError UnknownKey(string accessKeyId) =>
        new AwsError("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.").With("AWSAccessKeyId", accessKeyId);

    private static string Scoped(SignatureFault.Scope scope) => scope.Part == "service"
        ? $"incorrect service \"{scope.Got}\". This endpoint belongs to \"{scope.Wanted}\"."
        : $"the {scope.Part} '{scope.Got}' is wrong; expecting '{scope.Wanted}'";

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Bytes(string text) =>
        string.Join(' ', System.Text.Encoding.UTF8.GetBytes(text).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
}
