using System.Text.RegularExpressions;

namespace Keyless.Server.S3;

/// <summary>Region names. They are judged by shape: which regions exist is not for a local server to say.</summary>
internal static partial class S3Regions
{
    public const string Default = "us-east-1";

    public static bool IsRegion(string name) => Shape().IsMatch(name);

    [GeneratedRegex(@"^[a-z]{2,3}(-[a-z]+){1,3}-\d{1,2}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
