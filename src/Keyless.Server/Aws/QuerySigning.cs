using System.Globalization;

namespace Keyless.Server.Aws;

/// <summary>Signing rules and errors of IAM and STS.</summary>
public sealed class QuerySigning(string service) : SigningRules
{
    private const string NoMatch =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing "
        + "method. Consult the service documentation for details.";

    public override string Service => service;

    public override bool PathAsSent => false;

    public override TimeSpan Skew => TimeSpan.FromMinutes(5);

    public override bool TakesVersion4A => service == "sts";

    protected override AwsError Wire(SignatureFault fault) => fault switch
    {
        SignatureFault.Missing => new("MissingAuthenticationToken", 403, "Request is missing Authentication Token"),
        SignatureFault.Incomplete incomplete => new("IncompleteSignature", 400, incomplete.What),
        SignatureFault.Unsupported unsupported => new("IncompleteSignature", 400, unsupported.What),
        SignatureFault.UnknownKey or SignatureFault.BadToken => new("InvalidClientTokenId", 403, "The security token included in the request is invalid."),
        SignatureFault.ExpiredToken => new("ExpiredToken", 403, "The security token included in the request is expired"),
        SignatureFault.Mismatch mismatch => Refused(
            $"{NoMatch}\n\nThe Canonical String for this request should have been\n'{mismatch.CanonicalRequest}'\n\n"
            + $"The String-to-Sign should have been\n'{mismatch.StringToSign}'\n"),
        SignatureFault.Skewed skewed => Refused(Skewed(skewed)),
        SignatureFault.PresignExpired expired => Refused(Expired(expired)),
        SignatureFault.Scope scope => Refused(Scoped(scope)),
        SignatureFault.UnsignedHeaders headers => Refused($"'{headers.Names}' must be a 'SignedHeader' in the AWS Authorization."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static AwsError Refused(string message) => new("SignatureDoesNotMatch", 403, message);

    private static string Skewed(SignatureFault.Skewed fault)
    {
        var minutes = $"{(int)fault.Skew.TotalMinutes} min.";
        return fault.Signed < fault.Now
            ? $"Signature expired: {Basic(fault.Signed)} is now earlier than {Basic(fault.Now - fault.Skew)} ({Basic(fault.Now)} - {minutes})"
            : $"Signature not yet current: {Basic(fault.Signed)} is still later than {Basic(fault.Now + fault.Skew)} ({Basic(fault.Now)} + {minutes})";
    }

    private static string Expired(SignatureFault.PresignExpired fault) =>
        $"Signature expired: {Basic(fault.Signed)} is now earlier than {Basic(fault.Now - TimeSpan.FromSeconds(fault.Seconds))} "
        + $"({Basic(fault.Now)} - {fault.Seconds} sec.)";

    private static string Scoped(SignatureFault.Scope fault) => fault.Part switch
    {
        "date" => "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            + $"'{fault.Got}' != '{fault.Wanted}', from '{fault.Wanted}'.",
        "service" => $"Credential should be scoped to correct service: '{fault.Wanted}'. ",
        "terminator" => $"Credential should be scoped with a valid terminator: '{fault.Wanted}', not '{fault.Got}'. ",
        _ => "Credential should be scoped to a valid region. ",
    };

    private static string Basic(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
