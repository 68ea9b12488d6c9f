namespace Keyless.Language.Diagnostics;

/// <summary>A run of characters of a <see cref="SourceText"/>: zero-based offset and length in UTF-16 units.</summary>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The offset just behind the last character.</summary>
    public int End => Start + Length;

    /// <summary>The span from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static SourceSpan FromBounds(int start, int end) => new(start, end - start);
}

/// <summary>A place for people: line and column, both counted from 1, columns in UTF-16 units.</summary>
public readonly record struct SourcePosition(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}
