using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint;

namespace Keyless.Cli.Commands.Policy;

/// <summary><c>keyless policy lint</c>: checks policies and the policies of templates; <c>--why ID</c> prints what a check is about.</summary>
internal static class LintCommand
{
    private const string SettingsFile = "keyless.yaml";

    private static readonly string[] Options = ["--kind", "--format", "--json", "--fail-on", "--settings", "--account", "--why", "--list", "--help"];

    private static readonly string[] Formats = ["text", "json", "sarif", "github"];

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Policies or CloudFormation templates; `-` reads standard input", Arity = ArgumentArity.ZeroOrMore };
        var kind = new Option<string?>("--kind") { Description = $"What kind of policy it is, when its elements do not tell: {string.Join(", ", PolicyKinds.Words)}" };
        var format = new Option<string>("--format") { Description = $"Output: {string.Join(", ", Formats)}", DefaultValueFactory = _ => "text" };
        var json = new Option<bool>("--json") { Description = "The same as --format json" };
        var failOn = new Option<string?>("--fail-on") { Description = "Exit with 1 from this severity on: info, low, warning (default), medium, high, critical, error" };
        var settings = new Option<string?>("--settings") { Description = "A file with suppressions and other settings; default: the `lint` section of keyless.yaml" };
        var account = new Option<string?>("--account") { Description = "The account that the policies live in" };
        var why = new Option<string?>("--why") { Description = "Print a check's page: what it finds, why it matters, a bad and a good example" };
        var list = new Option<bool>("--list") { Description = "Print every check with its severity" };
        var command = new Command("lint", "Check policies for mistakes and risks") { files, kind, format, json, failOn, settings, account, why, list };
        command.SetAction(parsed =>
            parsed.GetValue(why) is { } id ? Why(id)
            : parsed.GetValue(list) ? List()
            : Run(
                parsed.GetValue(files) ?? [], parsed.GetValue(kind), parsed.GetValue(json) ? "json" : parsed.GetRequiredValue(format), parsed.GetValue(failOn),
                parsed.GetValue(settings), parsed.GetValue(account)));
        return command;
    }

    private static int Why(string id)
    {
        if (Catalogue.Find(id) is not { } check)
        {
            var near = Suggest.Nearest(id, Catalogue.Checks.Select(c => c.Id));
            return Wrong($"there is no check `{id}`{(near is null ? "; `keyless policy lint --list` prints them" : $"; did you mean `{near}`?")}");
        }

        Terminal.Out.Write(CheckPage.Text(check));
        return ExitCode.Done;
    }

    private static int List()
    {
        var width = Catalogue.Checks.Max(c => c.Id.Length);
        foreach (var check in Catalogue.Checks)
        {
            Terminal.Out.WriteLine($"{check.Id.PadRight(width)}  {check.Severity.ToString().ToLowerInvariant(),-8}  {check.Finds}");
        }

        return ExitCode.Done;
    }

    private static int Run(string[] files, string? kindName, string format, string? failOnName, string? settingsFile, string? account)
    {
        if (Misuse(files, kindName, format, failOnName, account) is { } misuse)
        {
            return Wrong(misuse);
        }

        if (!TryReadSettings(settingsFile, out var settings))
        {
            return ExitCode.Wrong;
        }

        var kind = kindName is null ? null : PolicyKinds.Named(kindName);
        var failOn = failOnName is not null && Severities.TryParse(failOnName, out var severity) ? severity : settings.FailOn ?? Severity.Warning;
        var options = new LintOptions { AccountId = account ?? settings.AccountId, Repositories = settings.Repositories };

        var status = ExitCode.Done;
        var read = 0;
        var findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (var file in files.Length > 0 ? files : ["-"])
        {
            if (InputFile.TryRead(file, out var source, out var problem))
            {
                read++;
                findings.AddRange(Linter.Lint(source, kind, options));
            }
            else
            {
                status = Wrong(problem);
            }
        }

        if (read == 0)
        {
            return status;
        }

        var left = Suppression.Apply(settings.Suppressions, findings.ToImmutable());
        Write(left, findings.Count - left.Count(f => f.Diagnostic.Id != "suppression-unused"), read, format);
        return status != ExitCode.Done ? status : left.Any(f => f.Diagnostic.Severity >= failOn) ? ExitCode.No : ExitCode.Done;
    }

    /// <summary>What is wrong with the call; null when nothing is.</summary>
    private static string? Misuse(string[] files, string? kind, string format, string? failOn, string? account)
    {
        if (files.Length == 0 && !Console.IsInputRedirected)
        {
            return "name a policy or a template to check, or pipe one in";
        }

        if (files.FirstOrDefault(f => f.Length > 1 && f[0] == '-' && !File.Exists(f)) is { } option)
        {
            var near = Suggest.Nearest(option.Split('=')[0], Options);
            return $"`{option}` is no option of keyless policy lint{(near is null ? "" : $"; did you mean `{near}`?")}";
        }

        if (files.Count(f => f == "-") > 1)
        {
            return "standard input `-` is named twice";
        }

        if (kind is not null && PolicyKinds.Named(kind) is null)
        {
            return NotOneOf("kind", kind, PolicyKinds.Words, kind.ToLowerInvariant() switch
            {
                "bucket" or "bucket-policy" or "resource-policy" => "resource",
                "role" or "assume-role" or "trust-policy" => "trust",
                "permissions" or "managed" or "inline" or "user" => "identity",
                "permissions-boundary" => "boundary",
                "service-control" or "service-control-policy" => "scp",
                "resource-control" or "resource-control-policy" => "rcp",
                _ => null,
            });
        }

        if (!Formats.Contains(format))
        {
            return NotOneOf("format", format, Formats);
        }

        if (failOn is not null && !Severities.TryParse(failOn, out _))
        {
            return NotOneOf("fail-on", failOn, Enum.GetNames<Severity>().Select(n => n.ToLowerInvariant()));
        }

        return account is not null && !(account.Length == 12 && account.All(char.IsAsciiDigit)) ? $"`--account {account}` is no account id of 12 digits" : null;
    }

    private static string NotOneOf(string option, string value, IEnumerable<string> known, string? meant = null)
    {
        meant ??= Suggest.Nearest(value, known);
        return meant is null ? $"`--{option} {value}` is not one of {string.Join(", ", known)}" : $"`--{option} {value}` is not known; did you mean `{meant}`?";
    }

    private static bool TryReadSettings(string? file, out LintSettings settings)
    {
        settings = LintSettings.Empty;
        if (file is null && !File.Exists(SettingsFile))
        {
            return true;
        }

        if (!InputFile.TryRead(file ?? SettingsFile, out var source, out var problem))
        {
            Wrong(problem);
            return false;
        }

        // A file named on purpose may hold the settings alone, or be another repository's keyless.yaml.
        settings = LintSettings.Read(source, file is null ? "lint" : null);
        if (file is not null && !settings.Diagnostics.IsEmpty && LintSettings.Read(source, "lint") is { } section && section != LintSettings.Empty)
        {
            settings = section;
        }

        if (settings.Diagnostics.IsEmpty)
        {
            return true;
        }

        Terminal.Error.Write(TextRenderer.Render(settings.Diagnostics));
        return false;
    }

    private static void Write(ImmutableArray<Finding> findings, int suppressed, int files, string format)
    {
        var diagnostics = findings.Select(f => f.Diagnostic);
        switch (format)
        {
            case "json":
                WriteJson(findings, suppressed);
                break;
            case "sarif":
                var version = typeof(LintCommand).Assembly.GetName().Version?.ToString(3) ?? "0";
                Terminal.Out.Write(SarifRenderer.Render(version, [.. Catalogue.Checks.Select(c => new SarifRule(c.Id, c.Severity, c.Finds, c.Why, c.Source))], diagnostics));
                break;
            case "github":
                Terminal.Out.Write(AnnotationRenderer.Render(diagnostics));
                break;
            default:
                Terminal.Out.Write(TextRenderer.Render(diagnostics));
                Terminal.Out.WriteLine(Summary(findings, suppressed, files));
                break;
        }
    }

    /// <summary><c>3 findings: 1 high, 2 info</c>.</summary>
    private static string Summary(ImmutableArray<Finding> findings, int suppressed, int files)
    {
        var counts = findings.GroupBy(f => f.Diagnostic.Severity).OrderByDescending(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}");
        var text = findings.IsEmpty ? $"no findings in {(files == 1 ? "1 file" : $"{files} files")}" : $"{(findings.Length == 1 ? "1 finding" : $"{findings.Length} findings")}: {string.Join(", ", counts)}";
        return suppressed > 0 ? $"{text} ({suppressed} suppressed)" : text;
    }

    private static void WriteJson(ImmutableArray<Finding> findings, int suppressed)
    {
        using (var output = Console.OpenStandardOutput())
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("findings");
            foreach (var finding in findings)
            {
                JsonOutput.Write(json, finding.Diagnostic);
            }

            json.WriteEndArray();
            json.WriteNumber("suppressed", suppressed);
            json.WriteEndObject();
        }

        Terminal.Out.WriteLine();
    }

    private static int Wrong(string problem)
    {
        Terminal.Error.Problem(problem);
        return ExitCode.Wrong;
    }
}
