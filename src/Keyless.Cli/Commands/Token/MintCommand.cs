using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Server;
using Keyless.Server.Oidc;
using Keyless.Server.Secrets;

namespace Keyless.Cli.Commands.Token;

/// <summary><c>keyless token mint</c>: the token that a job would get, signed by the keys of a data folder.</summary>
internal static class MintCommand
{
    public static Command Create()
    {
        var job = new JobOptions();
        var audience = new Option<string?>("--audience") { Description = "The audience asked for; default: the owner's page, as on GitHub" };
        var data = new Option<string>("--data") { Description = "The data folder whose keys sign", DefaultValueFactory = _ => DataFolder.DefaultName };
        var issuer = new Option<string?>("--issuer") { Description = "The issuer; default: whom the data folder speaks for" };
        var lifetime = new Option<int>("--lifetime") { Description = "Seconds until it expires", DefaultValueFactory = _ => 300 };
        var json = new Option<bool>("--json") { Description = "Machine output: token and claims" };
        var command = new Command("mint", "Make the token that a job would get") { audience, data, issuer, lifetime, json };
        job.AddTo(command);
        command.SetAction(parsed => job.Read(parsed) is { } facts
            ? Run(facts, parsed.GetValue(audience), parsed.GetRequiredValue(data), parsed.GetValue(issuer), parsed.GetValue(lifetime), parsed.GetValue(json))
            : ExitCode.Wrong);
        return command;
    }

    private static int Run(JobFacts facts, string? audience, string data, string? issuer, int lifetime, bool json)
    {
        if (lifetime is < 1 or > 86_400)
        {
            Terminal.Error.Problem($"`--lifetime {lifetime}` is not between 1 and 86400 seconds");
            return ExitCode.Wrong;
        }

        if (issuer is not null && (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || issuer.EndsWith('/')))
        {
            Terminal.Error.Problem($"`--issuer {issuer}` is no issuer: write a URL without a slash at its end, such as {IssuerUrl.GitHub}");
            return ExitCode.Wrong;
        }

        var folder = new DataFolder(data);
        Keyless.Server.Storage.PrivateFile.CreateFolder(data);
        var settings = new IssuerSettingsFile(data);
        if (settings.Read() is { Settings: null, Problems: var problems })
        {
            Terminal.Error.Write(TextRenderer.Render(problems));
            return ExitCode.Wrong;
        }

        using var keys = new SigningKeys(data, MasterKey.OfFolder(data), TimeProvider.System);
        issuer ??= folder.PinnedIssuers.Count > 0 ? folder.PinnedIssuers[0]
            : (folder.PublicUrl ?? folder.Endpoint) is { } address ? address.GetLeftPart(UriPartial.Authority) + OidcSite.Prefix
            : IssuerUrl.GitHub;
        var minter = new TokenIssuer(keys, settings, TimeProvider.System, () => issuer) { Lifetime = TimeSpan.FromSeconds(lifetime) };
        var (token, issued, fault) = minter.Issue(facts, string.IsNullOrEmpty(audience) ? null : audience);
        if (token is null)
        {
            Terminal.Error.Problem(fault!.Reason);
            Terminal.Error.WriteLine($"  = help: {fault.Help}");
            return ExitCode.No;
        }

        if (!json)
        {
            Terminal.Out.WriteLine(token);
            return ExitCode.Done;
        }

        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("value", token);
            writer.WriteString("subject", issued!.Subject);
            writer.WritePropertyName("claims");
            writer.WriteRawValue(Base64UrlText.Decode(token.Split('.')[1])!);
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        return ExitCode.Done;
    }
}
