using System.Text;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam;

/// <summary>
/// One page of a list: <c>MaxItems</c> entries after the one that <c>Marker</c> names. The marker holds the last entry's key, so that a
/// page goes on at the right place whatever came or went in between.
/// </summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Marker)
{
    /// <summary>Reads the parameters and cuts the page out of entries in ascending order of their keys.</summary>
    /// <param name="most">IAM may answer with fewer entries than were asked for.</param>
    public static Page<T>? Of(Constraints check, IEnumerable<T> entries, Func<T, string> key, IComparer<string> order, out AwsError? error, int most = int.MaxValue)
    {
        var (max, marker) = ReadParameters(check);
        max = Math.Min(max, most);
        error = check.Error;
        if (error is not null)
        {
            return null;
        }

        string? after = null;
        if (marker is not null && (after = Decode(marker)) is null)
        {
            error = IamErrors.InvalidMarker();
            return null;
        }

        var items = new List<T>();
        foreach (var entry in entries)
        {
            if (after is not null && order.Compare(key(entry), after) <= 0)
            {
                continue;
            }

            if (items.Count == max)
            {
                return new Page<T>(items, Convert.ToBase64String(Encoding.UTF8.GetBytes(key(items[^1]))));
            }

            items.Add(entry);
        }

        return new Page<T>(items, null);
    }

    /// <summary>Reads the parameters alone, for operations that check others afterwards.</summary>
    /// <remarks>The model's limit for markers is 320; ours may hold an ARN.</remarks>
    public static (int Max, string? Marker) ReadParameters(Constraints check) =>
        (check.Number("MaxItems", 1, 1000, absent: 100), check.Optional("Marker", 1, 2048, ParameterPattern.Marker));

    /// <summary><c>IsTruncated</c>, and the <c>Marker</c> of the next page.</summary>
    public void WriteEnd(XmlOut xml) => xml.Element("IsTruncated", Marker is not null).Optional("Marker", Marker);

    private static string? Decode(string marker)
    {
        var bytes = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
