using System.Text;
using System.Xml;
using System.Xml.Linq;
using Keyless.Server.Aws;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keyless.Server.CloudFormation;

/// <summary>
/// Makes API calls of the server's own, as an account's root, without the network: the request is signed and goes through the same
/// pipeline as anyone's, so it is authorized, validated and recorded like anyone's.
/// </summary>
/// <param name="handle">The pipeline.</param>
internal sealed class LocalApi(RequestDelegate handle, RootCredentials root, TimeProvider clock, string region)
{
    private const string Host = "localhost";

    /// <summary>Makes the call. Null when it succeeded, or removed what was gone already.</summary>
    public async Task<ApiRefusal?> Make(ApiCall call, CancellationToken cancellation)
    {
        var (status, body) = call switch
        {
            ApiCall.Query query => await Send(
                "iam", "POST", "/", "", "application/x-www-form-urlencoded; charset=utf-8",
                Form.Encode([new("Action", query.Action), new("Version", "2010-05-08"), .. query.Parameters]), cancellation),
            ApiCall.S3 s3 => await Send(
                "s3", s3.Method, "/" + s3.Bucket, s3.Subresource is null ? "" : s3.Subresource + "=", "application/xml", s3.Body, cancellation),
            _ => throw new InvalidOperationException("no such call"),
        };
        return status < 300 || (call.MayBeGone && status == 404) ? null : Refusal(call, status, body);
    }

    private async Task<(int Status, string Body)> Send(
        string service, string method, string path, string query, string contentType, string body, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var http = new DefaultHttpContext { RequestAborted = cancellation };
        var request = http.Request;
        request.Method = method;
        request.Scheme = "http";
        request.Path = path;
        request.QueryString = new QueryString(query.Length == 0 ? "" : "?" + query);
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = query.Length == 0 ? path : $"{path}?{query}";
        request.Headers.Host = Host;
        request.ContentType = contentType;
        request.ContentLength = bytes.Length;
        request.Body = new MemoryStream(bytes, writable: false);
        Sign(request, service, path, query, bytes);

        using var answer = new MemoryStream();
        http.Response.Body = answer;
        await handle(http);
        await http.Response.BodyWriter.FlushAsync(cancellation);
        return (http.Response.StatusCode, Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length));
    }

    private void Sign(HttpRequest request, string service, string path, string query, byte[] body)
    {
        var hash = RequestSigner.Hash(body);
        KeyValuePair<string, string>[] headers = [new("host", Host), new("x-amz-content-sha256", hash), new("x-amz-date", RequestSigner.Time(clock.GetUtcNow()))];
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value;
        }

        request.Headers.Authorization = new RequestSigner(root.AccessKeyId, root.Secret, region, service).Authorization(request.Method, path, query, headers, hash);
    }

    /// <summary>Code and message of an error answer, in either service's envelope.</summary>
    private static ApiRefusal Refusal(ApiCall call, int status, string body)
    {
        try
        {
            var names = XDocument.Parse(body).Descendants().ToLookup(element => element.Name.LocalName, element => element.Value);
            return new ApiRefusal(call.Operation, status, names["Code"].FirstOrDefault() ?? "Unknown", names["Message"].FirstOrDefault() ?? body);
        }
        catch (XmlException)
        {
            return new ApiRefusal(call.Operation, status, "Unknown", body);
        }
    }
}

/// <summary>An API call that was refused, with AWS's code and message.</summary>
public sealed record ApiRefusal(string Operation, int Status, string Code, string Message);
