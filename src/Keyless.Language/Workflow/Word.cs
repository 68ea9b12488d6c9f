using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow;

/// <summary>A text of the file with its place.</summary>
public readonly record struct Word(string Text, SourceSpan Span)
{
    public override string ToString() => Text;
}
