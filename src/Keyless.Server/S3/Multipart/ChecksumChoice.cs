using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;

namespace Keyless.Server.S3.Multipart;

/// <summary>The checksum that an upload is begun with. S3 User Guide, "Checking object integrity", multipart uploads.</summary>
/// <param name="Algorithm">Null when none is named: then S3 keeps a CRC64NVME of the whole.</param>
internal sealed record ChecksumChoice(ChecksumAlgorithm? Algorithm, ChecksumType? Type)
{
    public static Parsed<ChecksumChoice> Read(S3Request request)
    {
        var (name, typeName) = (request.Header("x-amz-checksum-algorithm"), request.Header("x-amz-checksum-type"));
        if (name is null)
        {
            return typeName is null
                ? new ChecksumChoice(null, null)
                : S3Errors.InvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }

        if (ChecksumAlgorithm.ByName(name) is not { } algorithm)
        {
            return S3Errors.UnsupportedChecksum();
        }

        if (typeName is null)
        {
            return new ChecksumChoice(algorithm, algorithm.DefaultType);
        }

        if (Checksum.TypeByName(typeName) is not { } type)
        {
            return S3Errors.InvalidRequest("Value for x-amz-checksum-type header is invalid.");
        }

        return (type == ChecksumType.Composite ? algorithm.AllowsComposite : algorithm.AllowsFullObject)
            ? new ChecksumChoice(algorithm, type)
            : S3Errors.InvalidRequest(
                $"The {typeName} checksum type cannot be used with the {algorithm.Name.ToLowerInvariant()} checksum algorithm.");
    }
}
