using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keyless.Server;
using Keyless.Server.Oidc;
using Keyless.Server.Secrets;

namespace Keyless.Cli.Commands.Token;

/// <summary><c>keyless token rotate</c>: the next key signs from now on; a running server sees it within a second.</summary>
internal static class RotateCommand
{
    /// <summary>How long verifiers keep a JWKS without looking again, at the most: ours for 10 minutes.</summary>
    private static readonly TimeSpan Cached = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => DataFolder.DefaultName };
        var json = new Option<bool>("--json") { Description = "Machine output: the published keys" };
        var command = new Command("rotate", "Let the next signing key sign; the one before stays published") { data, json };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(data), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string data, bool json)
    {
        if (!File.Exists(Path.Combine(data, SigningKeys.FileName)))
        {
            Terminal.Error.Problem(Directory.Exists(data)
                ? $"`{data}` has no signing keys yet: they are made with the first token"
                : $"there is no data folder `{data}`: name one with `--data`");
            return ExitCode.Wrong;
        }

        using var keys = new SigningKeys(data, MasterKey.OfFolder(data), TimeProvider.System);
        var published = keys.Rotate();
        if (published < Cached)
        {
            Terminal.Error.WriteLine(
                $"note: key {keys.Current.Id} signs now and was published only {(int)published.TotalSeconds} seconds ago: a verifier that read the keys before must read them again, "
                + $"which this server's STS does by itself. Rotate {(int)Cached.TotalMinutes} minutes or more after the last rotation and none has to");
        }

        if (json)
        {
            WriteJson(keys);
            return ExitCode.Done;
        }

        foreach (var key in keys.Published)
        {
            var state = key.Retired is { } retired ? $"retired {Time(retired)}, published until {Time(retired + SigningKeys.Overlap)}"
                : key.Id == keys.Current.Id ? "signs"
                : "published, signs next";
            Terminal.Out.WriteLine($"{key.Id}  {state}");
        }

        return ExitCode.Done;
    }

    private static void WriteJson(SigningKeys keys)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartArray();
            foreach (var key in keys.Published)
            {
                writer.WriteStartObject();
                writer.WriteString("kid", key.Id);
                writer.WriteString("state", key.Retired is not null ? "retired" : key.Id == keys.Current.Id ? "signs" : "next");
                writer.WriteString("published", Time(key.Published));
                if (key.Retired is { } retired)
                {
                    writer.WriteString("retired", Time(retired));
                    writer.WriteString("publishedUntil", Time(retired + SigningKeys.Overlap));
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
