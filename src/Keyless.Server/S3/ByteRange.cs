using System.Globalization;

namespace Keyless.Server.S3;

/// <summary>
/// One <c>Range: bytes=</c> of an object. RFC 9110 section 14; S3 ignores what it cannot read, reversed ranges and more than one range.
/// </summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">At least 1, unless the object is empty.</param>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>The last byte.</summary>
    public long Last => Offset + Length - 1;

    /// <summary>What a Range header asks of an object.</summary>
    public static RangeOutcome Resolve(string? header, long size)
    {
        const string unit = "bytes=";
        if (header is null || !header.StartsWith(unit, StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return new RangeOutcome.Whole();
        }

        var range = header.AsSpan(unit.Length).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0)
        {
            return new RangeOutcome.Whole();
        }

        var first = range[..dash].Trim();
        var last = range[(dash + 1)..].Trim();
        if (first.IsEmpty)
        {
            if (!Number(last, out var suffix))
            {
                return new RangeOutcome.Whole();
            }

            return suffix == 0 || size == 0
                ? new RangeOutcome.Unsatisfiable()
                : new RangeOutcome.Part(new ByteRange(Math.Max(0, size - suffix), Math.Min(suffix, size)));
        }

        if (!Number(first, out var from))
        {
            return new RangeOutcome.Whole();
        }

        var to = long.MaxValue;
        if (!last.IsEmpty && (!Number(last, out to) || to < from))
        {
            return new RangeOutcome.Whole();
        }

        return from >= size
            ? new RangeOutcome.Unsatisfiable()
            : new RangeOutcome.Part(new ByteRange(from, Math.Min(to, size - 1) - from + 1));
    }

    private static bool Number(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        // A number past the largest is as good as the largest: it lies beyond every object.
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            number = long.MaxValue;
        }

        return true;
    }
}

/// <summary>What a Range header came to.</summary>
public abstract record RangeOutcome
{
    private RangeOutcome()
    {
    }

    /// <summary>No range that counts: the whole object, 200.</summary>
    public sealed record Whole : RangeOutcome;

    /// <summary>206.</summary>
    public sealed record Part(ByteRange Range) : RangeOutcome;

    /// <summary>416.</summary>
    public sealed record Unsatisfiable : RangeOutcome;
}
