using System.Globalization;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Storage;

namespace Keyless.Server.Aws;

/// <summary>The global condition keys of a request. IAM User Guide, "AWS global condition context keys".</summary>
public static class RequestKeys
{
    /// <summary>Keys of the transport and of the caller.</summary>
    public static RequestContext Of(AwsRequest request, IamState state)
    {
        var context = OfTransport(request);
        AddCaller(context, request);
        AddTags(context, request.Caller, state);
        return context;
    }

    /// <summary>Keys that a request has whoever sends it.</summary>
    public static RequestContext OfTransport(AwsRequest request)
    {
        var context = new RequestContext()
            .With("aws:SecureTransport", request.Http.Request.IsHttps ? "true" : "false")
            .With("aws:CurrentTime", request.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .With("aws:EpochTime", request.ReceivedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .With("aws:RequestedRegion", request.Signature?.Region ?? "us-east-1")
            .With("aws:ViaAWSService", "false");
        if (request.Http.Connection.RemoteIpAddress is { } address)
        {
            context.With("aws:SourceIp", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        }

        if (request.Header("User-Agent") is { } agent)
        {
            context.With("aws:UserAgent", agent);
        }

        if (request.Header("Referer") is { } referer)
        {
            context.With("aws:Referer", referer);
        }

        return context;
    }

    private static void AddCaller(RequestContext context, AwsRequest request)
    {
        if (request.Caller is Caller.Anonymous)
        {
            context.With("aws:PrincipalType", "Anonymous");
            return;
        }

        context.With("aws:PrincipalAccount", request.Caller.Account!).With("aws:PrincipalIsAWSService", "false");
        switch (request.Caller)
        {
            case Caller.Root root:
                context.With("aws:PrincipalType", "Account").With("aws:PrincipalArn", root.Arn).With("aws:userid", root.AccountId);
                break;

            case Caller.User user:
                context.With("aws:PrincipalType", "User").With("aws:PrincipalArn", user.Arn).With("aws:userid", user.UserId).With("aws:username", user.Name);
                break;

            case Caller.WithSession { Session: var session }:
                AddSession(context, session);
                break;
        }
    }

    /// <summary><c>aws:PrincipalTag/KEY</c>: those of the user or role, and over them the session's.</summary>
    private static void AddTags(RequestContext context, Caller caller, IamState state)
    {
        var session = (caller as Caller.WithSession)?.Session;
        Identity? identity = caller is Caller.User user ? state.UserByArn(user.Arn)
            : session?.RoleArn is { } role ? state.RoleByArn(role)
            : session is { Kind: SessionKind.SessionToken } ? state.UserByArn(session.Arn)
            : null;
        foreach (var tag in identity?.Tags ?? [])
        {
            context.With("aws:PrincipalTag/" + tag.Key, tag.Value);
        }

        foreach (var (key, value) in session?.Tags ?? [])
        {
            context.With("aws:PrincipalTag/" + key, value);
        }
    }

    private static void AddSession(RequestContext context, Session session)
    {
        context
            .With("aws:PrincipalType", session.Kind switch
            {
                SessionKind.AssumedRole => "AssumedRole",
                SessionKind.FederatedUser => "FederatedUser",
                _ => session.Arn.EndsWith(":root", StringComparison.Ordinal) ? "Account" : "User",
            })
            .With("aws:PrincipalArn", session.RoleArn ?? session.Arn)
            .With("aws:userid", session.UserId)
            .With("aws:TokenIssueTime", session.IssuedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .With("aws:MultiFactorAuthPresent", "false");
        if (session.Kind == SessionKind.SessionToken && session.Arn.Contains(":user/", StringComparison.Ordinal))
        {
            context.With("aws:username", session.Arn[(session.Arn.LastIndexOf('/') + 1)..]);
        }

        if (session.SourceIdentity is { } source)
        {
            context.With("aws:SourceIdentity", source);
        }

        if (session.FederatedProvider is { } provider)
        {
            context.With("aws:FederatedProvider", provider);
        }

        foreach (var (key, value) in session.WebIdentityKeys)
        {
            context.With(key, value);
        }
    }
}
