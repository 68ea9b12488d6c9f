using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;

namespace Keyless.Server.Oidc;

/// <summary>Reads the text of a settings file; every mistake is told with its place.</summary>
internal sealed class IssuerSettingsReader
{
    private static readonly string[] Sections = ["organizations", "repositories", "enterprises", "mapping"];

    private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();

    private IssuerSettingsReader()
    {
    }

    public static (IssuerSettings Settings, ImmutableArray<Diagnostic> Problems) Read(SourceText source)
    {
        var tree = JsonReader.Read(source);
        var reader = new IssuerSettingsReader();
        reader._problems.AddRange(tree.Diagnostics);
        var settings = IssuerSettings.None;
        foreach (var section in reader.Members(tree.Root, "the settings"))
        {
            settings = section.Name switch
            {
                "organizations" => settings with { Organizations = settings.Organizations.AddRange(reader.Named(section.Value, reader.Organization)) },
                "repositories" => settings with { Repositories = settings.Repositories.AddRange(reader.Named(section.Value, reader.Repository, isRepository: true)) },
                "enterprises" => reader.Enterprises(section.Value, settings),
                "mapping" => settings with { Mapping = reader.Mapping(section.Value) },
                _ => reader.Unknown(section, "section", Sections, settings),
            };
        }

        return (settings, reader._problems.ToImmutable());
    }

    private OwnerSettings Organization(Node node)
    {
        var settings = OwnerSettings.None;
        foreach (var member in Members(node, "an organisation's settings"))
        {
            settings = member.Name switch
            {
                "include_claim_keys" => settings with { IncludeClaimKeys = Template(member.Value) },
                "properties" => settings with { Properties = Texts(member) },
                "use_immutable_subject" => settings with { UseImmutableSubject = Flag(member) },
                "enterprise" => settings with { Enterprise = Text(member) },
                "enterprise_id" => settings with { EnterpriseId = Text(member) },
                _ => Unknown(member, "setting of an organisation", ["include_claim_keys", "properties", "use_immutable_subject", "enterprise", "enterprise_id"], settings),
            };
        }

        return settings;
    }

    private RepositorySettings Repository(Node node)
    {
        var settings = RepositorySettings.None;
        foreach (var member in Members(node, "a repository's settings"))
        {
            settings = member.Name switch
            {
                "use_default" => settings with { Subject = settings.Subject with { UseDefault = Flag(member) ?? true } },
                "include_claim_keys" => settings with { Subject = settings.Subject with { IncludeClaimKeys = Template(member.Value) } },
                "use_immutable_subject" => settings with { Subject = settings.Subject with { UseImmutableSubject = Flag(member) } },
                "properties" => settings with { Properties = Pairs(member.Value).ToImmutableSortedDictionary() },
                "protected_refs" => settings with { ProtectedRefs = Texts(member) },
                _ => Unknown(member, "setting of a repository", ["use_default", "include_claim_keys", "use_immutable_subject", "properties", "protected_refs"], settings),
            };
        }

        return settings;
    }

    private IssuerSettings Enterprises(Node node, IssuerSettings settings)
    {
        foreach (var enterprise in Members(node, "`enterprises`"))
        {
            foreach (var member in Members(enterprise.Value, "an enterprise's settings"))
            {
                settings = member.Name switch
                {
                    "include_enterprise_slug" => Flag(member) == true
                        ? settings with { EnterprisesWithOwnIssuer = settings.EnterprisesWithOwnIssuer.Add(enterprise.Name) }
                        : settings,
                    "properties" => settings with { EnterpriseProperties = settings.EnterpriseProperties.SetItem(enterprise.Name, Texts(member)) },
                    _ => Unknown(member, "setting of an enterprise", ["include_enterprise_slug", "properties"], settings),
                };
            }
        }

        return settings;
    }

    private ClaimMapping Mapping(Node node)
    {
        var mapping = ClaimMapping.None;
        foreach (var member in Members(node, "`mapping`"))
        {
            mapping = member.Name switch
            {
                "tags" => mapping with { Tags = Pairs(member.Value) },
                "transitive_tag_keys" => mapping with { TransitiveTagKeys = Texts(member) },
                "source_identity" => mapping with { SourceIdentity = Text(member) },
                "roles" => mapping with { Roles = Texts(member) },
                _ => Unknown(member, "rule", ["tags", "transitive_tag_keys", "source_identity", "roles"], mapping),
            };
            CheckTemplates(member.Value);
        }

        return mapping;
    }

