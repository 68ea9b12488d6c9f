using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Cli.Commands.Policy;

/// <summary><c>keyless policy compare</c>: does a change let anyone new in? For continuous integration.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "OLD and NEW; with `--against` only NEW", Arity = new ArgumentArity(1, 2) };
        var against = new Option<string?>("--against") { Description = "Take OLD from this Git revision of the same file" };
        var format = new Option<string>("--format") { Description = "`text`, `json`, or `github` for annotations on a pull request", DefaultValueFactory = _ => "text" };
        var json = new Option<bool>("--json") { Description = "Machine output, as `--format json`" };
        format.AcceptOnlyFromAmong("text", "json", "github");
        var domain = new DomainOptions();
        var command = new Command("compare", "Compare trust policies: equal, stricter, wider or incomparable; exit 1 when someone new gets in") { files, against, format, json };
        domain.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var given = parsed.GetRequiredValue(files);
            var revision = parsed.GetValue(against);
            if (given.Length != (revision is null ? 2 : 1))
            {
                Terminal.Error.Problem(revision is null ? "two files are compared: OLD and NEW, or `--against REVISION` and NEW" : "with `--against` name only the new file");
                return ExitCode.Wrong;
            }

            ImmutableArray<RoleFile> before;
            if (!domain.TryRead(parsed, out var tokens))
            {
                return ExitCode.Wrong;
            }

            if (revision is null)
            {
                if (!TrustPolicies.TryReadAll(given[0], out before))
                {
                    return ExitCode.Wrong;
                }
            }
            else
            {
                var (old, problem) = await Revision(revision, given[0], cancellation);
                if (old is null)
                {
                    Terminal.Error.Problem(problem!);
                    return ExitCode.Wrong;
                }

                if (!TrustPolicies.TryReadAll(old, out before))
                {
                    return ExitCode.Wrong;
                }
            }

            if (!TrustPolicies.TryReadAll(given[^1], out var after))
            {
                return ExitCode.Wrong;
            }

            var changes = Pair(before, after).Select(pair => new RoleChange(
                pair.Name, pair.Before, pair.After, PolicyChange.Between(pair.Before?.Trust, pair.After?.Trust, tokens, () => domain.Budget(parsed, cancellation)))).ToList();
            switch (parsed.GetValue(json) ? "json" : parsed.GetValue(format))
            {
                case "json":
                    WriteJson(changes, tokens);
                    break;
                case "github":
                    changes.ForEach(Annotate);
                    break;
                default:
                    changes.ForEach(change => Write(change, tokens, changes.Count > 1));
                    break;
            }

            return changes.TrueForAll(change => change.IsHarmless) ? ExitCode.Done : ExitCode.No;
        });
        return command;
    }

    /// <summary>Roles by name; two bare policies are one role whatever their files are called.</summary>
    private static IEnumerable<(string Name, RoleFile? Before, RoleFile? After)> Pair(ImmutableArray<RoleFile> before, ImmutableArray<RoleFile> after)
    {
        if (before is [var old] && after is [var young])
        {
            return [(young.Name, old, young)];
        }

        return before.Select(role => role.Name).Union(after.Select(role => role.Name))
            .Select(name => (name, before.FirstOrDefault(role => role.Name == name), after.FirstOrDefault(role => role.Name == name)));
    }

    private static string Sentence(RoleChange change) => (change.Change.Kind, change.Before, change.After) switch
    {
        (ChangeKind.Wider, null, _) => "is new and lets jobs in",
        (ChangeKind.Equal, null, _) => "is new and lets no job in",
        (ChangeKind.Stricter, _, null) => "is gone, and those it let in with it",
        (ChangeKind.Equal, _, null) => "is gone; it let no job in",
        (ChangeKind.Equal, _, _) => "lets in the same tokens as before",
        (ChangeKind.Stricter, _, _) => "lets in less than before and nothing more",
        (ChangeKind.Wider, _, _) => "lets in more than before",
        (ChangeKind.Incomparable, _, _) => "lets in tokens that it refused before, and refuses some that it let in",
        _ => $"could not be compared: {change.Change.Unclear}",
    };

    private static void Write(RoleChange change, TokenDomain domain, bool several)
    {
        var output = Terminal.Out;
        var word = change.Change.Kind.ToString().ToLowerInvariant();
        var painted = change.Change.Kind switch
        {
            ChangeKind.Equal or ChangeKind.Stricter => output.Green(word),
            ChangeKind.Undecided => output.Yellow(word),
            _ => output.Red(word),
        };
        output.WriteLine($"{painted}: {output.Bold(change.Name)} {Sentence(change)}");
        if (change.Change.Gained is { } gained)
        {
            output.WriteLine("  only the new one lets in");
            output.Write(ProofText.Token(gained, [], "    "));
            output.WriteLine($"    try: {gained.MintCommand()}");
        }

        if (change.Change.Lost is { } lost)
        {
            output.WriteLine("  only the old one let in");
            output.Write(ProofText.Token(lost, [], "    "));
        }

        foreach (var statement in change.Change.NewOthers)
        {
            output.WriteLine($"  {output.Red("also")}: {ProofText.Name(statement)} ({ProofText.Place(change.After!.Trust, statement)}) is new and lets others than GitHub's jobs in; it is not compared");
        }

        if (change.Change.Kind is ChangeKind.Equal or ChangeKind.Stricter && !several)
        {
            var both = new[] { change.Before?.Trust, change.After?.Trust }.OfType<PolicyDocument>();
            output.Write(ProofText.Assumptions(KnownNames.In(domain, both)));
        }
    }

    /// <summary>GitHub Docs, "Workflow commands for GitHub Actions": error and notice messages.</summary>
    private static void Annotate(RoleChange change)
    {
        var trust = change.After?.Trust ?? change.Before!.Trust;
        var statement = change.Change.Gained?.AdmittedBy(trust) ?? change.Change.NewOthers.FirstOrDefault() ?? trust.Statements.FirstOrDefault();
        var line = trust.Source.PositionOf(statement?.Span.Start ?? trust.Span.Start).Line;
        var message = $"{change.Name} {Sentence(change)}"
            + (change.Change.Gained is { } gained ? $": {gained.Subject}" : "")
            + string.Concat(change.Change.NewOthers.Select(other => $"; {ProofText.Name(other)} is new and lets others than GitHub's jobs in"));
        Terminal.Out.WriteLine(
            $"::{(change.IsHarmless ? "notice" : "error")} file={Escaped(trust.Source.Name, property: true)},line={line},title=trust policy {change.Change.Kind.ToString().ToLowerInvariant()}::{Escaped(message, property: false)}");
    }

    private static string Escaped(string text, bool property)
    {
        var escaped = text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
        return property ? escaped.Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal) : escaped;
    }

    private static void WriteJson(List<RoleChange> changes, TokenDomain domain)
    {
        using var stream = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(stream, ProofText.Json))
        {
            json.WriteStartObject();
            json.WriteBoolean("harmless", changes.TrueForAll(change => change.IsHarmless));
            json.WriteStartArray("roles");
            foreach (var change in changes)
            {
                json.WriteStartObject();
                json.WriteString("role", change.Name);
                json.WriteString("change", change.Change.Kind.ToString().ToLowerInvariant());
                if (change.Change.Gained is { } gained)
                {
                    ProofText.WriteToken(json, "gained", gained);
                }

                if (change.Change.Lost is { } lost)
                {
                    ProofText.WriteToken(json, "lost", lost);
                }

                if (change.Change.Unclear is { } reason)
                {
                    json.WriteString("reason", reason);
                }

                json.WriteStartArray("newOthers");
                foreach (var statement in change.Change.NewOthers)
                {
                    json.WriteStringValue(ProofText.Place(change.After!.Trust, statement));
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            ProofText.WriteAssumptions(json, domain);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>The file as it is in a revision of the repository it lies in.</summary>
    private static async Task<(SourceText? Source, string? Problem)> Revision(string revision, string file, CancellationToken cancellation)
    {
        if (revision.StartsWith('-'))
        {
            return (null, $"`{revision}` is no Git revision");
        }

        var path = Path.GetFullPath(file);
        var start = new ProcessStartInfo("git", ["show", $"{revision}:./{Path.GetFileName(path)}"])
        {
            WorkingDirectory = Path.GetDirectoryName(path) is { } folder && Directory.Exists(folder) ? folder : Directory.GetCurrentDirectory(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var text = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? (new SourceText($"{InputFile.Shown(file)}@{revision}", text), null)
                : (null, $"Git has no `{InputFile.Shown(file)}` at `{revision}`: {(await errors).Split('\n')[0]}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "`git` is needed for `--against` and is not installed");
        }
    }

    private sealed record RoleChange(string Name, RoleFile? Before, RoleFile? After, PolicyChange Change)
    {
        public bool IsHarmless => Change.Kind is ChangeKind.Equal or ChangeKind.Stricter && Change.NewOthers.IsEmpty;
    }
}
