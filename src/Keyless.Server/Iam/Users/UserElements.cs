using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Users;

/// <summary>What answers about users share, and whose key is whose. IAM API Reference, <c>User</c>.</summary>
internal static class UserElements
{
    public const int MaxUsers = 5000;
    public const int MaxKeys = 2;

    public static void Write(XmlOut xml, string element, User user, bool whole)
    {
        xml.Open(element)
            .Element("Path", user.Path)
            .Element("UserName", user.Name)
            .Element("UserId", user.Id)
            .Element("Arn", user.Arn)
            .Element("CreateDate", user.CreatedAt);
        if (whole)
        {
            Identities.WriteBoundary(xml, user);
            if (!user.Tags.IsEmpty)
            {
                Tagging.Write(xml, Tagging.Sorted(user.Tags));
            }
        }

        xml.Close(element);
    }

    public static IEnumerable<AccessKey> KeysOf(IamState state, User user) =>
        state.AccessKeys.Values.Where(key => key.Account == user.Account && key.UserName == user.Name);

    /// <summary>
    /// A key of the user that <c>UserName</c> names; without it of the calling user. Root, who has no user, changes any key of the
    /// account so.
    /// </summary>
    public static AccessKey? FindKey(IamCall call, IamState state, string id, out AwsError? error)
    {
        error = null;
        var named = call.UserNameOrCaller;
        if (named is null && call.Request.Caller is not Caller.Root)
        {
            error = IamErrors.MustName("userName", call.Request.Caller);
            return null;
        }

        if (named is not null && !state.Account(call.Account).Users.ContainsKey(named))
        {
            error = call.Missing(IdentityKind.User, named);
            return null;
        }

        var key = state.AccessKeys.GetValueOrDefault(id);
        if (key is null
            || key.Account != call.Account
            || (named is not null && !key.UserName.Equals(named, StringComparison.OrdinalIgnoreCase)))
        {
            error = IamErrors.NoAccessKey(id, key?.Account == call.Account ? key.UserName : null, named);
            return null;
        }

        return key;
    }

    /// <summary>The named user; without a name of the user whose key it is, else the caller.</summary>
    public static IamResource NamedOrCaller(IamCall call) =>
        call.Parameters.Text("UserName"u8) is { Length: > 0 } ? call.Named(IdentityKind.User)
        : call.Parameters.Text("AccessKeyId"u8) is not null ? OfKey(call)
        : call.Request.Caller is Caller.User user ? call.Named(IdentityKind.User, user.Name)
        : new(call.Request.Caller.Arn!);

    /// <summary>The user whose key it is.</summary>
    public static IamResource OfKey(IamCall call) =>
        call.Parameters.Text("AccessKeyId"u8) is { } id && call.State.AccessKeys.TryGetValue(id, out var key) && key.Account == call.Account
            ? call.Named(IdentityKind.User, key.UserName)
            : IamResource.All;
}
