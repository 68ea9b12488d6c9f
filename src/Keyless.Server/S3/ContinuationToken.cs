using System.Text;

namespace Keyless.Server.S3;

/// <summary>Where a listing goes on, opaque to clients.</summary>
internal static class ContinuationToken
{
    public static string Write(string last) => Convert.ToBase64String(Encoding.UTF8.GetBytes("1" + last));

    /// <summary>Null when it is no token of ours.</summary>
    public static string? Read(string token)
    {
        var bytes = new byte[(token.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(token, bytes, out var length) && length > 1 && bytes[0] == '1'
            ? Encoding.UTF8.GetString(bytes, 1, length - 1)
            : null;
    }
}
