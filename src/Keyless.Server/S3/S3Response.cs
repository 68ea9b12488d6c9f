using System.Buffers;
using Keyless.Server.Aws;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.S3;

/// <summary>A success of S3: a status, headers, and perhaps XML or text.</summary>
public sealed class S3Response : AwsResponse
{
    private readonly int _status;
    private readonly ArrayBufferWriter<byte>? _body;
    private readonly string? _contentType;
    private readonly List<KeyValuePair<string, string>> _headers = [];

    private S3Response(int status, ArrayBufferWriter<byte>? body = null, string? contentType = null) =>
        (_status, _body, _contentType) = (status, body, contentType);

    /// <summary>204.</summary>
    public static S3Response NoContent() => new(StatusCodes.Status204NoContent);

    /// <summary>200 without a body.</summary>
    public static S3Response Ok() => new(StatusCodes.Status200OK);

    /// <summary>200 with XML.</summary>
    public static S3Response Xml(Action<XmlOut> write)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        write(new XmlOut(body).Declaration());
        return new S3Response(StatusCodes.Status200OK, body, "application/xml");
    }

    /// <summary>200 with text as it was put, for bucket policies.</summary>
    public static S3Response Text(string text, string contentType)
    {
        var body = new ArrayBufferWriter<byte>(text.Length + 1);
        body.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return new S3Response(StatusCodes.Status200OK, body, contentType);
    }

    /// <summary>Adds a header, unless the value is null.</summary>
    public S3Response With(string name, string? value)
    {
        if (value is not null)
        {
            _headers.Add(new(name, value));
        }

        return this;
    }

    /// <summary>Tells the version, in a bucket that has or had versions.</summary>
    public S3Response WithVersion(Bucket bucket, string version) =>
        bucket.Versioning == VersioningStatus.Unset ? this : With("x-amz-version-id", version);

    public override async ValueTask Write(AwsRequest request)
    {
        var response = request.Http.Response;
        response.StatusCode = _status;
        S3Service.AddCommonHeaders(request);
        foreach (var (name, value) in _headers)
        {
            response.Headers[name] = value;
        }

        if (_body is null)
        {
            if (_status != StatusCodes.Status204NoContent)
            {
                response.ContentLength = 0;
            }

            return;
        }

        response.ContentType = _contentType;
        response.ContentLength = _body.WrittenCount;
        await response.BodyWriter.WriteAsync(_body.WrittenMemory, request.Aborted);
    }
}
