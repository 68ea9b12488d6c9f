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

    /// <summary>A key of the user that <c>UserName</c> names; without it of whoever in the account has it.</summary>
    public static AccessKey? FindKey(IamCall call, IamState state, string id, out AwsError? error)
    {
        error = null;
        var named = call.Parameters.Text("UserName"u8);
        if (named is not null && !state.Account(call.Account).Users.ContainsKey(named))
        {
            error = IdentityKind.User.Missing(named);
            return null;
        }

        var key = state.AccessKeys.GetValueOrDefault(id);
        if (key is null
            || key.Account != call.Account
            || (named is not null && !key.UserName.Equals(named, StringComparison.OrdinalIgnoreCase)))
        {
            error = IamErrors.NoAccessKey(id);
            return null;
        }

        return key;
    }

    /// <summary>The ARN of the named user; without a name of the user whose key it is, else of the caller.</summary>
    public static string ArnOfNamedOrCaller(IamCall call)
    {
        if (call.Parameters.Text("UserName"u8) is { Length: > 0 })
        {
            return call.UserArn;
        }

        return call.Parameters.Text("AccessKeyId"u8) is not null ? ArnOfKeysUser(call) : call.Request.Caller.Arn!;
    }

    public static string ArnOfKeysUser(IamCall call) =>
        call.Parameters.Text("AccessKeyId"u8) is { } id
        && call.State.AccessKeys.TryGetValue(id, out var key)
        && call.Entities.Users.TryGetValue(key.UserName, out var user)
            ? user.Arn
            : "*";
}
