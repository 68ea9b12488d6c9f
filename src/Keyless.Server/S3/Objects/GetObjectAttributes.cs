using System.Collections.Immutable;
using System.Globalization;
using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>GetObjectAttributes</c>.</summary>
internal sealed class GetObjectAttributes(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetObjectAttributes";

    public override S3Route Route => new("GET", S3Scope.Object, "attributes");


    private static readonly string[] Attributes = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    protected override Needs Permissions(S3Request request) => ImmutableArray.Create(
        request.OnVersion("s3:GetObject", "s3:GetObjectVersion"), request.OnVersion("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"));

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        if (request.Header("x-amz-object-attributes") is not { Length: > 0 } header)
        {
            return Answer(S3Errors.InvalidRequest("Missing required header for this request: x-amz-object-attributes"));
        }

        var wanted = header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (wanted.FirstOrDefault(name => !Attributes.Contains(name)) is not null)
        {
            return Answer(S3Errors.InvalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", header));
        }

        if (!ObjectRead.Find(request, Buckets).Succeeds(out var stored, out var error))
        {
            return Answer(error);
        }

        return Answer(S3Response
            .Xml(xml =>
            {
                xml.Open("GetObjectAttributesResponse", S3Xml.Namespace);
                foreach (var name in Attributes.Where(wanted.Contains))
                {
                    Write(xml, name, request, stored);
                }

                xml.Close("GetObjectAttributesResponse");
            })
            .With("Last-Modified", stored.Modified.ToString("r", CultureInfo.InvariantCulture))
            .WithVersion(request.Bucket, stored.Version));
    }

    private void Write(XmlOut xml, string name, S3Request request, StoredObject stored)
    {
        switch (name)
        {
            case "ETag":
                xml.Element("ETag", stored.ETag);
                break;
            case "StorageClass":
                xml.Element("StorageClass", stored.Headers.StorageClass);
                break;
            case "ObjectSize":
                xml.Element("ObjectSize", stored.Size);
                break;
            case "Checksum" when stored.Checksum is { } checksum:
                xml.Open("Checksum").Element(checksum.Algorithm.Element, checksum.Value).Element("ChecksumType", checksum.TypeName).Close("Checksum");
                break;
            case "ObjectParts" when stored.Parts > 0:
                WriteParts(xml, request, stored);
                break;
        }
    }

    private void WriteParts(XmlOut xml, S3Request request, StoredObject stored)
    {
        var max = int.TryParse(request.Header("x-amz-max-parts"), out var asked) ? Math.Clamp(asked, 0, 1000) : 1000;
        var after = int.TryParse(request.Header("x-amz-part-number-marker"), out var marker) ? marker : 0;
        var parts = Buckets.Parts(stored, after, max + 1);
        var page = parts[..Math.Min(max, parts.Length)];
        xml.Open("ObjectParts").Element("PartsCount", stored.Parts).Element("PartNumberMarker", after);
        xml.Element("NextPartNumberMarker", page.IsEmpty ? 0 : page[^1].Number).Element("MaxParts", max).Element("IsTruncated", parts.Length > max);

        // Parts themselves are told only of uploads with a checksum for each.
        if (stored.Checksum is { Type: ChecksumType.Composite } checksum)
        {
            foreach (var part in page)
            {
                xml.Open("Part").Element("PartNumber", part.Number).Element("Size", part.Size).Optional(checksum.Algorithm.Element, part.Checksum).Close("Part");
            }
        }

        xml.Close("ObjectParts");
    }
}
