namespace Keyless.Language.Tree;

/// <summary>How one kind of document narrows YAML. Every dialect here is YAML 1.2 with the core schema, one document a file.</summary>
public sealed record YamlOptions
{
    /// <summary>Any tag and exact keys; suits CloudFormation templates and settings files.</summary>
    public static readonly YamlOptions Default = new();

    /// <summary>Workflow files as GitHub's service reads them: only the core schema's tags, keys unique without regard to case.</summary>
    public static readonly YamlOptions Workflow = new()
    {
        MaxDepth = 50,
        LocalTags = false,
        KeyComparer = StringComparer.OrdinalIgnoreCase,
    };

    /// <summary><c>action.yml</c> as GitHub's runner reads it: a workflow's dialect without anchors.</summary>
    public static readonly YamlOptions ActionMetadata = Workflow with { Anchors = false };

    /// <summary>The longest text that is read, in characters.</summary>
    public int MaxLength { get; init; } = 1_048_576;

    /// <summary>The deepest nesting, with aliases replayed.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>The most nodes, counted after aliases are replayed.</summary>
    public int MaxNodes { get; init; } = 50_000;

    /// <summary>Whether tags outside the core schema, such as <c>!Sub</c>, are kept; otherwise they are errors.</summary>
    public bool LocalTags { get; init; } = true;

    /// <summary>Whether anchors and aliases are legal.</summary>
    public bool Anchors { get; init; } = true;

    /// <summary>When two keys of one mapping are the same key.</summary>
    public StringComparer KeyComparer { get; init; } = StringComparer.Ordinal;

    /// <summary>Whether a byte order mark at the start is left out, as it should be for every file; a text from elsewhere may begin with that character.</summary>
    public bool StripByteOrderMark { get; init; } = true;
}
