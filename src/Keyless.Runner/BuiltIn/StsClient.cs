using System.Net.Http.Headers;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Keyless.Server.Aws;

namespace Keyless.Runner.BuiltIn;

/// <summary>An answer of STS: a result element, or the error with the id by which the decision is explained.</summary>
public abstract record StsAnswer
{
    private StsAnswer()
    {
    }

    public sealed record Done(XElement Result) : StsAnswer
    {
        /// <summary>The text of an element by its path of names; empty when absent.</summary>
        public string this[params ReadOnlySpan<string> path]
        {
            get
            {
                var element = Result;
                foreach (var name in path)
                {
                    element = element?.Elements().FirstOrDefault(child => child.Name.LocalName == name);
                }

                return element?.Value ?? "";
            }
        }
    }

    /// <param name="RequestId">The decision's id; null when no server answered.</param>
    public sealed record Refused(string Code, string Message, string? RequestId) : StsAnswer;
}

/// <summary>The three STS calls of <c>configure-aws-credentials</c>, over HTTP like any other client's. AWS STS API Reference.</summary>
public sealed class StsClient(HttpClient http, Uri endpoint, string region, string userAgent, TimeProvider time)
{
    private const string Version = "2011-06-15";

    /// <summary>Sends one action; unsigned without credentials, as AssumeRoleWithWebIdentity is.</summary>
    public async Task<StsAnswer> CallAsync(
        string action, IEnumerable<KeyValuePair<string, string>> parameters, AwsCredentials? credentials, CancellationToken cancellation)
    {
        var body = new StringBuilder().Append("Action=").Append(action).Append("&Version=").Append(Version);
        foreach (var (name, value) in parameters)
        {
            body.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        var text = body.ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } },
        };
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (credentials is not null)
        {
            new RequestSigner(credentials.AccessKeyId, new Secret(credentials.SecretAccessKey), region, "sts").Sign(request, Encoding.UTF8.GetBytes(text), credentials.SessionToken, time.GetUtcNow());
        }

        try
        {
            using var response = await http.SendAsync(request, cancellation);
            return Read(await response.Content.ReadAsStringAsync(cancellation), response.IsSuccessStatusCode, (int)response.StatusCode);
        }
        catch (HttpRequestException e)
        {
            return new StsAnswer.Refused("NetworkingError", e.Message, null);
        }
    }

    private static StsAnswer Read(string xml, bool succeeded, int status)
    {
        XElement root;
        try
        {
            root = XElement.Parse(xml);
        }
        catch (XmlException)
        {
            return new StsAnswer.Refused("UnknownError", $"the server answered {status} with a body that is no XML", null);
        }

        XElement? Find(string name) => root.Descendants().FirstOrDefault(element => element.Name.LocalName == name);
        return succeeded && root.Elements().FirstOrDefault(element => element.Name.LocalName.EndsWith("Result", StringComparison.Ordinal)) is { } result
            ? new StsAnswer.Done(result)
            : new StsAnswer.Refused(Find("Code")?.Value ?? "UnknownError", Find("Message")?.Value ?? "UnknownError", Find("RequestId")?.Value);
    }
}
