using Keyless.Server.Aws;

namespace Keyless.Server.Sts;

/// <summary>
/// What temporary credentials may not do in STS, whatever their policies say. STS API Reference, "GetSessionToken": theirs call only
/// AssumeRole and GetCallerIdentity; "GetFederationToken": theirs only GetCallerIdentity.
/// </summary>
internal static class SessionLimits
{
    private const string WithoutFactor = "call without `SerialNumber` and `TokenCode`: no MFA device exists here";

    /// <summary>The permission, unless the caller's kind of credentials cannot call the operation at all.</summary>
    public static Needs UnlessLimited(AwsRequest request, Permission permission) =>
        request.Caller is not Caller.WithSession { Session: { Kind: not SessionKind.AssumedRole } session } ? permission
            : CommonErrors.AccessDenied($"User: {session.Arn} is not authorized to perform: {permission.Action}") with
            {
                Reason = session.Kind == SessionKind.FederatedUser
                    ? $"{request.Caller.Called} has credentials of GetFederationToken, which call nothing in STS but GetCallerIdentity"
                    : $"{request.Caller.Called} has credentials of GetSessionToken, which call nothing in STS but AssumeRole and GetCallerIdentity",
                Mend = "call with the user's own credentials, or a role's",
            };

    /// <summary>The error of a call that names an MFA device or shows a code: null when it does neither.</summary>
    public static AwsError? OfMultiFactor(string? serial, string? code) => (serial, code) switch
    {
        (null, null) => null,
        (null, _) or (_, null) => CommonErrors.AccessDenied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.") with
        {
            Reason = serial is null ? "the request has a `TokenCode` and no `SerialNumber`" : "the request has a `SerialNumber` and no `TokenCode`",
            Mend = WithoutFactor,
        },
        _ => CommonErrors.AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code.") with { Reason = $"there is no MFA device `{serial}`: this server has none", Mend = WithoutFactor },
    };
}
