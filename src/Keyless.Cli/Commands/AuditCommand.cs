using System.CommandLine;
using System.Globalization;
using Keyless.Server;
using Keyless.Server.Audit;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless audit</c>: the recorded decisions of a data folder, filtered; also while they are made.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => DataFolder.DefaultName };
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
            data, since, until, refused, allowed, name, principal, resource, account, code, limit, follow, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            if (!TryTime(parsed.GetValue(since), "--since", now, out var from) || !TryTime(parsed.GetValue(until), "--until", now, out var to))
            {
                return ExitCode.Wrong;
            }

            if (AuditReader.OpenFolder(parsed.GetRequiredValue(data)) is not { } reader)
            {
                Terminal.Error.Problem($"`{parsed.GetRequiredValue(data)}` has no audit store: name a data folder with `--data`");
                return ExitCode.Wrong;
            }

            using (reader)
            {
                var filter = new AuditFilter
                {
                    Since = from,
                    Until = to,
                    Allowed = parsed.GetValue(refused) == parsed.GetValue(allowed) ? null : parsed.GetValue(allowed),
                    EventName = parsed.GetValue(name),
                    Principal = parsed.GetValue(principal),
                    Resource = parsed.GetValue(resource),
                    Account = parsed.GetValue(account),
                    ErrorCode = parsed.GetValue(code),
                    Limit = Math.Clamp(parsed.GetValue(limit), 1, 1_000_000),
                };
                await Print(reader, filter, parsed.GetValue(follow), parsed.GetValue(json), cancellation);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task Print(AuditReader reader, AuditFilter filter, bool follow, bool json, CancellationToken cancellation)
    {
        while (true)
        {
            foreach (var decision in reader.Query(filter))
            {
                Terminal.Out.WriteLine(json ? decision.Json : DecisionText.Line(decision));
                filter = filter with { After = decision.Sequence };
            }

            await Terminal.Out.Writer.FlushAsync(cancellation);
            if (!follow)
            {
                return;
            }

            try
            {
                await Task.Delay(300, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            filter = filter with { Limit = 1_000_000 };
        }
    }

    private static bool TryTime(string? text, string option, DateTimeOffset now, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
        {
            return true;
        }

        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && "smhd".Contains(text[^1], StringComparison.Ordinal))
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
