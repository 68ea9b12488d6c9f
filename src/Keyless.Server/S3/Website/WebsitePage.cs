using System.Net;
using System.Text;
using Keyless.Server.Aws;

namespace Keyless.Server.S3.Website;

/// <summary>The page that a website answers errors with when the bucket has none of its own.</summary>
internal static class WebsitePage
{
    /// <param name="documentError">Why the bucket's own error document could not be served; null when it has none.</param>
    public static byte[] Of(AwsError error, AwsRequest request, AwsError? documentError)
    {
        var title = $"{error.Status} {Phrase(error.Status)}";
        var html = new StringBuilder("<html>\n<head><title>").Append(title).Append("</title></head>\n<body>\n<h1>").Append(title).Append("</h1>\n");
        List(html, error);
        html.Insert(html.Length - "</ul>\n".Length, $"<li>RequestId: {request.RequestId}</li>\n<li>HostId: {S3Service.HostId(request)}</li>\n");
        if (documentError is not null)
        {
            html.Append("<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n");
            List(html, documentError);
        }

        return Encoding.UTF8.GetBytes(html.Append("<hr/>\n</body>\n</html>\n").ToString());
    }

    private static void List(StringBuilder html, AwsError error)
    {
        html.Append("<ul>\n");
        Item(html, "Code", error.Code);
        Item(html, "Message", error.Message);
        foreach (var (name, value) in error.Fields)
        {
            Item(html, name, value);
        }

        html.Append("</ul>\n");
    }

    private static void Item(StringBuilder html, string name, string value) =>
        html.Append("<li>").Append(name).Append(": ").Append(WebUtility.HtmlEncode(value)).Append("</li>\n");

    private static string Phrase(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
}
