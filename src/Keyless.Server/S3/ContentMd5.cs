using Keyless.Server.Aws;

namespace Keyless.Server.S3;

/// <summary>The <c>Content-MD5</c> header, RFC 1864.</summary>
internal static class ContentMd5
{
    public const string Header = "Content-MD5";

    /// <summary>Compares the header, if there is one, with the MD5 of the body.</summary>
    public static AwsError? Verify(AwsRequest request, byte[] md5)
    {
        if (request.Header(Header) is not { } header)
        {
            return null;
        }

        return Parse(header) is not { } expected ? S3Errors.InvalidDigest(header)
            : expected.AsSpan().SequenceEqual(md5) ? null
            : S3Errors.BadDigest(header, Convert.ToBase64String(md5));
    }

    /// <summary>An error when the header is there but cannot be a digest, so that no body need be read.</summary>
    public static AwsError? Fault(AwsRequest request) =>
        request.Header(Header) is { } header && Parse(header) is null ? S3Errors.InvalidDigest(header) : null;

    private static byte[]? Parse(string header)
    {
        var bytes = new byte[16];
        return Convert.TryFromBase64String(header, bytes, out var length) && length == bytes.Length ? bytes : null;
    }
}
