using System.Globalization;

namespace Keyless.Server.S3.Multipart;

/// <summary>The number of a part, 1 to 10,000.</summary>
internal static class PartNumber
{
    public const int Max = 10_000;

    public static Parsed<int> Read(S3Request request)
    {
        var text = request.Query["partNumber"];
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Max
            ? number
            : S3Errors.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text ?? "");
    }
}
