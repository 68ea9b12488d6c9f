using System.Globalization;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>The conditional headers of a read or of a copy's source. RFC 9110 section 13; S3 User Guide, "Conditional reads".</summary>
public sealed record Preconditions(string? IfMatch, string? IfNoneMatch, DateTimeOffset? IfModifiedSince, DateTimeOffset? IfUnmodifiedSince)
{
    /// <summary>Reads them; <paramref name="prefix"/> is <c>x-amz-copy-source-</c> for the source of a copy.</summary>
    public static Preconditions Read(Func<string, string?> header, string prefix = "") => new(
        header(prefix + "If-Match"),
        header(prefix + "If-None-Match"),
        HttpDate(header(prefix + "If-Modified-Since")),
        HttpDate(header(prefix + "If-Unmodified-Since")));

    /// <summary>
    /// Judges them in S3's order: a matching If-Match overrides If-Unmodified-Since, a failing If-None-Match overrides If-Modified-Since.
    /// </summary>
    public PreconditionOutcome Judge(string etag, DateTimeOffset modified, DateTimeOffset now)
    {
        // HTTP dates have whole seconds.
        var seconds = DateTimeOffset.FromUnixTimeSeconds(modified.ToUnixTimeSeconds());
        if (IfMatch is not null)
        {
            if (!AnyMatches(IfMatch, etag))
            {
                return new PreconditionOutcome.Failed("If-Match");
            }
        }
        else if (IfUnmodifiedSince is { } unmodified && seconds > unmodified)
        {
            return new PreconditionOutcome.Failed("If-Unmodified-Since");
        }

        if (IfNoneMatch is not null)
        {
            return AnyMatches(IfNoneMatch, etag) ? new PreconditionOutcome.NotModified("If-None-Match") : new PreconditionOutcome.Holds();
        }

        return IfModifiedSince is { } since && since <= now && seconds <= since
            ? new PreconditionOutcome.NotModified("If-Modified-Since")
            : new PreconditionOutcome.Holds();
    }

    /// <summary>Why one of them did not hold, for a person.</summary>
    public static string Cause(string header, string? value, StoredObject? stored) => (header, stored) switch
    {
        ("If-None-Match", _) => $"`If-None-Match` is `{value}`, and an object of that key{(value == "*" ? "" : " with that ETag")} is there already{(stored is null ? "" : $", ETag `{stored.ETag}`")}",
        ("If-Match", { } found) => $"`If-Match` is `{value}`, and the object has the ETag `{found.ETag}`",
        ("If-Match", null) => $"`If-Match` is `{value}`, and the object has another ETag",
        (_, { } found) => $"`{header}` is `{value}`, and the object was changed at `{found.Modified.UtcDateTime:R}`",
        _ => $"`{header}` is `{value}`, which does not hold of the object",
    };

    /// <summary>Whether a list of entity tags, quoted or not, or <c>*</c>, has this one.</summary>
    public static bool AnyMatches(string list, string etag)
    {
        foreach (var range in list.AsSpan().Split(','))
        {
            var item = list.AsSpan(range).Trim();
            if (item is "*" || Unquoted(item).SequenceEqual(etag))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An entity tag without <c>W/</c> and quotes.</summary>
    public static ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> etag)
    {
        etag = etag.StartsWith("W/") ? etag[2..] : etag;
        return etag.Length >= 2 && etag[0] == '"' && etag[^1] == '"' ? etag[1..^1] : etag;
    }

    /// <summary>A date in one of HTTP's three forms; anything else counts as absent, RFC 9110 section 13.1.3.</summary>
    public static DateTimeOffset? HttpDate(string? text) =>
        DateTimeOffset.TryParseExact(
            text,
            ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var date)
            ? date
            : null;
}

/// <summary>What conditional headers came to.</summary>
public abstract record PreconditionOutcome
{
    private PreconditionOutcome()
    {
    }

    public sealed record Holds : PreconditionOutcome;

    /// <summary>304 on a read, 412 on a copy.</summary>
    public sealed record NotModified(string Header) : PreconditionOutcome;

    /// <summary>412.</summary>
    public sealed record Failed(string Header) : PreconditionOutcome;
}
