using System.Collections.Immutable;

namespace Keyless.Language.CloudFormation;

/// <summary>What a property's value may look like. CloudFormation Template Reference, the "Type" of each property.</summary>
public abstract record Shape
{
    private Shape()
    {
    }

    /// <summary>A text; numbers and booleans are texts too, as CloudFormation converts them.</summary>
    /// <param name="Allowed">The values there are; empty for any.</param>
    public sealed record Text(ImmutableArray<string> Allowed) : Shape;

    public sealed record Integer(int Least, int Most) : Shape;

    public sealed record Boolean : Shape;

    /// <summary>A policy: an object, or its JSON as text. The policy parser judges what is in it.</summary>
    public sealed record Document : Shape;

    public sealed record ListOf(Shape Item) : Shape;

    public sealed record Object(ImmutableArray<PropertyType> Members) : Shape;

    /// <summary>Anything: for what is accepted and not acted on.</summary>
    public sealed record Any : Shape;
}

/// <summary>A property of a resource type, or a member of one.</summary>
public sealed record PropertyType(string Name, Shape Shape)
{
    public bool Required { get; init; }

    /// <summary>Whether a change makes a new resource ("Update requires: Replacement") instead of changing the one there is.</summary>
    public bool Replaces { get; init; }

    /// <summary>Whether it gives the resource its name, so that two with the same value cannot exist beside each other.</summary>
    public bool Names { get; init; }

    /// <summary>Whether the real type has it but it changes nothing here; it is accepted with a warning.</summary>
    public bool Ignored { get; init; }
}
