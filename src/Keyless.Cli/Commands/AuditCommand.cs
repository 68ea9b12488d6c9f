using System.CommandLine;
using System.Globalization;
using Keyless.Server.Audit;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless audit</c>: the recorded decisions of a data folder or a running server, filtered; also while they are made.</summary>
internal static class AuditCommand
{
    private const int LargestLimit = 1_000_000;

    public static Command Create()
    {
        var (data, endpoint) = AuditSource.Options();
        var since = new Option<string?>("--since") { Description = "From then on: a time, or how long ago as 30s, 15m, 2h, 7d" };
        var until = new Option<string?>("--until") { Description = "Before then" };
        var refused = new Option<bool>("--refused") { Description = "Only refusals" };
        var allowed = new Option<bool>("--allowed") { Description = "Only what was allowed" };
        var name = new Option<string?>("--event-name") { Description = "One operation: AssumeRoleWithWebIdentity" };
        var principal = new Option<string?>("--principal") { Description = "A part of the subject or the caller" };
        var resource = new Option<string?>("--resource") { Description = "A part of the resource's ARN" };
        var account = new Option<string?>("--account") { Description = "One account" };
        var code = new Option<string?>("--error-code") { Description = "One error code: AccessDenied" };
        var limit = new Option<int>("--limit", "-n") { Description = "The newest so many", DefaultValueFactory = _ => 100 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is decided from now on" };
        var json = new Option<bool>("--json") { Description = "Machine output: one CloudTrail-shaped record a line" };
        var command = new Command("audit", "The decisions that were made: who asked for what, and why it was allowed or not")
        {
            data, endpoint, since, until, refused, allowed, name, principal, resource, account, code, limit, follow, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            if (!TryTime(parsed.GetValue(since), "--since", now, out var from) || !TryTime(parsed.GetValue(until), "--until", now, out var to))
            {
                return ExitCode.Wrong;
            }

            if (Contradiction(from, to, parsed.GetValue(refused) && parsed.GetValue(allowed), parsed.GetValue(limit)) is { } contradiction)
            {
                Terminal.Error.Problem(contradiction);
                return ExitCode.Wrong;
            }

            if (AuditSource.Open(parsed.GetValue(data), parsed.GetValue(endpoint)) is not { } source)
            {
                return ExitCode.Wrong;
            }

            using (source)
            {
                var filter = new AuditFilter
                {
                    Since = from,
                    Until = to,
                    Allowed = parsed.GetValue(refused) ? false : parsed.GetValue(allowed) ? true : null,
                    EventName = parsed.GetValue(name),
                    Principal = parsed.GetValue(principal),
                    Resource = parsed.GetValue(resource),
                    Account = parsed.GetValue(account),
                    ErrorCode = parsed.GetValue(code),
                    Limit = parsed.GetValue(limit),
                };
                return await Print(source, filter, parsed.GetValue(follow), parsed.GetValue(json), cancellation);
            }
        });
        return command;
    }

    private static string? Contradiction(DateTimeOffset? from, DateTimeOffset? to, bool bothOutcomes, int limit) =>
        bothOutcomes ? "`--refused` and `--allowed` exclude each other: leave both out for everything"
        : limit is < 1 or > LargestLimit ? $"`--limit {limit}` is not between 1 and {LargestLimit}"
        : from >= to ? $"`--since` is not before `--until`: {from:u} and {to:u}"
        : null;

    private static async Task<int> Print(AuditSource source, AuditFilter filter, bool follow, bool json, CancellationToken cancellation)
    {
        for (var first = true; ; first = false)
        {
            var (found, next, problem) = await source.Query(filter, cancellation);
            if (problem is not null)
            {
                Terminal.Error.Problem(problem.Message);
                return problem.ExitCode;
            }

            foreach (var decision in found)
            {
                Terminal.Out.WriteLine(json ? decision.Json : DecisionText.Line(decision));
            }

            await Terminal.Out.Writer.FlushAsync(cancellation);
            if (first && found.Count == 0)
            {
                Terminal.Error.WriteLine(Terminal.Error.Dim($"no decision in {source.Name} is like that{(follow ? " yet" : "")}"));
            }

            if (!follow)
            {
                return ExitCode.Done;
            }

            try
            {
                await Task.Delay(source.Pause, cancellation);
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Done;
            }

            filter = next with { Limit = LargestLimit };
        }
    }

    private static bool TryTime(string? text, string option, DateTimeOffset now, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
        {
            return true;
        }

        if (text.Length is > 1 and < 10 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && "smhd".Contains(text[^1], StringComparison.Ordinal))
        {
            time = now - text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), _ => TimeSpan.FromDays(number) };
            return true;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
        {
            time = parsed;
            return true;
        }

        Terminal.Error.Problem($"`{option} {text}` is no time: write 2026-11-23T20:00:00Z, or how long ago as 30s, 15m, 2h, 7d");
        return false;
    }
}
