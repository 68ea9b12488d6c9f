namespace Keyless.Language.Diagnostics;

/// <summary>How bad a finding is, mildest first; <c>reference: policy lint --why</c> explains the classes.</summary>
public enum Severity
{
    /// <summary>Tidiness.</summary>
    Info,

    /// <summary>A small security concern.</summary>
    Low,

    /// <summary>Probably not what was meant.</summary>
    Warning,

    /// <summary>A security concern.</summary>
    Medium,

    /// <summary>A serious security concern.</summary>
    High,

    /// <summary>An open door.</summary>
    Critical,

    /// <summary>Refused, or without meaning.</summary>
    Error,
}

/// <summary>One finding about one place of one input. The message is one plain lower-case sentence with the user's words in backticks.</summary>
/// <param name="Id">Stable, kebab-case, never reused.</param>
public sealed record Diagnostic(string Id, Severity Severity, SourceText Source, SourceSpan Span, string Message)
{
    /// <summary>What to do about it, apart from what is wrong.</summary>
    public string? Help { get; init; }

    /// <summary>The command that tells more, for example <c>keyless policy lint --why github-sub-missing</c>.</summary>
    public string? More { get; init; }

    /// <summary>Where it is in a JSON document, as <c>$.Statement[0].Action</c>; absent for other languages.</summary>
    public string? Path { get; init; }

    /// <summary>Text that would mend it in place of <see cref="Span"/>, when that is certain.</summary>
    public string? Fix { get; init; }

    public SourcePosition Start => Source.PositionOf(Span.Start);

    public SourcePosition End => Source.PositionOf(Span.End);

    public static Diagnostic Error(string id, SourceText source, SourceSpan span, string message, string? help = null) =>
        new(id, Severity.Error, source, span, message) { Help = help };
}
