using System.Collections.Immutable;

namespace Keyless.Language.Policy.Prove.Automata;

/// <summary>One step of a pattern.</summary>
/// <param name="Char">For the character kinds; folded when case does not count.</param>
internal readonly record struct PatternToken(PatternTokenKind Kind, char Char = '\0')
{
    public bool IsRun => Kind is PatternTokenKind.Run or PatternTokenKind.RunInField;

    public static PatternToken Literal(char c, bool fold = false) =>
        fold ? new PatternToken(PatternTokenKind.Folded, Fold(c)) : new PatternToken(PatternTokenKind.Char, c);

    public static ImmutableArray<PatternToken> Exactly(string text, bool fold = false) => [.. text.Select(c => Literal(c, fold))];

    public bool Takes(char c) => Kind switch
    {
        PatternTokenKind.Char => c == Char,
        PatternTokenKind.Folded => Fold(c) == Char,
        PatternTokenKind.One or PatternTokenKind.Run => true,
        _ => c != ':',
    };

    /// <summary>Simple case folding (Unicode, CaseFolding.txt, C and S).</summary>
    public static char Fold(char c) => c switch
    {
        '\u017F' => 's',
        '\u1E9E' => '\u00DF',
        '\u2126' => '\u03C9',
        '\u212A' => 'k',
        '\u212B' => '\u00E5',
        _ => char.ToLowerInvariant(char.ToUpperInvariant(c)),
    };

    /// <summary>Every character that folds to a folded one.</summary>
    public static string Unfold(char folded) => folded switch
    {
        's' => "sS\u017F",
        '\u00DF' => "\u00DF\u1E9E",
        '\u03C9' => "\u03C9\u03A9\u2126",
        'k' => "kK\u212A",
        '\u00E5' => "\u00E5\u00C5\u212B",
        '\u03BC' => "\u03BC\u039C\u00B5",
        _ => char.ToUpperInvariant(folded) is var upper && upper != folded ? $"{folded}{upper}" : folded.ToString(),
    };
}

internal enum PatternTokenKind
{
    Char,

    /// <summary>A character without regard to case.</summary>
    Folded,

    /// <summary><c>?</c></summary>
    One,

    /// <summary><c>*</c></summary>
    Run,

    /// <summary><c>?</c> inside one of an ARN's first five fields: any character but the colon.</summary>
    OneInField,

    /// <summary><c>*</c> inside one of an ARN's first five fields.</summary>
    RunInField,
}
