using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Aws;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// The condition keys of a web identity's request for a role. IAM User Guide, "IAM and AWS STS condition context keys"; which are there
/// and which are not as recorded on AWS.
/// </summary>
internal static class TrustKeys
{
    /// <param name="policy">Keys that it does not mention are left out; null for all of them, which explanations want.</param>
    public static RequestContext Of(
        TokenClaims claims, OidcProvider provider, SessionClaims session, Role role, string sessionName, bool authorizedByIdp, AwsRequest request, TrustPolicy? policy)
    {
        var context = new RequestContext();
        var prefix = provider.Url + ":";

        // 1. The token's
        Add(prefix, "aud", claims.Audience);
        Add(prefix, "sub", claims.Subject);
        Add(prefix, "oaud", claims.OriginalAudience);
        AddClaim("email", "email"u8);
        if (Wanted(prefix, "amr") && claims.Token.Claim("amr"u8) is { Kind: not JsonTokenType.Null } amr)
        {
            context.With(prefix + "amr", [.. claims.Token.Texts(amr)]);
        }

        foreach (var name in ProviderClaims.Of(provider.Url))
        {
            if (Wanted(prefix, name) && claims.Token.Claim(System.Text.Encoding.ASCII.GetBytes(name)) is { Kind: JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False } claim)
            {
                context.With(prefix + name, claims.Token.Text(claim));
            }
        }

        // 2. The session's to be
        Add("", "sts:RoleSessionName", sessionName);
        Add("", "sts:SourceIdentity", session.SourceIdentity);
        Add("", "sts:RoleAuthorizedByIdp", authorizedByIdp ? "true" : "false");
        if (!session.TransitiveTagKeys.IsEmpty)
        {
            context.With("sts:TransitiveTagKeys", session.TransitiveTagKeys);
        }

        if (!session.Tags.IsEmpty)
        {
            context.With("aws:TagKeys", [.. session.Tags.Select(tag => tag.Key)]);
            foreach (var (key, value) in session.Tags)
            {
                context.With("aws:RequestTag/" + key, value);
            }
        }

        // 3. The caller's: a web identity is a User whose id is its provider, and it has no ARN
        Add("", "aws:FederatedProvider", provider.Arn);
        Add("", "aws:PrincipalAccount", provider.Account);
        Add("", "aws:PrincipalType", "User");
        Add("", "aws:userid", provider.Arn);

        // 4. The role's
        Add("", "aws:ResourceAccount", role.Account);
        foreach (var tag in role.Tags)
        {
            Add("aws:ResourceTag/", tag.Key, tag.Value);
            Add("iam:ResourceTag/", tag.Key, tag.Value);
        }

        // 5. The connection's
        if (Wanted("", "aws:SourceIp") && request.Http.Connection.RemoteIpAddress is { } address)
        {
            context.With("aws:SourceIp", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        }

        Add("", "aws:SecureTransport", request.Http.Request.IsHttps ? "true" : "false");
        Add("", "aws:UserAgent", request.Header("User-Agent"));
        Add("", "aws:RequestedRegion", RegionOf(request.Http.Request.Host.Host));
        if (Wanted("", "aws:CurrentTime"))
        {
            context.With("aws:CurrentTime", request.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        }

        if (Wanted("", "aws:EpochTime"))
        {
            context.With("aws:EpochTime", request.ReceivedAt.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return context;

        bool Wanted(string before, string name) => policy is null || policy.Mentions(before, name);

        void Add(string before, string name, string? value)
        {
            if (value is not null && Wanted(before, name))
            {
                context.With(before + name, value);
            }
        }

        void AddClaim(string name, ReadOnlySpan<byte> utf8)
        {
            if (Wanted(prefix, name) && claims.Token.Claim(utf8) is { Kind: JsonTokenType.String } claim)
            {
                context.With(prefix + name, claims.Token.Text(claim));
            }
        }
    }

    /// <summary><c>sts.REGION.amazonaws.com</c>; any other host is served as <c>us-east-1</c>, as the global endpoint is.</summary>
    public static string RegionOf(string host) =>
        host.StartsWith("sts.", StringComparison.Ordinal) && host.EndsWith(".amazonaws.com", StringComparison.Ordinal) && host.Length > "sts..amazonaws.com".Length
            ? host["sts.".Length..^".amazonaws.com".Length]
            : "us-east-1";
}
