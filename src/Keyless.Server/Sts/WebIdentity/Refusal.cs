using System.Globalization;
using Keyless.Server.Audit;
using Keyless.Server.Aws;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// One way in which an exchange fails: what AWS says on the wire, and beside it the cause, exactly. STS API Reference,
/// "AssumeRoleWithWebIdentity", Errors; the texts as recorded on AWS.
/// </summary>
/// <param name="Check">The check that failed, as the decision record names it.</param>
/// <param name="Cause">The first line a person reads.</param>
/// <param name="Mend">The change that would let it pass.</param>
public sealed record Refusal(string Check, AwsError Wire, string Cause, string? Mend = null)
{
    public string? Wanted { get; init; }

    public string? Got { get; init; }

    public string? Place { get; init; }

    /// <summary>The same place for programs, when it is in a policy.</summary>
    public PolicyPlace? In { get; init; }

    /// <summary>The policy evaluation, where one was made.</summary>
    public string? Explanation { get; init; }
}

/// <summary>The wire's errors: several causes share each.</summary>
public static class WireErrors
{
    public static readonly AwsError NotAJwt = InvalidIdentityToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");

    public static readonly AwsError NotValidated = InvalidIdentityToken(
        "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.");

    public static readonly AwsError NoVerificationKey = InvalidIdentityToken(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements");

    public static readonly AwsError ThumbprintDiffers = InvalidIdentityToken("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint");

    public static readonly AwsError InvalidTimestamp = InvalidIdentityToken("Invalid timestamp in token claims.");

    public static readonly AwsError TwoAudiences = InvalidIdentityToken(
        "Token audience contains more than one audience while authorized party is not present");

    public static readonly AwsError UnknownTokenError = new("InternalFailure", 500, "Unknown error validating third-party token");

    public static readonly AwsError BadPrincipalTags = InvalidIdentityToken("principal_tags passed in claim is not in correct format.");

    public static readonly AwsError RoleNotInClaim = InvalidIdentityToken("The target role ARN is not present in the roles claim of the identity token");

    public static readonly AwsError NoRolesInClaim = InvalidIdentityToken("The roles claim contains no valid role ARNs");

    public static readonly AwsError BadRolesClaim = InvalidIdentityToken("The roles claim is not in a supported format");

    public static readonly AwsError NotAuthorized = new("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity");

    public static readonly AwsError DurationTooLong = new(
        "ValidationError", 400, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");

    public static readonly AwsError UnrecognizedProvider = new(
        "AccessDenied", 403, "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens");

    public static readonly AwsError NotAmazon = InvalidIdentityToken("Provided Token is not a Login With Amazon token");

    public static readonly AwsError FacebookRejected = new("IDPRejectedClaim", 403, "graph.facebook.com rejected OAuth token");

    public static AwsError MissingClaim(string name) => InvalidIdentityToken("Missing a required claim: " + name);

    public static AwsError EmptyClaim(string name) => InvalidIdentityToken("Claim is not allowed to be empty: " + name);

    public static AwsError NoProvider(string issuer) => InvalidIdentityToken("No OpenIDConnect provider found in your account for " + issuer);

    public static AwsError Expired(long limit, long expires) => new(
        "ExpiredTokenException",
        400,
        string.Create(CultureInfo.InvariantCulture, $"Token expired: current date/time {limit} must be before the expiration date/time {expires}"));

    public static AwsError IssuedInFuture(long issued) => InvalidIdentityToken(string.Create(CultureInfo.InvariantCulture, $"Token issued in the future: {issued}"));

    public static AwsError NotYetValid(long limit, long notBefore) => InvalidIdentityToken(string.Create(
        CultureInfo.InvariantCulture,
        $"Token not yet valid: current date/time {limit} must be after or equal to the not-before date/time {notBefore}"));

    public static AwsError PackedTooLarge(int percent) => new(
        "PackedPolicyTooLarge", 400, $"Packed policy consumes {percent}% of allotted space, please use smaller policy.");

    private static AwsError InvalidIdentityToken(string message) => new("InvalidIdentityToken", 400, message);
}
