using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Run;

/// <summary>
/// <c>keyless.yaml</c> in the repository's folder: what the command line would say each time, under the names of the long options. An
/// option that is given wins.
/// </summary>
internal sealed class SettingsFile
{
    public const string Name = "keyless.yaml";

    private readonly Dictionary<string, ImmutableArray<string>> _values = new(StringComparer.Ordinal);

    /// <summary>Each setting by the long option it stands for, as texts; mappings become <c>NAME=VALUE</c>.</summary>
    public ImmutableArray<string> this[string option] => _values.GetValueOrDefault(option, []);

    /// <summary>Reads the file of a folder; without one nothing is set.</summary>
    public static (SettingsFile Settings, ImmutableArray<Diagnostic> Problems) Read(string folder, IReadOnlyCollection<string> options)
    {
        var settings = new SettingsFile();
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            return (settings, []);
        }

        if (!InputFile.TryRead(path, out var source, out var problem))
        {
            var unreadable = new SourceText(InputFile.Shown(path), "");
            return (settings, [Diagnostic.Error("settings-unreadable", unreadable, default, problem)]);
        }

        var read = YamlReader.Read(source, YamlOptions.Default);
        var problems = read.Diagnostics.ToBuilder();
        switch (read.Root)
        {
            case MappingNode map:
                foreach (var member in map.Members)
                {
                    settings.Take(member, options, problems);
                }

                break;
            case null or ScalarNode { Kind: ScalarKind.Null }:
                break;
            default:
                problems.Add(Diagnostic.Error("settings-form", source, read.Root.Span, "the settings are a mapping of option names to values"));
                break;
        }

        return (settings, problems.ToImmutable());
    }

    private void Take(Member member, IReadOnlyCollection<string> options, ImmutableArray<Diagnostic>.Builder problems)
    {
        // `vars:` reads better than `var:` over a mapping; both mean --var.
        var option = options.Contains(member.Name) ? member.Name : member.Name.EndsWith('s') && options.Contains(member.Name[..^1]) ? member.Name[..^1] : null;
        if (option is null)
        {
            var near = Suggest.Nearest(member.Name, options);
            problems.Add(Diagnostic.Error("settings-unknown", member.Key.Source, member.Key.Span, $"there is no setting `{member.Name}`", near is null
                ? "the settings have the names of the long options of `keyless run`"
                : $"did you mean `{near}`?"));
            return;
        }

        _values[option] = member.Value switch
        {
            ScalarNode { Kind: ScalarKind.Null } => [],
            ScalarNode scalar => [scalar.Text],
            SequenceNode list => [.. list.Items.OfType<ScalarNode>().Select(item => item.Text)],
            MappingNode map => [.. map.Members.Select(pair => $"{pair.Name}={(pair.Value as ScalarNode)?.Text}")],
            _ => [],
        };
    }
}
