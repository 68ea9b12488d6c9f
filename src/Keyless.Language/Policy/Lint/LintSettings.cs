using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint;

/// <summary>
/// What a repository always wants of <c>policy lint</c>: the <c>lint</c> section of <c>keyless.yaml</c>, or a file of its own with the same members.
/// </summary>
public sealed record LintSettings
{
    private static readonly string[] Members = ["fail-on", "account", "repositories", "suppress"];
    private static readonly string[] SuppressionMembers = ["id", "sid", "file", "reason"];

    public static LintSettings Empty { get; } = new();

    public Severity? FailOn { get; init; }

    public string? AccountId { get; init; }

    public ImmutableArray<string> Repositories { get; init; } = [];

    public ImmutableArray<Suppression> Suppressions { get; init; } = [];

    /// <summary>Every mistake in the settings themselves.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; init; } = [];

    /// <param name="section">The member that holds the settings; null when the file holds nothing else.</param>
    public static LintSettings Read(SourceText source, string? section)
    {
        var read = YamlReader.Read(source);
        var node = section is null ? read.Root : (read.Root as MappingNode)?[section];
        var reading = new Reading(read.Diagnostics);
        return node is null ? Empty with { Diagnostics = read.Diagnostics } : reading.Settings(node);
    }

    private sealed class Reading(ImmutableArray<Diagnostic> before)
    {
        private readonly List<Diagnostic> _diagnostics = [.. before];

        public LintSettings Settings(Node node)
        {
            if (node is ScalarNode { Kind: ScalarKind.Null })
            {
                return Empty with { Diagnostics = [.. _diagnostics] };
            }

            if (node is not MappingNode map)
            {
                Error(node, "the settings of `lint` are a mapping", $"its members are {string.Join(", ", Members.Select(m => $"`{m}`"))}");
                return Empty with { Diagnostics = [.. _diagnostics] };
            }

            CheckMembers(map, Members);
            return new LintSettings
            {
                FailOn = map["fail-on"] is { } severity ? ReadSeverity(severity) : null,
                AccountId = Text(map["account"]),
                Repositories = [.. Items(map["repositories"]).Select(Text).OfType<string>()],
                Suppressions = [.. Items(map["suppress"]).Select(ReadSuppression).OfType<Suppression>()],
                Diagnostics = [.. _diagnostics],
            };
        }

        private Suppression? ReadSuppression(Node node)
        {
            if (node is not MappingNode map)
            {
                Error(node, "a suppression is a mapping", "write `- id: CHECK`, and below it `reason: ...`");
                return null;
            }

            CheckMembers(map, SuppressionMembers);
            if (map["id"] is not ScalarNode { Text.Length: > 0 } id)
            {
                Error(node, "a suppression names the check by its `id`", "copy it from the finding");
                return null;
            }

            if (Catalogue.Find(id.Text) is null)
            {
                var near = Suggest.Nearest(id.Text, Catalogue.Checks.Select(c => c.Id));
                Error(id, $"there is no check `{id.Text}`", near is null ? "`keyless policy lint --list` prints them" : $"did you mean `{near}`?");
                return null;
            }

            if (string.IsNullOrWhiteSpace(Text(map["reason"])))
            {
                Error(id, $"the suppression of `{id.Text}` gives no reason", "add `reason:` with the words that will convince a reader next year");
                return null;
            }

            return new Suppression(id.Text, Text(map["sid"]), Text(map["file"]), Text(map["reason"])!, id.Source, id.Span);
        }

        private Severity? ReadSeverity(Node node)
        {
            if (Text(node) is { } text && Severities.TryParse(text, out var severity))
            {
                return severity;
            }

            Error(node, $"`{Text(node)}` is no severity", $"expected one of {Severities.Listed}");
            return null;
        }

        private IEnumerable<Node> Items(Node? node)
        {
            if (node is SequenceNode list)
            {
                return list.Items;
            }

            if (node is not null and not ScalarNode { Kind: ScalarKind.Null })
            {
                Error(node, "expected a list here", "write each entry on a line of its own, after `- `");
            }

            return [];
        }

        private void CheckMembers(MappingNode map, string[] known)
        {
            foreach (var member in map.Members.Where(m => !known.Contains(m.Name)))
            {
                var near = Suggest.Nearest(member.Name, known);
                Error(member.Key, $"there is no member `{member.Name}` here", near is null ? $"expected one of {string.Join(", ", known.Select(k => $"`{k}`"))}" : $"did you mean `{near}`?");
            }
        }

        private static string? Text(Node? node) => (node as ScalarNode)?.Text;

        private void Error(Node at, string message, string help) => _diagnostics.Add(Diagnostic.Error("lint-settings", at.Source, at.Span, message, help));
    }
}

/// <summary>A finding that a repository has decided to live with.</summary>
/// <param name="Sid">Only in this statement; null for anywhere.</param>
/// <param name="File">Only in this file; null for any.</param>
public sealed record Suppression(string Id, string? Sid, string? File, string Reason, SourceText Source, SourceSpan Span)
{
    public bool Covers(Finding finding) => finding.Diagnostic.Id == Id && (Sid is null || finding.Sid == Sid)
        && (File is null || finding.Diagnostic.Source.Name.Replace('\\', '/') == File || finding.Diagnostic.Source.Name.Replace('\\', '/').EndsWith($"/{File}", StringComparison.Ordinal));

    /// <summary>What is left of the findings, with one more for each suppression that covered none.</summary>
    public static ImmutableArray<Finding> Apply(ImmutableArray<Suppression> suppressions, ImmutableArray<Finding> findings)
    {
        var left = findings.Where(f => !suppressions.Any(s => s.Covers(f)));
        var unused = suppressions.Where(s => !findings.Any(s.Covers)).Select(s => new Finding(
            new Diagnostic("suppression-unused", Severity.Warning, s.Source, s.Span, $"there is no finding `{s.Id}`{(s.Sid is null ? "" : $" in statement `{s.Sid}`")}{(s.File is null ? "" : $" in `{s.File}`")} to suppress")
            {
                Help = "remove the suppression",
                More = "keyless policy lint --why suppression-unused",
            },
            null,
            null));
        return [.. left, .. unused];
    }
}

/// <summary>Severities by the names that people write.</summary>
public static class Severities
{
    public static string Listed { get; } = string.Join(", ", Enum.GetNames<Severity>().Select(n => $"`{n.ToLowerInvariant()}`"));

    public static bool TryParse(string text, out Severity severity) =>
        Enum.TryParse(text, ignoreCase: true, out severity) && Enum.IsDefined(severity) && !char.IsAsciiDigit(text[0]);
}
