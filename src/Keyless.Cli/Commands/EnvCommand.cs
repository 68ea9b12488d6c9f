using System.CommandLine;
using System.Text.Json;
using Keyless.Server;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless env</c>: what a shell needs so that AWS tools talk to the server of a data folder.</summary>
internal static class EnvCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => DataFolder.DefaultName };
        var account = new Option<string?>("--account") { Description = "The account whose root credentials to use; default: the first" };
        var region = new Option<string>("--region") { Description = "The region to set", DefaultValueFactory = _ => "us-east-1" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var command = new Command("env", "Print export lines for AWS tools: eval \"$(keyless env)\"") { data, account, region, json };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(data), parsed.GetValue(account), parsed.GetRequiredValue(region), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string data, string? account, string region, bool json)
    {
        if (region.Length == 0 || !region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            Terminal.Error.Problem($"`--region {region}` is no region such as us-east-1");
            return ExitCode.Wrong;
        }

        var folder = new DataFolder(data);
        if (folder.Accounts.Count == 0)
        {
            Terminal.Error.Problem($"`{data}` holds no Keyless state: start a server with `keyless serve --data {data}`, or name its folder with `--data`");
            return ExitCode.Wrong;
        }

        account ??= folder.Accounts[0];
        var credentials = RootCredentials.Read(data, account, isDefault: account == folder.Accounts[0]);
        if (credentials is null)
        {
            Terminal.Error.Problem(folder.Accounts.Contains(account)
                ? $"the root credentials of account {account} are not in `{data}`: the server took them from `KEYLESS_ROOT_ACCESS_KEY_ID`, use those"
                : $"`{data}` has no account {account}: it has {string.Join(", ", folder.Accounts)}");
            return ExitCode.Wrong;
        }

        if (folder.Endpoint is not { } endpoint)
        {
            Terminal.Error.Problem($"no server runs on `{data}`: start one with `keyless serve{(data == DataFolder.DefaultName ? "" : " --data " + data)}`");
            return ExitCode.No;
        }

        KeyValuePair<string, string>[] variables =
        [
            new("AWS_ENDPOINT_URL", endpoint.ToString().TrimEnd('/')),
            new("AWS_ACCESS_KEY_ID", credentials.AccessKeyId),
            new("AWS_SECRET_ACCESS_KEY", credentials.Secret.Value),
            new("AWS_REGION", region),
            new("AWS_DEFAULT_REGION", region),
        ];
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            foreach (var (name, value) in variables)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
            writer.Flush();
            output.WriteByte((byte)'\n');
            return ExitCode.Done;
        }

        foreach (var (name, value) in variables)
        {
            Terminal.Out.WriteLine($"export {name}='{value.Replace("'", "'\\''")}'");
        }

        // They would win over what was just set.
        Terminal.Out.WriteLine("unset AWS_SESSION_TOKEN AWS_PROFILE");
        return ExitCode.Done;
    }
}
