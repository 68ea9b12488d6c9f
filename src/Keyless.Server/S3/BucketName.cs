using System.Net;

namespace Keyless.Server.S3;

/// <summary>S3 User Guide, "General purpose bucket naming rules".</summary>
public static class BucketName
{
    private static readonly string[] ReservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    private static readonly string[] ReservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    /// <summary>Null when the name is valid, otherwise what is wrong with it.</summary>
    public static string? Fault(string name)
    {
        if (name.Length is < 3 or > 63)
        {
            return $"a bucket name has 3 to 63 characters, `{name}` has {name.Length}";
        }

        foreach (var c in name)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'))
            {
                return $"a bucket name has only lower-case letters, digits, `.` and `-`; `{name}` has `{c}`";
            }
        }

        if (!char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
        {
            return $"a bucket name begins and ends with a letter or digit, `{name}` does not";
        }

        if (name.Contains("..", StringComparison.Ordinal))
        {
            return $"a bucket name has no two dots in a row, `{name}` has";
        }

        // `1.2` parses as an address too; four numbers make the form that S3 rules out.
        if (name.Count(c => c == '.') == 3 && IPAddress.TryParse(name, out _))
        {
            return $"a bucket name is not an IP address, `{name}` is";
        }

        var prefix = Array.Find(ReservedPrefixes, p => name.StartsWith(p, StringComparison.Ordinal));
        if (prefix is not null)
        {
            return $"bucket names that begin with `{prefix}` are reserved";
        }

        var suffix = Array.Find(ReservedSuffixes, s => name.EndsWith(s, StringComparison.Ordinal));
        return suffix is null ? null : $"bucket names that end with `{suffix}` are reserved";
    }
}
