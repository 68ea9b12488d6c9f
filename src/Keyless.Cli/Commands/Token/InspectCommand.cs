using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keyless.Language.Oidc;

namespace Keyless.Cli.Commands.Token;

/// <summary><c>keyless token inspect</c>: what is in a token, and what AWS can do with each part. Nothing is verified.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var token = new Argument<string>("TOKEN") { Description = TokenArgument.Description };
        var json = new Option<bool>("--json") { Description = "Machine output: header and claims" };
        var command = new Command("inspect", "Show a token's header and claims, annotated; nothing is verified") { token, json };
        command.SetAction(parsed => TokenArgument.Read(parsed.GetRequiredValue(token)) is { } text
            ? Run(text, parsed.GetValue(json), TimeProvider.System.GetUtcNow())
            : ExitCode.Wrong);
        return command;
    }

    private static int Run(string text, bool json, DateTimeOffset now)
    {
        if (Jwt.Parse(text, out var fault) is not { } token)
        {
            Terminal.Error.Problem(fault!.Message);
            return ExitCode.Wrong;
        }

        if (json)
        {
            WriteJson(text);
            return ExitCode.Done;
        }

        var provider = token.Claim("iss"u8) is { } iss ? IssuerUrl.WithoutScheme(token.Text(iss)) : "";
        var testable = ProviderClaims.Of(provider);
        Terminal.Out.WriteLine(Terminal.Out.Bold("header"));
        foreach (var member in token.Headers)
        {
            Terminal.Out.WriteLine($"  {token.Name(member),-22} {token.Text(member)}");
        }

        Terminal.Out.WriteLine(Terminal.Out.Bold("claims"));
        foreach (var member in token.Claims)
        {
            var name = token.Name(member);
            var notes = new List<string>(2);
            if (name is "exp" or "iat" or "nbf")
            {
                notes.Add(Time(name, token.Text(member), now));
            }
            else if (ClaimCatalogue.Find(name) is { } info)
            {
                notes.Add(info.Meaning);
            }

            if (name is "aud" or "sub" or "amr" or "email" || testable.Contains(name))
            {
                notes.Add($"AWS: {provider}:{name}");
            }

            Terminal.Out.WriteLine($"  {name,-22} {token.Text(member)}{(notes.Count == 0 ? "" : Terminal.Out.Dim("   # " + string.Join("; ", notes)))}");
        }

        Terminal.Out.WriteLine(Terminal.Out.Dim("not verified: `keyless token verify` checks the signature with the issuer's keys"));
        return ExitCode.Done;
    }

    private static string Time(string name, string text, DateTimeOffset now)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds is < 0 or > 253_402_300_799)
        {
            return "no whole number of seconds";
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        var away = at - now;
        var span = away.Duration() < TimeSpan.FromMinutes(2) ? $"{(int)away.Duration().TotalSeconds} seconds"
            : away.Duration() < TimeSpan.FromHours(2) ? $"{(int)away.Duration().TotalMinutes} minutes"
            : away.Duration() < TimeSpan.FromDays(2) ? $"{(int)away.Duration().TotalHours} hours"
            : $"{(int)away.Duration().TotalDays} days";
        var relation = away < TimeSpan.Zero ? $"{span} ago" : $"in {span}";
        return $"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, {(name == "exp" ? away < TimeSpan.Zero ? "expired " + relation : "expires " + relation : relation)}";
    }

    private static void WriteJson(string text)
    {
        var parts = text.Split('.');
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("header");
            writer.WriteRawValue(Base64UrlText.Decode(parts[0])!);
            writer.WritePropertyName("claims");
            writer.WriteRawValue(Base64UrlText.Decode(parts[1])!);
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
