using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>
/// One evaluation of one template. A node evaluates to a node, or to null, which is both <c>AWS::NoValue</c> and the value of
/// something already reported: with a problem reported nothing is applied, so the two need no telling apart.
/// </summary>
internal sealed class Evaluation(Template template, TemplateEnvironment environment)
{
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly ImmutableArray<Resource>.Builder _resources = ImmutableArray.CreateBuilder<Resource>();
    private readonly Dictionary<string, Resource?> _evaluated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _conditions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node?> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Type, string PhysicalId), string> _names = [];
    private readonly Stack<string> _underWay = new();

    public Template Template => template;

    public TemplateEnvironment Environment => environment;

    public ImmutableArray<Resource> Resources => _resources.ToImmutable();

    /// <summary>In the order of the template.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => [.. _diagnostics.OrderBy(d => d.Span.Start)];

    /// <summary>The value of a node; null for no value.</summary>
    public Node? Node(Node node)
    {
        if (IntrinsicFunctions.CallIn(node) is var (name, argument))
        {
            if (IntrinsicFunctions.Table.TryGetValue(name, out var function))
            {
                return function(this, node, argument);
            }

            var written = node.Tag ?? name;
            if (IntrinsicFunctions.Elsewhere.TryGetValue(name, out var instead))
            {
                return Error("template-function-unsupported", node, $"the function `{written}` is not supported", instead);
            }

            var near = Suggest.Nearest(name, IntrinsicFunctions.Table.Keys);
            return Error(
                "template-function-unknown",
                node,
                $"there is no function `{written}`",
                near is null ? $"there are {string.Join(", ", IntrinsicFunctions.Table.Keys.Order())}" : $"did you mean `{(node.Tag is null ? near : "!" + near.Replace("Fn::", "", StringComparison.Ordinal))}`?");
        }

        return node switch
        {
            MappingNode mapping => Mapping(mapping),
            SequenceNode sequence => sequence with { Items = [.. sequence.Items.Select(Node).OfType<Node>()] },
            _ => node,
        };
    }

    public MappingNode Mapping(MappingNode mapping)
    {
        var members = ImmutableArray.CreateBuilder<Member>(mapping.Members.Length);
        foreach (var member in mapping.Members)
        {
            if (Node(member.Value) is { } value)
            {
                members.Add(member with { Value = value });
            }
        }

        return mapping with { Members = members.ToImmutable() };
    }

    /// <summary>The value of a node that must be text; reports anything else.</summary>
    public string? Text(Node node)
    {
        switch (Node(node))
        {
            case ScalarNode scalar:
                return scalar.Text;
            case null:
                return null;
            default:
                Error("template-value-type", node, "expected text here, got a list or an object", "use `Fn::Join` to make text of a list");
                return null;
        }
    }

    /// <summary>The value of a node that must be a list; reports anything else.</summary>
    public ImmutableArray<Node>? List(Node node, string function)
    {
        switch (Node(node))
        {
            case SequenceNode sequence:
                return sequence.Items;
            case null:
                return null;
            default:
                Error("template-value-type", node, $"`{function}` expects a list here", "write `[a, b]`, or `Fn::Split` a text");
                return null;
        }
    }

    /// <summary>Whether a named condition holds. Memoised; a condition that needs itself is reported.</summary>
    public bool Condition(ScalarNode name)
    {
        if (_conditions.TryGetValue(name.Text, out var known))
        {
            return known;
        }

        if (!template.Conditions.TryGetValue(name.Text, out var definition))
        {
            var near = Suggest.Nearest(name.Text, template.Conditions.Keys);
            Error("template-condition-unknown", name, $"there is no condition `{name.Text}`", near is null ? "define it under `Conditions`" : $"did you mean `{near}`?");
            return false;
        }

        if (!Enter("condition", name.Text, name))
        {
            return false;
        }

        var value = Boolean(definition);
        _underWay.Pop();
        return _conditions[name.Text] = value;
    }

    /// <summary>The value of a condition expression.</summary>
    public bool Boolean(Node node)
    {
        var inner = node is MappingNode { Members: [{ Name: "Condition", Value: ScalarNode name }] }
            ? name
            : node is ScalarNode { Tag: "!Condition" } tagged ? tagged : null;
        if (inner is not null)
        {
            return Condition(inner);
        }

        switch (Node(node))
        {
            case ScalarNode { Text: "true" or "True" }:
                return true;
            case ScalarNode { Text: "false" or "False" }:
                return false;
            case null:
                return false;
            default:
                Error("template-condition-value", node, "a condition must come to true or false", "use `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` or `Condition`");
                return false;
        }
    }

    /// <summary>Reports values given for parameters that the template does not have, and parameters, used or not, without a value that fits.</summary>
    public void CheckParameters()
    {
        var known = template.Parameters.Select(p => p.Name.Text).ToList();
        foreach (var name in environment.Parameters.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal))
        {
            var near = Suggest.Nearest(name, known);
            _diagnostics.Add(Diagnostic.Error(
                "template-parameter-unknown",
                template.Source,
                new SourceSpan(0, 0),
                $"a value is given for `{name}`, but the template has no such parameter",
                near is not null ? $"did you mean `{near}`?" : known.Count == 0 ? "the template has no parameters" : $"its parameters are {string.Join(", ", known)}"));
        }

        foreach (var name in known)
        {
            Parameter(name, template.Parameters.First(p => p.Name.Text == name).Name, out _);
        }
    }

    /// <summary>A parameter's value; null with <paramref name="found"/> false when there is no such parameter.</summary>
    public Node? Parameter(string name, Node at, out bool found)
    {
        var parameter = template.Parameters.FirstOrDefault(p => p.Name.Text == name);
        found = parameter is not null;
        if (parameter is null)
        {
            return null;
        }

        if (!_parameters.TryGetValue(name, out var value))
        {
            value = _parameters[name] = ParameterValue(parameter, at);
        }

        // A value stands where it is used.
        return value is null ? null : value with { Source = at.Source, Span = at.Span };
    }

    /// <summary>A resource with its properties evaluated; null when it does not exist under these conditions.</summary>
    public Resource? Resource(string logicalId, Node at)
    {
        if (_evaluated.TryGetValue(logicalId, out var known))
        {
            return known;
        }

        if (template.Resources.FirstOrDefault(r => r.LogicalId.Text == logicalId) is not { } definition)
        {
            return null;
        }

        if (definition.Condition is { } condition && !Condition(condition))
        {
            return _evaluated[logicalId] = null;
        }

        if (!Enter("resource", logicalId, at))
        {
            return null;
        }

        foreach (var needed in definition.DependsOn)
        {
            if (template.Resources.All(r => r.LogicalId.Text != needed.Text))
            {
                var near = Suggest.Nearest(needed.Text, template.Resources.Select(r => r.LogicalId.Text));
                Error("template-reference-unknown", needed, $"there is no resource `{needed.Text}`", near is null ? "remove it from `DependsOn`" : $"did you mean `{near}`?");
            }

            Resource(needed.Text, needed);
        }

        var resource = Evaluate(definition);
        _underWay.Pop();
        _evaluated[logicalId] = resource;
        if (resource is not null)
        {
            _resources.Add(resource);
        }

        return resource;
    }

    /// <summary>A value computed by a function, standing where the function stands.</summary>
    public static ScalarNode Scalar(Node at, string text) => new(at.Source, at.Span, text, ScalarKind.String, ScalarStyle.DoubleQuoted);

    public Node? Error(string id, Node at, string message, string help)
    {
        _diagnostics.Add(Diagnostic.Error(id, at.Source, at.Span, message, help));
        return null;
    }

    private Resource? Evaluate(ResourceDefinition definition)
    {
        if (!ResourceTypes.ByName.TryGetValue(definition.Type.Text, out var type))
        {
            var near = Suggest.Nearest(definition.Type.Text, ResourceTypes.ByName.Keys);
            Error(
                "template-resource-type",
                definition.Type,
                $"resources of type `{definition.Type.Text}` are not supported",
                ResourceTypes.Elsewhere.GetValueOrDefault(definition.Type.Text)
                ?? (near is null ? $"supported are {string.Join(", ", ResourceTypes.ByName.Keys.Order())}" : $"did you mean `{near}`?"));
            return null;
        }

        var properties = definition.Properties ?? new MappingNode(template.Source, definition.LogicalId.Span, []);
        var values = Mapping(properties);
        new ShapeCheck(template.Source, _diagnostics, _parameters.ContainsValue(null)).Check(definition.LogicalId, type, properties, environment.AllowMissingParameters ? null : values);
        var naming = new ResourceNaming(environment, definition.LogicalId.Text, values);
        var existing = environment.Existing.GetValueOrDefault(definition.LogicalId.Text);
        var replacing = existing is not null && existing.Type == type.Name ? type.Properties.Where(p => p.Replaces && Differs(existing, values, p.Name)).ToImmutableArray() : [];
        if (!replacing.IsEmpty && KeepsItsName(type, existing!, values))
        {
            var names = string.Join(" and ", type.Properties.Where(p => p.Names).Select(p => $"`{p.Name}`"));
            Error(
                "template-replacement-named",
                properties.Members.FirstOrDefault(m => m.Name == replacing[0].Name)?.Key ?? definition.LogicalId,
                $"a changed `{replacing[0].Name}` replaces `{definition.LogicalId.Text}`, and the new one cannot have the name of the old one while that exists",
                $"change {names} too, or leave it out to have a name generated; CloudFormation refuses this as well: \"cannot update a stack when a custom-named resource requires replacing\"");
        }

        var physicalId = existing?.Type == type.Name && replacing.IsEmpty
            ? existing.PhysicalId
            : type.PhysicalId(naming with { Replaced = replacing.IsEmpty ? null : existing!.PhysicalId });
        if (_names.TryGetValue((type.Name, physicalId), out var other) && _diagnostics.All(d => d.Severity != Severity.Error))
        {
            Error("template-name-twice", definition.LogicalId, $"`{definition.LogicalId.Text}` and `{other}` are both the {type.Name} `{physicalId}`", "give one of them another name, or remove it");
        }

        _names[(type.Name, physicalId)] = definition.LogicalId.Text;
        return new Resource(definition, type, values, physicalId)
        {
            Arn = (type.Attributes.GetValueOrDefault("Arn") ?? type.Attributes.GetValueOrDefault("PolicyArn"))?.Invoke(naming, physicalId),
            Replacing = [.. replacing.Select(p => p.Name)],
        };
    }

    private static bool Differs(ExistingResource existing, MappingNode values, string property) => Json(existing.Properties[property]) != Json(values[property]);

    /// <summary>Whether a resource that is to be replaced is given the very name it has.</summary>
    private static bool KeepsItsName(ResourceType type, ExistingResource existing, MappingNode values) =>
        type.Properties.Where(p => p.Names).ToList() is { Count: > 0 } names
        && names.TrueForAll(p => values[p.Name] is not null && !Differs(existing, values, p.Name));

    private static string? Json(Node? node) => node is ScalarNode scalar ? scalar.Text : node is null ? null : JsonText.Of(node);

    private Node? ParameterValue(Parameter parameter, Node at)
    {
        var name = parameter.Name.Text;
        var given = environment.Parameters.TryGetValue(name, out var text);
        text ??= parameter.Default switch
        {
            ScalarNode scalar => scalar.Text,
            SequenceNode list => string.Join(',', list.Items.OfType<ScalarNode>().Select(i => i.Text)),
            _ => null,
        };
        if (text is null)
        {
            return environment.AllowMissingParameters
                ? Scalar(at, parameter.AllowedValues is [var first, ..] ? first : name)
                : Error("template-parameter-missing", parameter.Name, $"parameter `{name}` has no value", $"pass `--parameter {name}=VALUE`, or give it a `Default`");
        }

        if (!given && parameter.Type.StartsWith("AWS::SSM::Parameter::", StringComparison.Ordinal))
        {
            return Error("template-parameter-ssm", parameter.Name, $"parameter `{name}` is read from Systems Manager, which is not here", $"pass its value: `--parameter {name}=VALUE`");
        }

        if (Violation(parameter, text) is { } violation)
        {
            return Error("template-parameter-value", parameter.Name, $"parameter `{name}` is `{text}`, but {violation}", parameter.ConstraintDescription ?? "pass a value that meets the constraint");
        }

        return parameter.IsList
            ? new SequenceNode(at.Source, at.Span, [.. text.Split(',', StringSplitOptions.TrimEntries).Select(item => Scalar(at, item))])
            : Scalar(at, text);
    }

    private static string? Violation(Parameter parameter, string text)
    {
        if (parameter.AllowedValues.Length > 0 && !parameter.AllowedValues.Contains(text))
        {
            return $"must be one of {string.Join(", ", parameter.AllowedValues)}";
        }

        if (parameter.AllowedPattern is { } pattern && !Matches(pattern, text))
        {
            return $"must match the pattern `{pattern}`";
        }

        if (text.Length < parameter.MinLength || text.Length > parameter.MaxLength)
        {
            return $"must have {parameter.MinLength ?? 0} to {parameter.MaxLength?.ToString(CultureInfo.InvariantCulture) ?? "any number of"} characters";
        }

        if (parameter.Type == "Number")
        {
            if (!decimal.TryParse(text, CultureInfo.InvariantCulture, out var number))
            {
                return "must be a number";
            }

            if (number < parameter.MinValue || number > parameter.MaxValue)
            {
                return $"must be between {parameter.MinValue} and {parameter.MaxValue}";
            }
        }

        return null;
    }

    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Regex.IsMatch(text, $"^(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // A Java pattern that .NET cannot read in linear time: its author's own tools will judge it.
            return true;
        }
    }

    /// <summary>Notes what is being evaluated, so that a cycle is reported instead of followed.</summary>
    private bool Enter(string kind, string name, Node at)
    {
        var key = $"{kind} `{name}`";
        if (_underWay.Contains(key))
        {
            Error("template-cycle", at, $"{key} needs itself: {string.Join(" <- ", _underWay.Reverse().SkipWhile(k => k != key).Append(key))}", "break the circle of references");
            return false;
        }

        _underWay.Push(key);
        return true;
    }
}
