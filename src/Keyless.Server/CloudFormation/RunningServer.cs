using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keyless.Server.CloudFormation;

/// <summary>The stacks of a data folder that another process serves: the same calls, over the network.</summary>
public sealed class RunningServer : IDisposable
{
    private readonly HttpClient _http;

    private RunningServer(Uri address) => _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The server of a folder; null when none runs, or its root credentials are not known.</summary>
    /// <param name="given">Its root credentials, when it has others than the folder's.</param>
    public static (RunningServer Server, Stacks Stacks)? Of(string dataFolder, RootCredentials? given = null)
    {
        var folder = new DataFolder(dataFolder);
        if (folder.Endpoint is not { } address
            || folder.Accounts is not [var account, ..]
            || (given ?? RootCredentials.Read(dataFolder, account, isDefault: true)) is not { } root)
        {
            return null;
        }

        var server = new RunningServer(address);
        return (server, KeylessServer.OpenStacks(server.Forward, root, TimeProvider.System, dataFolder, address));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a signed request on and copies the answer. The host that was signed stays the same.</summary>
    private async Task Forward(HttpContext http)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), raw) { Content = new StreamContent(http.Request.Body) };
        foreach (var (name, values) in http.Request.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        using var answer = await _http.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        if (answer.Headers.TryGetValues("x-amzn-RequestId", out var ids))
        {
            http.Response.Headers["x-amzn-RequestId"] = ids.ToArray();
        }

        await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