    /// <summary>What stands between braces must be a claim that the issuer writes.</summary>
    private void CheckTemplates(Node node)
    {
        var texts = node switch
        {
            MappingNode map => map.Members.Select(member => member.Value),
            SequenceNode list => list.Items,
            _ => [node],
        };
        foreach (var text in texts.OfType<ScalarNode>())
        {
            var (names, fault) = MappedClaims.NamesIn(text.Text);
            if (fault is not null)
            {
                Report(text, $"{fault} in `{text.Text}`");
            }

            foreach (var name in names.Where(name => !IsTextClaim(name)))
            {
                var near = Suggest.Nearest(name, ClaimCatalogue.JobClaims);
                Report(text, $"`{{{name}}}` is no claim of a token", near is null ? "write a claim's name between the braces, for example `{repository}`" : $"write `{{{near}}}`");
            }
        }
    }

    private static bool IsTextClaim(string name) =>
        name is "sub" or "aud" or "iss" || name.StartsWith("repo_property_", StringComparison.Ordinal) || ClaimCatalogue.JobClaims.Contains(name);

    private IEnumerable<KeyValuePair<string, T>> Named<T>(Node node, Func<Node, T> read, bool isRepository = false)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in Members(node, "this section"))
        {
            if (!seen.Add(member.Name))
            {
                Report(member.Key, $"`{member.Name}` occurs twice; names are compared without regard to case");
                continue;
            }

            if (isRepository && member.Name.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            {
                Report(member.Key, $"`{member.Name}` is no repository", "write `owner/name`");
            }

            yield return KeyValuePair.Create(member.Name, read(member.Value));
        }
    }

    private ImmutableArray<string> Template(Node node)
    {
        var keys = Texts(node, "include_claim_keys");
        if (SubjectTemplate.FaultOf(keys) is { } fault)
        {
            Report(node, fault);
        }

        return keys;
    }

    private ImmutableArray<KeyValuePair<string, string>> Pairs(Node node) =>
        [.. Members(node, "this").Select(member => KeyValuePair.Create(member.Name, Text(member) ?? "")).DistinctBy(pair => pair.Key)];

    private ImmutableArray<string> Texts(Member member) => Texts(member.Value, member.Name);

    private ImmutableArray<string> Texts(Node node, string name)
    {
        if (node is SequenceNode list && list.Items.All(item => item is ScalarNode { Kind: ScalarKind.String }))
        {
            return [.. list.Items.Cast<ScalarNode>().Select(item => item.Text)];
        }

        Report(node, $"`{name}` wants a list of texts");
        return [];
    }

    private string? Text(Member member)
    {
        if (member.Value is ScalarNode { Kind: ScalarKind.String or ScalarKind.Number } text)
        {
            return text.Text;
        }

        Report(member.Value, $"`{member.Name}` wants a text");
        return null;
    }

    private bool? Flag(Member member)
    {
        if (member.Value is ScalarNode { Kind: ScalarKind.Boolean } flag)
        {
            return flag.Text == "true";
        }

        Report(member.Value, $"`{member.Name}` wants `true` or `false`");
        return null;
    }

    private ImmutableArray<Member> Members(Node? node, string what)
    {
        if (node is MappingNode map)
        {
            return map.Members;
        }

        if (node is not null)
        {
            Report(node, $"{what} must be an object");
        }

        return [];
    }

    private T Unknown<T>(Member member, string what, string[] known, T same)
    {
        var near = Suggest.Nearest(member.Name, known);
        Report(member.Key, $"`{member.Name}` is no {what}", near is null ? $"expected one of {string.Join(", ", known)}" : $"write `{near}`");
        return same;
    }

    private void Report(Node node, string message, string? help = null) => _problems.Add(Diagnostic.Error("oidc-settings", node.Source, node.Span, message, help));
}
