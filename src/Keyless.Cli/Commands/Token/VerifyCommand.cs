using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Server;
using Keyless.Server.Oidc;
using Keyless.Server.Secrets;
using Keyless.Server.Storage;
using Keyless.Server.Sts.WebIdentity;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyless.Cli.Commands.Token;

/// <summary><c>keyless token verify</c>: the checks that STS makes of a token, up to its signature, with the issuer's own keys.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var token = new Argument<string>("TOKEN") { Description = TokenArgument.Description };
        var audience = new Option<string?>("--audience") { Description = "The audience it must be for" };
        var issuer = new Option<string?>("--issuer") { Description = "The issuer it must be from" };
        var data = new Option<string>("--data") { Description = "A data folder: issuers that it speaks for are verified with its keys", DefaultValueFactory = _ => DataFolder.DefaultName };
        var trustCa = new Option<string?>("--trust-ca") { Description = "Also trust the certificate authorities in this PEM file" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var command = new Command("verify", "Verify a token's form, times and signature with its issuer's keys") { token, audience, issuer, data, trustCa, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (TokenArgument.Read(parsed.GetRequiredValue(token)) is not { } text)
            {
                return ExitCode.Wrong;
            }

            if (parsed.GetValue(trustCa) is { } ca && !File.Exists(ca))
            {
                Terminal.Error.Problem($"`--trust-ca {ca}` does not exist");
                return ExitCode.Wrong;
            }

            var (claims, refusal) = await Verify(text, parsed.GetValue(issuer), parsed.GetValue(audience), parsed.GetRequiredValue(data), parsed.GetValue(trustCa));
            Print(claims, refusal, parsed.GetValue(json));
            return refusal is null ? ExitCode.Done : ExitCode.No;
        });
        return command;
    }

    private static async Task<(TokenClaims? Claims, Refusal? Refusal)> Verify(string text, string? issuer, string? audience, string data, string? trustCa)
    {
        if (Jwt.Parse(text, out var fault) is not { } token)
        {
            return (null, new Refusal("token", WireErrors.NotAJwt, fault!.Message));
        }

        if (TokenClaims.Read(token, TimeProvider.System.GetUtcNow(), out var refusal) is not { } claims)
        {
            return (null, refusal);
        }

        if (issuer is not null && claims.Issuer != issuer)
        {
            return (claims, new Refusal("issuer", WireErrors.NoProvider(claims.Issuer), $"the token is from issuer `{claims.Issuer}`, not from `{issuer}`"));
        }

        if (audience is not null && claims.Audience != audience)
        {
            return (claims, new Refusal("audience", WireErrors.NotValidated, $"the token is for audience `{claims.Audience}`, not for `{audience}`"));
        }

        var trusted = new X509Certificate2Collection();
        if (trustCa is not null)
        {
            trusted.ImportFromPemFile(trustCa);
        }

        var fetch = new IssuerFetch(new IssuerFetchOptions { ExtraTrust = trusted, AllowPlainLoopback = true, AllowPrivateAddresses = true });
        using var issuers = new IssuerKeys(fetch.Fetch, TimeProvider.System, NullLogger.Instance);
        var folder = new DataFolder(data);
        using var keys = Directory.Exists(data) && File.Exists(Path.Combine(data, SigningKeys.FileName)) ? new SigningKeys(data, MasterKey.OfFolder(data), TimeProvider.System) : null;
        if (keys is not null)
        {
            // Also what `token mint` signed here for an issuer that this folder does not speak for to anyone else.
            var isOwn = keys.Verifying.Find(claims.Token.KeyId) is not null;
            issuers.Pin(issuer => isOwn || folder.PinnedIssuers.Contains(issuer), () => keys.Verifying);
        }

        // Without a provider there is no audience to register and no thumbprint to accept.
        var provider = new OidcProvider { Account = "000000000000", Issuer = claims.Issuer, CreatedAt = default };
        return (claims, await new TokenVerifier(issuers).Verify(token, provider));
    }

    private static void Print(TokenClaims? claims, Refusal? refusal, bool json)
    {
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                writer.WriteStartObject();
                writer.WriteBoolean("verified", refusal is null);
                if (claims is not null)
                {
                    writer.WriteString("issuer", claims.Issuer);
                    writer.WriteString("subject", claims.Subject);
                    writer.WriteString("audience", claims.Audience);
                }

                if (refusal is not null)
                {
                    writer.WriteString("check", refusal.Check);
                    writer.WriteString("cause", refusal.Cause);
                    writer.WriteString("code", refusal.Wire.Code);
                    writer.WriteString("message", refusal.Wire.Message);
                }

                writer.WriteEndObject();
            }

            output.WriteByte((byte)'\n');
            return;
        }

        if (refusal is null)
        {
            Terminal.Out.WriteLine($"{Terminal.Out.Green("verified")}: `{claims!.Subject}` for `{claims.Audience}`, signed by `{claims.Issuer}` with key `{claims.Token.KeyId}`");
            return;
        }

        Terminal.Out.WriteLine($"{Terminal.Out.Red("not verified")}: {refusal.Cause}");
        if (refusal.Mend is { } mend)
        {
            Terminal.Out.WriteLine($"  = help: {mend}");
        }
    }
}
