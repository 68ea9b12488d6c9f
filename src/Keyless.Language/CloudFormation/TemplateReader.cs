using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>Reads a template, JSON or YAML, and checks its shape; functions are evaluated by <see cref="TemplateEvaluator"/>.</summary>
public static class TemplateReader
{
    private static readonly string[] Sections =
        ["AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Transform", "Resources", "Outputs"];

    private static readonly string[] ResourceMembers =
        ["Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata", "CreationPolicy", "UpdatePolicy"];

    private static readonly string[] ParameterMembers =
    [
        "Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength", "MinValue", "MaxValue", "NoEcho", "Description",
        "ConstraintDescription",
    ];

    private static readonly string[] ParameterTypes = ["String", "Number", "List<Number>", "CommaDelimitedList"];

    /// <summary>Whether a document is a template rather than a bare policy: it has <c>Resources</c>.</summary>
    public static bool LooksLikeTemplate(Node root) => root is MappingNode mapping && mapping["Resources"] is not null && mapping["Statement"] is null;

    public static TemplateReadResult Read(SourceText source)
    {
        var read = source.Text.AsSpan().TrimStart().StartsWith("{") ? JsonReader.Read(source) : YamlReader.Read(source);
        if (read.Root is null || read.Diagnostics.Any(d => d.Severity == Severity.Error))
        {
            return new TemplateReadResult(null, read.Diagnostics);
        }

        var result = Read(read.Root);
        return result with { Diagnostics = [.. read.Diagnostics, .. result.Diagnostics] };
    }

    public static TemplateReadResult Read(Node root) => new Reading(root.Source).Template(root);

    private sealed class Reading(SourceText source)
    {
        private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

        /// <summary>Whether a mistake kept something out of the template.</summary>
        private bool _lost;

        public TemplateReadResult Template(Node root)
        {
            if (root is not MappingNode document)
            {
                Error("template-shape", root, "a template is an object with a `Resources` section", "start from `Resources:` with one entry a resource");
                return new TemplateReadResult(null, _diagnostics.ToImmutable());
            }

            CheckMembers(document, Sections, "section of a template");
            CheckTransform(document["Transform"]);
            var template = new Template(
                source,
                [.. Entries(document, "Parameters").Select(Parameter).OfType<Parameter>()],
                Section(document, "Mappings"),
                Entries(document, "Conditions").ToImmutableDictionary(m => m.Name, m => m.Value),
                [.. Entries(document, "Resources").Select(Resource).OfType<ResourceDefinition>()],
                [.. Entries(document, "Outputs").Select(Output).OfType<Output>()]);
            if (document["Resources"] is null or ScalarNode { Kind: ScalarKind.Null })
            {
                Error(
                    "template-resources-missing",
                    document.Members.FirstOrDefault(m => m.Name == "Resources")?.Key ?? root,
                    document["Resources"] is null ? "the template has no `Resources` section" : "the `Resources` section is empty",
                    "add `Resources:` with at least one resource; `Resources: {}` is a stack with nothing in it");
            }

            return new TemplateReadResult(template, [.. _diagnostics.OrderBy(d => d.Span.Start)]) { IsWhole = !_lost };
        }

        private Parameter? Parameter(Member member)
        {
            if (Mapping(member.Value, $"parameter `{member.Name}`") is not { } body)
            {
                return null;
            }

            CheckMembers(body, ParameterMembers, "member of a parameter");
            if (Text(body["Type"]) is not { } type)
            {
                Error("template-parameter-type", member.Key, $"parameter `{member.Name}` has no `Type`", "add `Type: String`");
                return null;
            }

            if (!IsParameterType(type))
            {
                var near = Suggest.Nearest(type, ParameterTypes);
                Slip(
                    "template-parameter-type",
                    body["Type"]!,
                    $"`{type}` is no type of a parameter",
                    near is null ? $"expected one of {string.Join(", ", ParameterTypes)}" : $"did you mean `{near}`?");
            }

            return new Parameter(member.Key, type, body["Default"])
            {
                AllowedValues = body["AllowedValues"] is SequenceNode allowed ? [.. allowed.Items.Select(Text).OfType<string>()] : [],
                AllowedPattern = Text(body["AllowedPattern"]),
                MinLength = Number<int>(body["MinLength"]),
                MaxLength = Number<int>(body["MaxLength"]),
                MinValue = Number<decimal>(body["MinValue"]),
                MaxValue = Number<decimal>(body["MaxValue"]),
                ConstraintDescription = Text(body["ConstraintDescription"]),
            };
        }

        private ResourceDefinition? Resource(Member member)
        {
            if (member.Name.StartsWith("Fn::", StringComparison.Ordinal))
            {
                Error("template-function-unsupported", member.Key, $"`{member.Name}` is not supported", "write the resources out");
                return null;
            }

            if (member.Name.Length == 0 || !member.Name.All(char.IsAsciiLetterOrDigit))
            {
                Slip("template-logical-id", member.Key, $"`{member.Name}` cannot name a resource: logical ids are letters and digits", LogicalIdHelp(member.Name));
            }

            if (Mapping(member.Value, $"resource `{member.Name}`") is not { } body)
            {
                return null;
            }

            CheckMembers(body, ResourceMembers, "member of a resource");
            if (body["Type"] is not ScalarNode { Text.Length: > 0 } type)
            {
                Error("template-resource-type", member.Key, $"resource `{member.Name}` has no `Type`", "add `Type: AWS::IAM::Role`, for example");
                return null;
            }

            return new ResourceDefinition(member.Key, type, body["Properties"] is { } properties ? Mapping(properties, "`Properties`") : null)
            {
                Condition = ConditionName(body),
                DependsOn = DependsOn(body["DependsOn"]),
                DeletionPolicy = Word(body["DeletionPolicy"], "Delete", "Retain", "RetainExceptOnCreate") switch
                {
                    "Retain" => DeletionPolicy.Retain,
                    "RetainExceptOnCreate" => DeletionPolicy.RetainExceptOnCreate,
                    _ => DeletionPolicy.Delete,
                },
                RetainOnReplace = Word(body["UpdateReplacePolicy"], "Delete", "Retain") == "Retain",
            };
        }

