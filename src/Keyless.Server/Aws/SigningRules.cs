namespace Keyless.Server.Aws;

/// <summary>
/// Where services differ about Signature Version 4: the canonical path, the allowed clock skew, the payload hash, the errors.
/// IAM User Guide, "Create a signed AWS API request"; S3 API Reference, "Authenticating Requests (AWS Signature Version 4)".
/// </summary>
public abstract class SigningRules
{
    /// <summary>The service name that scopes must have.</summary>
    public abstract string Service { get; }

    /// <summary>S3 encodes the path once and leaves dot segments alone; others normalise and encode twice.</summary>
    public abstract bool PathAsSent { get; }

    public abstract TimeSpan Skew { get; }

    /// <summary>Whether the asymmetric version is spoken too, as STS does.</summary>
    public virtual bool TakesVersion4A => false;

    /// <summary>The service's error, with the cause that it does not tell.</summary>
    public AwsError Error(SignatureFault fault) => Wire(fault) with { Reason = Cause(fault), Mend = MendOf(fault) };

    /// <summary>What the service answers.</summary>
    protected abstract AwsError Wire(SignatureFault fault);

    private static string Cause(SignatureFault fault) => fault switch
    {
        SignatureFault.Missing => "the request is not signed",
        SignatureFault.Incomplete incomplete => incomplete.Cause ?? incomplete.What,
        SignatureFault.Unsupported { What: var what } => what.StartsWith("The authorization mechanism", StringComparison.Ordinal)
            ? "the request is signed with Signature Version 2, which AWS no longer takes"
            : what.Split("; ", 2)[0].Split(". Please", 2)[0],
        SignatureFault.UnknownKey unknown => unknown.Reason,
        SignatureFault.BadToken bad => bad.Reason,
        SignatureFault.ExpiredToken expired => $"the session of `{expired.AccessKeyId}` ended at {Iso(expired.Expired)}",
        SignatureFault.Mismatch { OtherPayload: { } payload } => Cause(payload),
        SignatureFault.Mismatch mismatch => $"the signature is not one of access key `{mismatch.AccessKeyId}`: it was made with another secret, or the request was changed after it was signed",
        SignatureFault.Skewed skewed =>
            $"the request was signed at {Iso(skewed.Signed)}, {Span((skewed.Signed - skewed.Now).Duration())} {(skewed.Signed < skewed.Now ? "before" : "after")} "
            + $"this server's time, {Iso(skewed.Now)}; {Span(skewed.Skew)} are allowed",
        SignatureFault.PresignExpired expired => $"the presigned URL was made at {Iso(expired.Signed)} for {expired.Seconds} seconds, and it is {Iso(expired.Now)}",
        SignatureFault.Scope scope => $"the credential scope has the {scope.Part} `{scope.Got}` where `{scope.Wanted}` belongs",
        SignatureFault.UnsignedHeaders headers => $"the request has headers that its signature does not cover: {headers.Names}",
        SignatureFault.PayloadMismatch payload => $"the body has the SHA-256 `{payload.Computed}`, the signature covers one with `{payload.Claimed}`",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static string? MendOf(SignatureFault fault) => fault switch
    {
        SignatureFault.Missing => "give the client credentials: `eval \"$(keyless env)\"` sets the root's, `aws sts assume-role` and `keyless credentials` give a role's",
        SignatureFault.Incomplete incomplete => incomplete.Mend ?? "sign with an AWS SDK, or as IAM's \"Create a signed AWS API request\" has it",
        SignatureFault.UnknownKey unknown => unknown.Mend,
        SignatureFault.BadToken bad => bad.Mend ?? "get new credentials, and set access key id, secret and session token from one and the same answer",
        SignatureFault.ExpiredToken => "get new credentials: run the exchange again",
        SignatureFault.Mismatch { OtherPayload: null } => "check `AWS_SECRET_ACCESS_KEY`, and that no proxy changes path, headers or body",
        SignatureFault.Mismatch or SignatureFault.PayloadMismatch => "sign the body that is sent",
        SignatureFault.Skewed => "set the client's clock: `date -u` there should agree with this server's",
        SignatureFault.Unsupported unsupported => unsupported.What.Split("; ", 2) is [_, var mend] ? mend : "sign with AWS4-HMAC-SHA256 (Signature Version 4), as every current AWS SDK does",
        SignatureFault.PresignExpired => "make a new URL, or one with a later `X-Amz-Expires`",
        SignatureFault.Scope scope => $"sign for the {scope.Part} `{scope.Wanted}`",
        SignatureFault.UnsignedHeaders headers => $"put {headers.Names} into `SignedHeaders`",
        _ => null,
    };

    private static string Span(TimeSpan time) => time.TotalMinutes < 180 ? $"{(int)time.TotalMinutes} minutes" : time.TotalHours < 72 ? $"{(int)time.TotalHours} hours" : $"{(int)time.TotalDays} days";

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Everything that can be wrong with a signature.</summary>
public abstract record SignatureFault
{
    private SignatureFault()
    {
    }

    /// <summary>No signature at all.</summary>
    public sealed record Missing : SignatureFault;

    /// <summary>A header or query parameter of the signature is absent or malformed.</summary>
    /// <param name="What">The sentence for the wire.</param>
    public sealed record Incomplete(string What, bool ByQuery) : SignatureFault
    {
        /// <summary>Which value is wrong, where the sentence does not say it.</summary>
        public string? Cause { get; init; }

        public string? Mend { get; init; }
    }

    /// <summary>Signature versions that are not spoken: 2, and 4A but for STS.</summary>
    public sealed record Unsupported(string What) : SignatureFault;

    public sealed record UnknownKey(string AccessKeyId, string Reason, string Mend) : SignatureFault;

    /// <summary>A session token that is absent, not ours, damaged, or of another key.</summary>
    /// <param name="Unreadable">It is no session token of ours at all.</param>
    public sealed record BadToken(string AccessKeyId, string Reason, bool Unreadable, string? Mend) : SignatureFault;

    public sealed record ExpiredToken(string AccessKeyId, DateTimeOffset Expired) : SignatureFault;

    public sealed record Mismatch(string AccessKeyId, string CanonicalRequest, string StringToSign, string Provided) : SignatureFault
    {
        /// <summary>Why, where the client signed another payload than it sent.</summary>
        public PayloadMismatch? OtherPayload { get; init; }
    }

    /// <summary>Signed longer ago, or further ahead, than the skew allows.</summary>
    public sealed record Skewed(DateTimeOffset Signed, DateTimeOffset Now, TimeSpan Skew) : SignatureFault;

    /// <summary>A presigned request past its <c>X-Amz-Expires</c>.</summary>
    public sealed record PresignExpired(DateTimeOffset Signed, int Seconds, DateTimeOffset Now) : SignatureFault;

    /// <summary>The credential scope names another date, service or terminator.</summary>
    /// <param name="Part"><c>date</c>, <c>service</c>, <c>terminator</c> or <c>region</c>.</param>
    public sealed record Scope(string Part, string Wanted, string Got, bool ByQuery) : SignatureFault;

    /// <summary>A header that must be signed is not.</summary>
    public sealed record UnsignedHeaders(string Names) : SignatureFault;

    /// <summary>The body is not the one whose hash was signed.</summary>
    public sealed record PayloadMismatch(string Claimed, string Computed) : SignatureFault;
}
