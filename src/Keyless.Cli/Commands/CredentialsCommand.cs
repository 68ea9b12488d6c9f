using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Keyless.Cli.Commands.Token;
using Keyless.Server;
using Keyless.Server.Audit;

namespace Keyless.Cli.Commands;

/// <summary>
/// <c>keyless credentials</c>: exchanges a token for credentials, in the format that AWS tools take from <c>credential_process</c>. AWS
/// SDKs and Tools Reference Guide, "Process credential provider".
/// </summary>
internal static class CredentialsCommand
{
    public static Command Create()
    {
        var role = new Option<string?>("--role-arn") { Description = "The role; default: AWS_ROLE_ARN" };
        var token = new Option<string?>("--token") { Description = TokenArgument.Description + "; default: AWS_WEB_IDENTITY_TOKEN_FILE, or the running job's" };
        var audience = new Option<string>("--audience") { Description = "The audience, where the running job is asked for its token", DefaultValueFactory = _ => "sts.amazonaws.com" };
        var session = new Option<string>("--session-name") { Description = "The session's name", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("AWS_ROLE_SESSION_NAME") is { Length: > 0 } name ? name : "keyless" };
        var duration = new Option<int>("--duration") { Description = "Seconds that the session lasts", DefaultValueFactory = _ => 3600 };
        var endpoint = new Option<string?>("--endpoint-url") { Description = "The STS; default: AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, the server of the data folder, AWS itself" };
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => DataFolder.DefaultName };
        var command = new Command("credentials", "Exchange a token for credentials, as credential_process wants them") { role, token, audience, session, duration, endpoint, data };
        command.SetAction(async (parsed, cancellation) =>
        {
            var roleArn = parsed.GetValue(role) ?? Environment.GetEnvironmentVariable("AWS_ROLE_ARN");
            if (string.IsNullOrEmpty(roleArn))
            {
                Terminal.Error.Problem("say which role: `--role-arn`, or AWS_ROLE_ARN");
                return ExitCode.Wrong;
            }

            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            if (await ReadToken(http, parsed.GetValue(token), parsed.GetValue(audience)!, cancellation) is not { } text)
            {
                return ExitCode.Wrong;
            }

            var sts = EndpointOf(parsed.GetValue(endpoint), parsed.GetRequiredValue(data));
            if (!Uri.TryCreate(sts, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                Terminal.Error.Problem($"`{sts}` is no http or https URL such as http://127.0.0.1:4599");
                return ExitCode.Wrong;
            }

            return await Exchange(http, address, parsed.GetRequiredValue(data), new Dictionary<string, string>
            {
                ["Action"] = "AssumeRoleWithWebIdentity",
                ["Version"] = "2011-06-15",
                ["RoleArn"] = roleArn,
                ["RoleSessionName"] = parsed.GetValue(session)!,
                ["DurationSeconds"] = parsed.GetValue(duration).ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["WebIdentityToken"] = text,
            }, cancellation);
        });
        return command;
    }

    private static async Task<string?> ReadToken(HttpClient http, string? given, string audience, CancellationToken cancellation)
    {
        given ??= Environment.GetEnvironmentVariable("AWS_WEB_IDENTITY_TOKEN_FILE");
        if (!string.IsNullOrEmpty(given))
        {
            return TokenArgument.Read(given);
        }

        var url = Environment.GetEnvironmentVariable("ACTIONS_ID_TOKEN_REQUEST_URL");
        var bearer = Environment.GetEnvironmentVariable("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        if (string.IsNullOrEmpty(url) || string.IsNullOrEmpty(bearer))
        {
            Terminal.Error.Problem("say which token: `--token`, or AWS_WEB_IDENTITY_TOKEN_FILE, or run in a job with `id-token: write`");
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}&audience={Uri.EscapeDataString(audience)}");
        request.Headers.Authorization = new("Bearer", bearer);
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            if (response.IsSuccessStatusCode && body.RootElement.TryGetProperty("value", out var value))
            {
                return value.GetString();
            }

            Terminal.Error.Problem($"the token request was refused: {(body.RootElement.TryGetProperty("message", out var message) ? message.GetString() : response.StatusCode.ToString())}");
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException)
        {
            Terminal.Error.Problem($"the token request failed: {failure.Message}");
        }

        return null;
    }

    private static string EndpointOf(string? given, string data)
    {
        foreach (var candidate in (string?[])[given, Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_STS"), Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL"), new DataFolder(data).Endpoint?.ToString()])
        {
            if (!string.IsNullOrEmpty(candidate))
            {
                return candidate;
            }
        }

        var region = Environment.GetEnvironmentVariable("AWS_REGION") is { Length: > 0 } named ? named : "us-east-1";
        return $"https://sts.{region}.amazonaws.com";
    }

    private static async Task<int> Exchange(HttpClient http, Uri endpoint, string data, Dictionary<string, string> parameters, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.PostAsync(endpoint, new FormUrlEncodedContent(parameters), cancellation);
            var answer = XDocument.Parse(await response.Content.ReadAsStringAsync(cancellation));
            if (!response.IsSuccessStatusCode)
            {
                var id = response.Headers.TryGetValues("x-amzn-RequestId", out var ids) ? ids.First() : Value(answer, "RequestId");
                Terminal.Error.Problem($"{Value(answer, "Code")}: {Value(answer, "Message")}");
                Tell(id, endpoint, data);
                return ExitCode.No;
            }

            using var output = Console.OpenStandardOutput();
            using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
            {
                json.WriteStartObject();
                json.WriteNumber("Version", 1);
                json.WriteString("AccessKeyId", Value(answer, "AccessKeyId"));
                json.WriteString("SecretAccessKey", Value(answer, "SecretAccessKey"));
                json.WriteString("SessionToken", Value(answer, "SessionToken"));
                json.WriteString("Expiration", Value(answer, "Expiration"));
                json.WriteEndObject();
            }

            output.WriteByte((byte)'\n');
            return ExitCode.Done;
        }
        catch (Exception failure) when (failure is HttpRequestException or XmlException)
        {
            Terminal.Error.Problem($"no answer of an STS from {endpoint}: {failure.Message}");
            return ExitCode.Wrong;
        }
    }

    /// <summary>What AWS hides: from the data folder's audit at once, otherwise the command that asks the server.</summary>
    private static void Tell(string? id, Uri endpoint, string data)
    {
        if (id is null || endpoint.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal))
        {
            return;
        }

        using var reader = AuditReader.OpenFolder(data);
        if (reader?.Find(id) is not { } decision)
        {
            Terminal.Error.WriteLine($"  = more: keyless explain {id} --endpoint-url {endpoint.ToString().TrimEnd('/')}");
            return;
        }

        using var record = JsonDocument.Parse(decision.Json);
        var told = record.RootElement.GetProperty("decision");
        Terminal.Error.WriteLine($"  = cause: {told.GetProperty("summary").GetString()}");
        if (told.TryGetProperty("help", out var help))
        {
            Terminal.Error.WriteLine($"  = help: {help.GetString()}");
        }

        Terminal.Error.WriteLine($"  = more: keyless explain {id}{(data == DataFolder.DefaultName ? "" : $" --data {data}")}");
    }

    private static string? Value(XDocument answer, string element) => answer.Descendants().FirstOrDefault(found => found.Name.LocalName == element)?.Value;
}