        private Output? Output(Member member)
        {
            if (Mapping(member.Value, $"output `{member.Name}`") is not { } body)
            {
                return null;
            }

            if (body["Value"] is not { } value)
            {
                Error("template-output-value", member.Key, $"output `{member.Name}` has no `Value`", "add `Value: !Ref RESOURCE`");
                return null;
            }

            return new Output(member.Key, value) { Condition = ConditionName(body) };
        }

        /// <summary>The types of AWS's own things (<c>AWS::EC2::VPC::Id</c>) are texts to us.</summary>
        private static bool IsParameterType(string type) =>
            ParameterTypes.Contains(type) || type.StartsWith("AWS::", StringComparison.Ordinal) || type.StartsWith("List<AWS::", StringComparison.Ordinal);

        private void CheckTransform(Node? transform)
        {
            foreach (var name in transform is SequenceNode list ? list.Items : transform is null ? [] : [transform])
            {
                if (Text(name) is not "AWS::LanguageExtensions")
                {
                    Error("template-transform", name, $"transform `{Text(name)}` is not supported", "apply the processed template: `aws cloudformation get-template --template-stage Processed`");
                }
            }
        }

        private IEnumerable<Member> Entries(MappingNode document, string section)
        {
            if (Section(document, section) is not { } mapping)
            {
                yield break;
            }

            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in mapping.Members)
            {
                if (seen.Add(member.Name))
                {
                    yield return member;
                }
                else
                {
                    Error("template-duplicate", member.Key, $"`{member.Name}` occurs twice in `{section}`", "rename one of them");
                }
            }
        }

        private MappingNode? Section(MappingNode document, string section) =>
            document[section] is { } node && node is not ScalarNode { Kind: ScalarKind.Null } ? Mapping(node, $"`{section}`") : null;

        private MappingNode? Mapping(Node node, string what)
        {
            if (node is MappingNode mapping)
            {
                return mapping;
            }

            Error("template-shape", node, $"{what} must be an object", "indent its members below it");
            return null;
        }

        private void CheckMembers(MappingNode mapping, string[] known, string what)
        {
            foreach (var member in mapping.Members.Where(m => !known.Contains(m.Name)))
            {
                var near = Suggest.Nearest(member.Name, known);
                _lost |= Suggest.Nearest(member.Name, known) is not null;
                Slip(
                    "template-member-unknown",
                    member.Key,
                    $"`{member.Name}` is no {what}",
                    near is null ? $"expected one of {string.Join(", ", known)}" : $"did you mean `{near}`?");
            }
        }

        /// <summary>A mistake that keeps something out of the template.</summary>
        private void Error(string id, Node node, string message, string help)
        {
            _lost = true;
            Slip(id, node, message, help);
        }

        /// <summary>A mistake beside which all that was written can still be judged.</summary>
        private void Slip(string id, Node node, string message, string help) => _diagnostics.Add(Diagnostic.Error(id, source, node.Span, message, help));

        private ScalarNode? ConditionName(MappingNode body)
        {
            if (body["Condition"] is not (null or ScalarNode { Tag: null, Kind: ScalarKind.String }))
            {
                Error("template-shape", body["Condition"]!, "`Condition` names one entry of `Conditions`", "write the condition there, and its name here: `Condition: IsProduction`");
            }

            return body["Condition"] as ScalarNode;
        }

        private ImmutableArray<ScalarNode> DependsOn(Node? node)
        {
            var items = node is SequenceNode list ? list.Items : node is null ? [] : [node];
            foreach (var item in items.Where(item => item is not ScalarNode { Tag: null, Kind: ScalarKind.String }))
            {
                Error("template-shape", item, "`DependsOn` names resources", "write `DependsOn: Bucket`, or `DependsOn: [Bucket, Role]`");
            }

            return [.. items.OfType<ScalarNode>()];
        }

        private static string LogicalIdHelp(string name) =>
            string.Concat(name.Where(char.IsAsciiLetterOrDigit)) is { Length: > 0 } cleaned ? $"write `{cleaned}`" : "write `DeployRole`, for example";

        /// <summary>A word that must be one of a few.</summary>
        private string? Word(Node? node, params string[] known)
        {
            if (node is null || (node is ScalarNode { Tag: null, Text: var text } && known.Contains(text)))
            {
                return Text(node);
            }

            var near = Text(node) is { } word ? Suggest.Nearest(word, known) : null;
            Slip(
                "template-value-unknown",
                node,
                Text(node) is "Snapshot" ? "nothing here can be kept as a `Snapshot`" : $"expected one of {string.Join(", ", known)} here",
                near is null ? $"write one of {string.Join(", ", known)}" : $"did you mean `{near}`?");
            return null;
        }

        private static string? Text(Node? node) => (node as ScalarNode)?.Text;

        private static T? Number<T>(Node? node)
            where T : struct, IParsable<T> =>
            T.TryParse(Text(node), CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
