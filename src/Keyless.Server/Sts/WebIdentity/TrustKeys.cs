using System.Collections.Immutable;
using System.Globalization;
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
/// <param name="context">Receives them.</param>
/// <param name="policy">Keys that it does not mention are left out; null for all of them, which explanations want.</param>
internal readonly ref struct TrustKeys(RequestContext context, TrustPolicy? policy)
{
    /// <summary>Adds every key that the request has.</summary>
    public void Add(TokenClaims claims, OidcProvider provider, SessionClaims session, Role role, string sessionName, bool authorizedByIdp, AwsRequest request)
    {
        AddClaims(claims, provider);
        AddSession(session, sessionName, authorizedByIdp);

        // The caller's: a web identity is a User whose id is its provider, and it has no ARN
        Add("", "aws:FederatedProvider", provider.Arn);
        Add("", "aws:PrincipalAccount", provider.IsBuiltIn ? null : provider.Account);
        Add("", "aws:PrincipalType", "User");
        Add("", "aws:userid", provider.Arn);

        // The role's
        Add("", "aws:ResourceAccount", role.Account);
        foreach (var tag in role.Tags)
        {
            Add("aws:ResourceTag/", tag.Key, tag.Value);
            Add("iam:ResourceTag/", tag.Key, tag.Value);
        }

        AddConnection(request);
    }

    private void AddClaims(TokenClaims claims, OidcProvider provider)
    {
        var prefix = provider.KeyPrefix;
        Add(prefix, "aud", claims.Audience);
        Add(prefix, "sub", claims.Subject);
        if (claims.OriginalAudiences is { IsEmpty: false } audiences && Key(prefix, "oaud") is { } original)
        {
            // One is a plain value, several are for the set operators.
            _ = audiences is [var only] ? context.With(original, only) : context.With(original, audiences);
        }

        if (Key(prefix, "email") is { } email && claims.Token.Claim("email"u8) is { Kind: JsonTokenType.String } address)
        {
            context.With(email, claims.Token.RecentText(address));
        }

        if (Key(prefix, "amr") is { } methods && claims.Token.Claim("amr"u8) is { Kind: not JsonTokenType.Null } amr)
        {
            context.With(methods, [.. claims.Token.Texts(amr)]);
        }

        foreach (var name in ProviderClaims.Of(provider.Url))
        {
            if (Key(prefix, name) is not { } key)
            {
                continue;
            }

            if (claims.Token.Claim(System.Text.Encoding.ASCII.GetBytes(name)) is { Kind: JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False } claim)
            {
                context.With(key, claims.Token.RecentText(claim));
            }
            else if (ClaimWithin(claims.Token, name) is { } text)
            {
                context.With(key, text);
            }
        }
    }

    /// <summary>A claim inside another, as Google has <c>organization_number</c> in <c>google</c>; null when it is no scalar.</summary>
    private static string? ClaimWithin(Jwt token, string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || token.Claim(System.Text.Encoding.ASCII.GetBytes(name[..slash])) is not { Kind: JsonTokenType.StartObject } outer)
        {
            return null;
        }

        using var json = JsonDocument.Parse(token.Raw(outer).ToArray());
        return json.RootElement.TryGetProperty(name[(slash + 1)..], out var inner) && inner.ValueKind is JsonValueKind.String or JsonValueKind.Number ? inner.ToString() : null;
    }

    /// <summary>Of the session to be.</summary>
    private void AddSession(SessionClaims session, string name, bool authorizedByIdp)
    {
        Add("", "sts:RoleSessionName", name);
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
    }

    private void AddConnection(AwsRequest request)
    {
        if (Key("", "aws:SourceIp") is { } ip && request.Http.Connection.RemoteIpAddress is { } address)
        {
            context.With(ip, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        }

        Add("", "aws:SecureTransport", request.Http.Request.IsHttps ? "true" : "false");
        Add("", "aws:UserAgent", request.Header("User-Agent"));
        Add("", "aws:RequestedRegion", RegionOf(request.Http.Request.Headers.Host.ToString()));
        if (Key("", "aws:CurrentTime") is { } current)
        {
            context.With(current, request.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }

        if (Key("", "aws:EpochTime") is { } epoch)
        {
            context.With(epoch, request.ReceivedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Add(string prefix, string name, string? value)
    {
        if (value is not null && Key(prefix, name) is { } key)
        {
            context.With(key, value);
        }
    }

    /// <summary>Null when the policy cannot depend on it.</summary>
    private string? Key(string prefix, string name) => policy is null ? prefix + name : policy.KeyOf(prefix, name);

    /// <summary><c>sts.REGION.amazonaws.com</c>; any other host is served as <c>us-east-1</c>, as the global endpoint is.</summary>
    /// <param name="host">The Host header, with or without a port.</param>
    public static string RegionOf(string host)
    {
        var name = host.AsSpan();
        if (name.IndexOf(':') is >= 0 and var colon)
        {
            name = name[..colon];
        }

        return name.StartsWith("sts.") && name.EndsWith(".amazonaws.com") && name.Length > "sts..amazonaws.com".Length
            ? RecentTexts.Of(name["sts.".Length..^".amazonaws.com".Length])
            : "us-east-1";
    }
}
