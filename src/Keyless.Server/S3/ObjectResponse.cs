using System.Globalization;
using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.S3;

/// <summary>An object or a range of it: 200 or 206, its headers, its bytes unless the request is HEAD.</summary>
internal sealed class ObjectResponse(BucketStore buckets, StoredObject stored, ByteRange? range) : AwsResponse
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    /// <summary>Adds a header, or overrides one of the object's.</summary>
    public ObjectResponse With(string name, string value)
    {
        _headers.Add(new(name, value));
        return this;
    }

    public override async ValueTask Write(AwsRequest request)
    {
        S3Service.AddCommonHeaders(request);
        await Write(request.Http, range is null ? StatusCodes.Status200OK : StatusCodes.Status206PartialContent);
    }

    /// <summary>Writes the answer with a status of the caller's: a website's error document keeps the error's.</summary>
    public async ValueTask Write(HttpContext http, int status)
    {
        var response = http.Response;
        var headers = response.Headers;
        response.StatusCode = status;
        headers.LastModified = ObjectRead.HttpDate(stored.Modified);
        headers.ETag = $"\"{stored.ETag}\"";
        headers.AcceptRanges = "bytes";
        response.ContentType = ObjectHeaders.DefaultContentType;
        foreach (var (name, value) in stored.Headers.Values)
        {
            if (name != "x-amz-storage-class" || value != "STANDARD")
            {
                headers[name] = HeaderText(value);
            }
        }

        foreach (var (name, value) in _headers)
        {
            headers[name] = HeaderText(value);
        }

        var part = range ?? new ByteRange(0, stored.Size);
        response.ContentLength = part.Length;
        if (range is not null)
        {
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {part.Offset}-{part.Last}/{stored.Size}");
        }

        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await ObjectContent.Send(buckets, stored, part, response, http.RequestAborted);
        }
    }

    /// <summary>Headers are ASCII: S3 gives other text back in the encoding of mail headers, RFC 2047.</summary>
    private static string HeaderText(string value) =>
        Ascii.IsValid(value) && !value.AsSpan().ContainsAnyInRange('\0', '\u001f')
            ? value
            : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?=";
}
