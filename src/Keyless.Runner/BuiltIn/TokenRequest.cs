using System.Net.Http.Headers;
using System.Text.Json;

namespace Keyless.Runner.BuiltIn;

/// <summary>Asks the issuer for a job's token, as <c>getIDToken</c> of <c>@actions/core</c> does, with the same messages.</summary>
internal static class TokenRequest
{
    /// <summary>The token, or why there is none.</summary>
    public static async Task<(string? Token, string? Problem)> SendAsync(ActionHost host, HttpClient http, string audience, CancellationToken cancellation)
    {
        if (host.Variable("ACTIONS_ID_TOKEN_REQUEST_URL") is not { Length: > 0 } url)
        {
            return (null, "Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable");
        }

        if (audience.Length > 0)
        {
            url += $"&audience={Uri.EscapeDataString(audience)}";
        }

        host.Debug($"ID token url is {url}");
        if (host.Variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN") is not { Length: > 0 } bearer)
        {
            return (null, "Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.UserAgent.ParseAdd("actions/oidc-client");
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            if (!response.IsSuccessStatusCode)
            {
                return (null, $"Error message: Failed to get ID Token. \n \n        Error Code : {(int)response.StatusCode}\n \n        Error Message: {Member(body, "message") ?? body}");
            }

            return Member(body, "value") is { Length: > 0 } token ? (token, null) : (null, "Error message: Response json body do not have ID Token field");
        }
        catch (HttpRequestException e)
        {
            return (null, $"Error message: {e.Message}");
        }
    }

    private static string? Member(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
