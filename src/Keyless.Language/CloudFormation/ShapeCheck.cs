using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>Compares the properties of a resource with what its type allows: unknown and missing ones, and values of another shape.</summary>
/// <param name="brokenParameters">Whether a parameter without value may have left members without theirs.</param>
internal sealed class ShapeCheck(SourceText source, ImmutableArray<Diagnostic>.Builder diagnostics, bool brokenParameters)
{
    /// <param name="written">The properties as they stand in the template.</param>
    /// <param name="values">The properties evaluated; null when parameters are placeholders, which say nothing about shapes.</param>
    public void Check(ScalarNode logicalId, ResourceType type, MappingNode written, MappingNode? values)
    {
        Ignored(type.Properties, written, type.Name);
        Unknown(type.Properties, written, $"`{type.Name}` has no property");
        foreach (var missing in type.Properties.Where(p => p.Required && written[p.Name] is null))
        {
            Error(
                "template-property-missing", logicalId.Span, $"`{logicalId.Text}` needs the property `{missing.Name}`",
                $"`{type.Name}` requires {string.Join(", ", type.Properties.Where(p => p.Required).Select(p => p.Name))}");
        }

        if (values is not null)
        {
            Members(type.Properties, values, "");
            if (!type.AtLeastOneOf.IsEmpty && type.AtLeastOneOf.All(name => values[name] is null or SequenceNode { Items.IsEmpty: true }))
            {
                Error(
                    "template-property-missing", logicalId.Span, $"`{logicalId.Text}` needs at least one of {string.Join(", ", type.AtLeastOneOf.Select(name => $"`{name}`"))}",
                    "name what the policy belongs to, for example `Roles: [!Ref DeployRole]`");
            }
        }
    }

    private void Members(ImmutableArray<PropertyType> known, MappingNode values, string prefix)
    {
        foreach (var property in known)
        {
            if (values[property.Name] is { } value)
            {
                Value(property.Shape, value, prefix + property.Name);
            }
        }
    }

    private void Value(Shape shape, Node value, string name)
    {
        switch (shape)
        {
            case Shape.Text text when value is ScalarNode { Kind: not ScalarKind.Null } scalar:
                if (!text.Allowed.IsEmpty && !text.Allowed.Contains(scalar.Text))
                {
                    var near = Suggest.Nearest(scalar.Text, text.Allowed);
                    Error(
                        "template-property-value", value.Span, $"`{name}` is `{scalar.Text}`, but must be one of {string.Join(", ", text.Allowed)}",
                        near is null ? $"write `{text.Allowed[0]}`, for example" : $"did you mean `{near}`?");
                }

                break;
            case Shape.Text:
                Shaped(value, name, "a text", "write one value");
                break;
            case Shape.Integer integer when value is ScalarNode scalar && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                if (number < integer.Least || number > integer.Most)
                {
                    Error(
                        "template-property-value", value.Span, $"`{name}` is {number}, but must be {(integer.Most == int.MaxValue ? $"at least {integer.Least}" : $"from {integer.Least} to {integer.Most}")}",
                        $"write `{Math.Clamp(number, integer.Least, integer.Most)}`, for example");
                }

                break;
            case Shape.Integer:
                Shaped(value, name, "a whole number", "write digits only, for example `3600`");
                break;
            case Shape.Boolean when value is ScalarNode { Text: "true" or "false" or "True" or "False" or "TRUE" or "FALSE" }:
                break;
            case Shape.Boolean:
                Shaped(value, name, "`true` or `false`", "write `true` or `false`");
                break;
            case Shape.Document when value is MappingNode or ScalarNode { Kind: ScalarKind.String }:
                break;
            case Shape.Document:
                Shaped(value, name, "a policy document", "write an object with `Version` and `Statement`");
                break;
            case Shape.ListOf list when value is SequenceNode sequence:
                for (var i = 0; i < sequence.Items.Length; i++)
                {
                    Value(list.Item, sequence.Items[i], string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"));
                }

                break;
            case Shape.ListOf:
                Shaped(value, name, "a list", value is ScalarNode ? "write it as a list of one: `[ ... ]`" : "begin each entry with `- `");
                break;
            case Shape.Object type when value is MappingNode mapping:
                Ignored(type.Members, mapping, name);
                Unknown(type.Members, mapping, $"`{name}` has no member");

                // A member whose value is a mistake has no value and is not missing.
                var mistaken = brokenParameters || diagnostics.Any(d => d.Severity == Severity.Error && d.Span.Start >= value.Span.Start && d.Span.End <= value.Span.End);
                foreach (var missing in type.Members.Where(p => p.Required && mapping[p.Name] is null && !mistaken))
                {
                    Error(
                        "template-property-missing", value.Span, $"`{name}` needs the member `{missing.Name}`",
                        $"it has {string.Join(", ", type.Members.Select(p => p.Name))}");
                }

                Members(type.Members, mapping, name + ".");
                break;
            case Shape.Object type:
                Shaped(value, name, "an object", $"its members are {string.Join(", ", type.Members.Select(p => p.Name))}");
                break;
        }
    }

    private void Ignored(ImmutableArray<PropertyType> known, MappingNode values, string of)
    {
        foreach (var member in values.Members.Where(m => known.Any(p => p.Ignored && p.Name == m.Name)))
        {
            diagnostics.Add(new Diagnostic("template-property-ignored", Severity.Warning, source, member.Key.Span, $"Keyless does not act on `{member.Name}` of `{of}`"));
        }
    }

    private void Unknown(ImmutableArray<PropertyType> known, MappingNode values, string no)
    {
        foreach (var member in values.Members.Where(m => known.All(p => p.Name != m.Name)))
        {
            var near = Suggest.Nearest(member.Name, known.Select(p => p.Name));
            Error(
                "template-property-unknown", member.Key.Span, $"{no} `{member.Name}`",
                near is null ? $"expected one of {string.Join(", ", known.Where(p => !p.Ignored).Select(p => p.Name))}" : $"did you mean `{near}`?");
        }
    }

    private void Shaped(Node value, string name, string expected, string help)
    {
        var got = value switch
        {
            ScalarNode { Kind: ScalarKind.Null } => "nothing",
            ScalarNode scalar => $"`{scalar.Text}`",
            SequenceNode => "a list",
            _ => "an object",
        };
        Error("template-property-shape", value.Span, $"`{name}` must be {expected}, not {got}", help);
    }

    private void Error(string id, SourceSpan span, string message, string help) => diagnostics.Add(Diagnostic.Error(id, source, span, message, help));
}
