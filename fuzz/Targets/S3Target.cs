using Keyless.Server.Aws;
using Keyless.Server.S3;

namespace Fuzz.Targets;

/// <summary>What S3 reads from request lines and headers: paths, queries, hosts, ranges, conditions, tags.</summary>
internal sealed class S3Target : Target
{
    private static readonly S3Hosts Hosts = new("keyless.example.com");

    public override IEnumerable<string> Seeds =>
    [
        "/bucket/a%2Fb/../c?list-type=2&prefix=a+b%20c&encoding-type=url",
        "bucket.s3.eu-west-1.amazonaws.com:443",
        "bytes=0-4",
        "\"abc\", W/\"def\", *",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "team=a%20b&stage=prod",
    ];

    public override IEnumerable<string> Words => ["%2F", "%ff", "bytes=", "..", "//", "s3-website", ".localhost", "%F0%9F%98%80", "[::1]"];

    public override void Run(string input)
    {
        var target = RawTarget.Parse(input);
        _ = S3Query.Parse(target.Query);
        if (S3Address.Parse(target.Path) is { Key: { } key })
        {
            Promise(S3Address.Parse("/b/" + PercentEncoding.EncodePath(key)) is { Key: { } again } && again == key, "a key survives its encoding");
            Promise(PercentEncoding.Decode(PercentEncoding.EncodeForListing(key), plusIsSpace: true) == key, "a key survives a listing");
            Promise(ContinuationToken.Read(ContinuationToken.Write(key)) == key, "a key survives a continuation token");
        }

        _ = (Hosts.Bucket(input), Hosts.Website(input), BucketName.Fault(input), ContinuationToken.Read(input), Preconditions.HttpDate(input));
        _ = (Preconditions.AnyMatches(input, "abc"), ObjectHeaders.WithoutAwsChunked(input));
        if (ByteRange.Resolve(input, 10) is RangeOutcome.Part { Range: var range })
        {
            Promise(range is { Offset: >= 0, Length: > 0 } && range.Offset + range.Length <= 10, "a range lies inside the object");
        }

        if (TagSet.ParseHeader(input).Succeeds(out var tags, out _))
        {
            Promise(TagSet.Decode(tags.Encode()).Tags.SequenceEqual(tags.Tags), "tags survive storing");
        }
    }
}
