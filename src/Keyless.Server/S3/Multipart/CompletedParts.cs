using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>The list of parts that completes an upload, and what comes of it.</summary>
internal static class CompletedParts
{
    private const long MinSize = 5 << 20;

    /// <summary>The stored parts that the request names; what is wrong with the list otherwise.</summary>
    public static Parsed<ImmutableArray<StoredPart>> Read(XmlTree xml, Upload upload, ImmutableArray<StoredPart> stored)
    {
        if (xml.Name != "CompleteMultipartUpload" || !xml.HasOnly("Part"))
        {
            return S3Errors.MalformedXml("expected `<CompleteMultipartUpload>` with a `<Part>` for each part", xml);
        }

        if (xml.Children.IsEmpty)
        {
            return S3Errors.MalformedXml("`<CompleteMultipartUpload>` has no `<Part>`, and at least one is needed");
        }

        var byNumber = stored.ToDictionary(part => part.Number);
        var parts = ImmutableArray.CreateBuilder<StoredPart>(xml.Children.Length);
        var previous = 0;
        foreach (var element in xml.Children)
        {
            if (!int.TryParse(element["PartNumber"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || element["ETag"] is not { } etag)
            {
                return S3Errors.MalformedXml("a `<Part>` has a `<PartNumber>` and an `<ETag>`", element);
            }

            if (number <= previous)
            {
                return S3Errors.InvalidPartOrder(upload.Id, previous, number);
            }

            previous = number;
            if (!byNumber.TryGetValue(number, out var part))
            {
                return S3Errors.InvalidPart(upload.Id, number, etag, $"was not uploaded: {(stored.IsEmpty ? "no part was" : $"those that were are {Numbers(stored)}")}");
            }

            if (!Preconditions.Unquoted(etag.Trim()).SequenceEqual(part.ETag))
            {
                return S3Errors.InvalidPart(upload.Id, number, etag, $"has the ETag `{part.ETag}`, the list says `{Preconditions.Unquoted(etag.Trim())}`");
            }

            if (ChecksumFault(element, upload, part, etag) is { } fault)
            {
                return fault;
            }

            parts.Add(part);
        }

        foreach (var part in parts.Take(parts.Count - 1))
        {
            if (part.Size < MinSize)
            {
                return S3Errors.EntityTooSmall(part.Size, part.Number, part.ETag);
            }
        }

        return parts.DrainToImmutable();
    }

    private static string Numbers(ImmutableArray<StoredPart> parts) =>
        string.Join(", ", parts.Take(8).Select(part => part.Number)) + (parts.Length > 8 ? $" and {parts.Length - 8} more" : "");

    /// <summary>The MD5 of the parts' MD5s, and how many they are.</summary>
    public static string ETagOf(ImmutableArray<StoredPart> parts) =>
        $"{Convert.ToHexStringLower(MD5.HashData([.. parts.SelectMany(part => part.Md5)]))}-{parts.Length}";

    /// <summary>The checksum of the object, compared with what the request says of it.</summary>
    public static Parsed<CompletedChecksum> ChecksumOf(S3Request request, Upload upload, ImmutableArray<StoredPart> parts)
    {
        if (request.Header("x-amz-mp-object-size") is { } sizeText
            && (!long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size != parts.Sum(part => part.Size)))
        {
            return S3Errors.InvalidRequest(
                $"The provided 'x-amz-mp-object-size' header value {sizeText} does not match what was computed: {parts.Sum(part => part.Size)}");
        }

        var algorithm = upload.ChecksumAlgorithm ?? ChecksumAlgorithm.Crc64Nvme;
        var type = upload.ChecksumType ?? ChecksumType.FullObject;
        if (request.Header("x-amz-checksum-type") is { } typeName && typeName != Checksum.NameOf(type))
        {
            return S3Errors.InvalidRequest(
                $"The upload was created using the {Checksum.NameOf(type)} checksum mode. The complete request must use the same checksum mode.");
        }

        if (parts.Any(part => part.Checksum is null))
        {
            return new CompletedChecksum(null);
        }

        var checksum = type == ChecksumType.Composite ? Composite(algorithm, parts) : FullObject(algorithm, parts);
        var said = request.Header(algorithm.Header);
        return said is null || said == checksum.Value || said == checksum.Value.Split('-')[0]
            ? new CompletedChecksum(checksum)
            : S3Errors.BadDigestOf(algorithm.Name.ToLowerInvariant(), said, checksum.Value);
    }

    private static Checksum Composite(ChecksumAlgorithm algorithm, ImmutableArray<StoredPart> parts)
    {
        using var digest = algorithm.Start();
        foreach (var part in parts)
        {
            digest.Append(Convert.FromBase64String(part.Checksum!));
        }

        return new Checksum(algorithm, ChecksumType.Composite, $"{Convert.ToBase64String(digest.Finish())}-{parts.Length}");
    }

    private static Checksum FullObject(ChecksumAlgorithm algorithm, ImmutableArray<StoredPart> parts)
    {
        var value = Convert.FromBase64String(parts[0].Checksum!);
        foreach (var part in parts.Skip(1))
        {
            value = algorithm.Combination!.Value.Combine(value, Convert.FromBase64String(part.Checksum!), part.Size);
        }

        return new Checksum(algorithm, ChecksumType.FullObject, Convert.ToBase64String(value));
    }

    private static AwsError? ChecksumFault(XmlTree element, Upload upload, StoredPart part, string etag)
    {
        if (upload.ChecksumAlgorithm is not { } algorithm)
        {
            return null;
        }

        if (element[algorithm.Element] is { } said)
        {
            return said == part.Checksum ? null
                : S3Errors.InvalidPart(upload.Id, part.Number, etag, $"has the {algorithm.Name} `{part.Checksum}`, the list says `{said}`");
        }

        return upload.ChecksumType == ChecksumType.Composite
            ? S3Errors.InvalidRequest(
                $"The upload was created using a {algorithm.Name.ToLowerInvariant()} checksum. The complete request must include the checksum "
                + $"for each part. It was missing for part {part.Number} in the request.")
            : null;
    }
}

/// <summary>Null when a part came without the checksum that would be needed.</summary>
internal sealed record CompletedChecksum(Checksum? Value);
