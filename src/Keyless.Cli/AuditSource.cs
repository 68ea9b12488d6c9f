using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keyless.Server;
using Keyless.Server.Audit;

namespace Keyless.Cli;

/// <summary>Where <c>explain</c> and <c>audit</c> read decisions: a data folder, or a running server.</summary>
internal abstract class AuditSource : IDisposable
{
    /// <summary>As messages print it.</summary>
    public abstract string Name { get; }

    /// <summary>How long <c>--follow</c> waits between two looks.</summary>
    public abstract TimeSpan Pause { get; }

    public abstract Task<(StoredDecision? Found, ServerProblem? Problem)> Find(string id, CancellationToken cancellation);

    /// <summary>The decisions of a filter, oldest first, and the filter of those that follow.</summary>
    public abstract Task<(IReadOnlyList<StoredDecision> Found, AuditFilter Next, ServerProblem? Problem)> Query(AuditFilter filter, CancellationToken cancellation);

    public abstract void Dispose();

    /// <summary>The two options, for every command that reads decisions.</summary>
    public static (Option<string?> Data, Option<string?> Endpoint) Options() => (
        new("--data") { Description = $"The data folder; default: {DataFolder.DefaultName}" },
        new("--endpoint-url") { Description = "A running server instead, asked with the AWS credentials of the environment; default without a data folder: AWS_ENDPOINT_URL" });

    /// <summary>A flag wins, then the folder that is there, then the server of the environment. Null with a problem printed.</summary>
    public static AuditSource? Open(string? data, string? endpoint)
    {
        if (data is not null && endpoint is not null)
        {
            Terminal.Error.Problem("`--data` and `--endpoint-url` are two places: name one");
            return null;
        }

        var folder = data ?? DataFolder.DefaultName;
        endpoint ??= data is null && !HasDecisions(folder) && Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL") is { Length: > 0 } set ? set : null;
        if (endpoint is not null)
        {
            if (ServerClient.Open(endpoint, out var problem) is { } client)
            {
                return new OfServer(client);
            }

            Terminal.Error.Problem(problem!.Message);
            return null;
        }

        if (AuditReader.OpenFolder(folder) is { } reader)
        {
            return new OfFolder(reader, folder);
        }

        Terminal.Error.Problem(Directory.Exists(folder)
            ? $"nothing was decided in `{folder}` yet: it holds no `{AuditLog.FileName}`"
            : $"there is no data folder `{folder}`: name one with `--data`, or a running server with `--endpoint-url`");
        return null;
    }

    private static bool HasDecisions(string folder) => File.Exists(Path.Combine(folder, AuditLog.FileName));

    private sealed class OfFolder(AuditReader reader, string folder) : AuditSource
    {
        public override string Name => $"`{folder}`";

        public override TimeSpan Pause => TimeSpan.FromMilliseconds(300);

        public override Task<(StoredDecision? Found, ServerProblem? Problem)> Find(string id, CancellationToken cancellation) =>
            Task.FromResult<(StoredDecision?, ServerProblem?)>((reader.Find(id), null));

        public override Task<(IReadOnlyList<StoredDecision> Found, AuditFilter Next, ServerProblem? Problem)> Query(AuditFilter filter, CancellationToken cancellation)
        {
            var found = reader.Query(filter);
            return Task.FromResult<(IReadOnlyList<StoredDecision>, AuditFilter, ServerProblem?)>(
                (found, found.Count == 0 ? filter : filter with { After = found[^1].Sequence }, null));
        }

        public override void Dispose() => reader.Dispose();
    }

    private sealed class OfServer(ServerClient client) : AuditSource
    {
        public override string Name => client.Name;

        public override TimeSpan Pause => TimeSpan.FromSeconds(1);

        public override async Task<(StoredDecision? Found, ServerProblem? Problem)> Find(string id, CancellationToken cancellation)
        {
            var (answer, problem) = await client.Get($"{AuditService.Path}/{Uri.EscapeDataString(id)}", [], cancellation);
            using (answer)
            {
                return answer is null ? (null, problem) : (Stored(answer.RootElement), null);
            }
        }

        public override async Task<(IReadOnlyList<StoredDecision> Found, AuditFilter Next, ServerProblem? Problem)> Query(AuditFilter filter, CancellationToken cancellation)
        {
            var (answer, problem) = await client.Get(AuditService.Path, Parameters(filter), cancellation);
            using (answer)
            {
                return answer is null
                    ? ([], filter, problem)
                    : ([.. answer.RootElement.GetProperty("decisions").EnumerateArray().Select(Stored)], filter with { After = answer.RootElement.GetProperty("cursor").GetInt64() }, null);
            }
        }

        public override void Dispose() => client.Dispose();

        private static StoredDecision Stored(JsonElement record) => new(0, record.GetProperty("eventID").GetString()!, record.GetRawText());

        private static IEnumerable<KeyValuePair<string, string>> Parameters(AuditFilter filter)
        {
            (string Name, string? Value)[] all =
            [
                ("after", filter.After == 0 ? null : filter.After.ToString(CultureInfo.InvariantCulture)),
                ("since", filter.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                ("until", filter.Until?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                ("allowed", filter.Allowed is { } allowed ? (allowed ? "true" : "false") : null),
                ("event-name", filter.EventName),
                ("principal", filter.Principal),
                ("resource", filter.Resource),
                ("account", filter.Account),
                ("error-code", filter.ErrorCode),
                ("limit", Math.Min(filter.Limit, AuditService.LargestAnswer).ToString(CultureInfo.InvariantCulture)),
            ];
            return all.Where(parameter => parameter.Value is not null).Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value!));
        }
    }
}
