using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Keyless.Runner.BuiltIn;
using Keyless.Server.Aws;

namespace Keyless.Cli;

/// <summary>Why a server did not give what was asked, and with what the command ends.</summary>
internal sealed record ServerProblem(string Message, int ExitCode);

/// <summary>A running server, asked over the network by who the AWS variables of the environment say.</summary>
internal sealed class ServerClient : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = 512 << 20 };
    private readonly Uri _endpoint;
    private readonly AwsCredentials _credentials;

    private ServerClient(Uri endpoint, AwsCredentials credentials) => (_endpoint, _credentials) = (endpoint, credentials);

    public string Name => _endpoint.ToString().TrimEnd('/');

    private static string Region => Environment.GetEnvironmentVariable("AWS_REGION") is { Length: > 0 } named ? named : "us-east-1";

    /// <summary>Null, with the problem, when the address or the credentials are missing.</summary>
    public static ServerClient? Open(string endpoint, out ServerProblem? problem)
    {
        problem = null;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            problem = new($"`{endpoint}` is no http or https URL such as http://127.0.0.1:4599", ExitCode.Wrong);
            return null;
        }

        var (id, secret) = (Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID"), Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY"));
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(secret))
        {
            problem = new(
                $"the server at {endpoint} wants to know who asks: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` to those of an account's administrator; `keyless env` prints them where its data folder is",
                ExitCode.Wrong);
            return null;
        }

        var token = Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN");
        return new ServerClient(uri, new AwsCredentials(id, secret, string.IsNullOrEmpty(token) ? null : token));
    }

    /// <summary>Reads something of Keyless's own.</summary>
    /// <param name="query">In any order.</param>
    public async Task<(JsonDocument? Answer, ServerProblem? Problem)> Get(string path, IEnumerable<KeyValuePair<string, string>> query, CancellationToken cancellation)
    {
        var canonical = string.Join('&', query.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_endpoint, path + (canonical.Length == 0 ? "" : "?" + canonical)));
        Sign(request, "", "keyless");
        var (status, body, problem) = await Send(request, cancellation);
        if (problem is not null)
        {
            return (null, problem);
        }

        try
        {
            var answer = JsonDocument.Parse(body);
            if (status < 300)
            {
                return (answer, null);
            }

            using (answer)
            {
                return (null, Refused(status, answer.RootElement.GetProperty("code").GetString(), answer.RootElement.GetProperty("message").GetString()));
            }
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (null, new($"what answers at {Name} is no Keyless server: {status} to GET {path}", ExitCode.Wrong));
        }
    }

    private void Sign(HttpRequestMessage request, string body, string service) =>
        new RequestSigner(_credentials.AccessKeyId, new Secret(_credentials.SecretAccessKey), Region, service)
            .Sign(request, Encoding.UTF8.GetBytes(body), _credentials.SessionToken, TimeProvider.System.GetUtcNow());

    /// <summary>A role's trust policy, from IAM.</summary>
    public async Task<(string? Policy, ServerProblem? Problem)> TrustPolicy(string roleArn, CancellationToken cancellation)
    {
        var form = $"Action=GetRole&Version=2010-05-08&RoleName={Uri.EscapeDataString(roleArn[(roleArn.LastIndexOf('/') + 1)..])}";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_endpoint, "/"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(form)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } },
        };
        Sign(request, form, "iam");
        var (status, body, problem) = await Send(request, cancellation);
        if (problem is not null)
        {
            return (null, problem);
        }

        try
        {
            var names = XDocument.Parse(body).Descendants().ToLookup(element => element.Name.LocalName, element => element.Value);
            return status < 300 && names["Arn"].First() is var found && found != roleArn ? (null, new($"{Name} has no role `{roleArn}`; did you mean `{found}`?", ExitCode.Wrong))
                : status < 300
                ? (Uri.UnescapeDataString(names["AssumeRolePolicyDocument"].First()), null)
                : (null, Refused(status, names["Code"].FirstOrDefault(), names["Message"].FirstOrDefault()));
        }
        catch (Exception other) when (other is XmlException or InvalidOperationException)
        {
            return (null, new($"what answers at {Name} is no IAM: {status} to GetRole", ExitCode.Wrong));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(int Status, string Body, ServerProblem? Problem)> Send(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation), null);
        }
        catch (HttpRequestException failure)
        {
            return (0, "", new($"no answer from {Name}: {failure.Message}", ExitCode.Wrong));
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (0, "", new($"no answer from {Name} within {_http.Timeout.TotalSeconds} seconds", ExitCode.Wrong));
        }
    }

    /// <summary>403 is an answer, and the answer is no; anything else is a mistake of the call.</summary>
    private ServerProblem Refused(int status, string? code, string? message)
    {
        // A mismatch of signatures carries the whole canonical request.
        var first = message?.Split('\n', 2)[0];
        return code switch
        {
            "NoSuchDecision" or "NoSuchEntity" => new($"{Name}: {first}", ExitCode.Wrong),
            "SignatureDoesNotMatch" or "InvalidClientTokenId" or "ExpiredToken" =>
                new($"{Name} does not accept the credentials of the environment, key `{_credentials.AccessKeyId}`: {code}: {first}", ExitCode.Wrong),
            _ => new($"{Name} refuses: {code}: {first}", status == 403 && code == "AccessDenied" ? ExitCode.No : ExitCode.Wrong),
        };
    }
}
