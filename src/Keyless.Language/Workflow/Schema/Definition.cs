using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow.Schema;

/// <summary>
/// What may stand at one place of a workflow file. A place may take several kinds of value at once: <c>runs-on</c> is a text, a list or a mapping.
/// </summary>
public sealed class Definition(string name)
{
    /// <summary>For messages: what the author calls the place.</summary>
    public string Name { get; } = name;

    /// <summary>What expressions may name here, on top of what the places around it allow. Nothing: no expressions.</summary>
    public Scope Scope { get; init; } = Scope.None;

    /// <summary>Whether the text is an expression also without <c>${{ }}</c>.</summary>
    public bool IsCondition { get; init; }

    /// <summary>Whether a text is legal; numbers, booleans and null count by their texts.</summary>
    public bool Text { get; init; }

    public bool NonEmpty { get; init; }

    /// <summary>The only legal texts, exactly spelled; empty for any.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    public bool Boolean { get; init; }

    public bool Number { get; init; }

    public bool Null { get; init; }

    /// <summary>What the items of a list are; null when no list is legal.</summary>
    public Definition? Items { get; internal set; }

    /// <summary>The kinds of mapping; which one is meant is told by its keys.</summary>
    public ImmutableArray<Shape> Shapes { get; internal set; } = [];

    public bool AcceptsText(string text) => Text && !(NonEmpty && text.Length == 0) && (Words.IsEmpty || Words.Contains(text));

    public override string ToString() => Name;
}

/// <summary>One kind of mapping: keys that are known, and whether others are legal.</summary>
/// <param name="Key">What other keys must be; null when only known ones are legal.</param>
/// <param name="Value">What the values of other keys are.</param>
public sealed record Shape(ImmutableArray<Property> Properties, Definition? Key = null, Definition? Value = null)
{
    public Property? Find(string key)
    {
        foreach (var property in Properties)
        {
            if (property.Key == key)
            {
                return property;
            }
        }

        return null;
    }
}

public sealed record Property(string Key, Definition Value, bool Required = false);
