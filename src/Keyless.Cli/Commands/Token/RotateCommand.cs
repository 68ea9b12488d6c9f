using System.CommandLine;
using Keyless.Server;
using Keyless.Server.Oidc;
using Keyless.Server.Secrets;

namespace Keyless.Cli.Commands.Token;

/// <summary><c>keyless token rotate</c>: the next key signs from now on; a running server sees it within a second.</summary>
internal static class RotateCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => DataFolder.DefaultName };
        var command = new Command("rotate", "Let the next signing key sign; the one before stays published") { data };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(data)));
        return command;
    }

    private static int Run(string data)
    {
        if (!File.Exists(Path.Combine(data, SigningKeys.FileName)))
        {
            Terminal.Error.Problem($"`{data}` has no signing keys yet: they are made with the first token");
            return ExitCode.Wrong;
        }

        using var keys = new SigningKeys(data, MasterKey.OfFolder(data), TimeProvider.System);
        keys.Rotate();
        foreach (var key in keys.Published)
        {
            var state = key.Retired is { } retired ? $"retired {retired.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, published until {(retired + SigningKeys.Overlap).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"
                : key.Id == keys.Current.Id ? "signs"
                : "published, signs next";
            Terminal.Out.WriteLine($"{key.Id}  {state}");
        }

        return ExitCode.Done;
    }
}
