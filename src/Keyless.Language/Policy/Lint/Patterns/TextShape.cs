using System.Collections.Immutable;

namespace Keyless.Language.Policy.Lint.Patterns;

/// <summary>The characters that a part of a <see cref="TextShape"/> takes.</summary>
internal enum Letters
{
    Any,
    NoSlash,
    Login,
    RepositoryName,
    Digits,
    RefName,
    EnvironmentName,
}

/// <summary>A literal, or a run of letters of a class: the two things patterns and formats are made of.</summary>
internal readonly record struct ShapePart(char Literal, Letters? Class, bool Repeats);

/// <summary>The set of texts of some format, to ask whether a pattern can match any of them.</summary>
internal sealed class TextShape(ImmutableArray<ShapePart> parts)
{
    public ImmutableArray<ShapePart> Parts => parts;

    /// <summary>Literal text and <c>{class}</c> for a run of at least one letter: <c>repo:{Login}/{RepositoryName}:pull_request</c>.</summary>
    public static TextShape Of(params ReadOnlySpan<object> pieces)
    {
        var parts = ImmutableArray.CreateBuilder<ShapePart>();
        foreach (var piece in pieces)
        {
            if (piece is Letters letters)
            {
                parts.Add(new ShapePart('\0', letters, Repeats: false));
                parts.Add(new ShapePart('\0', letters, Repeats: true));
            }
            else
            {
                parts.AddRange(((string)piece).Select(c => new ShapePart(c, null, Repeats: false)));
            }
        }

        return new TextShape(parts.ToImmutable());
    }

    /// <summary>A pattern's own shape; with <paramref name="wildcards"/> false every character is literal.</summary>
    public static TextShape OfPattern(string pattern, bool wildcards) =>
        new([.. pattern.Select(c => wildcards && c is '*' or '?' && wildcards ? new ShapePart('\0', Letters.Any, Repeats: c == '*') : new ShapePart(c, null, Repeats: false))]);

    public bool Meets(TextShape other) => Meets(other, ignoreCase: false);

    /// <summary>Whether some text has both shapes. Any two classes share letters, so only literals can disagree.</summary>
    public bool Meets(TextShape other, bool ignoreCase)
    {
        var (a, b) = (parts, other.Parts);

        // reach[j]: the first i parts of this and the first j of the other can spell the same text.
        var reach = new bool[b.Length + 1];
        reach[0] = true;
        for (var j = 1; j <= b.Length; j++)
        {
            reach[j] = reach[j - 1] && b[j - 1].Repeats;
        }

        var next = new bool[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            next[0] = reach[0] && a[i - 1].Repeats;
            for (var j = 1; j <= b.Length; j++)
            {
                var (x, y) = (a[i - 1], b[j - 1]);
                next[j] = (x.Repeats && reach[j]) || (y.Repeats && next[j - 1])
                    || (Agree(x, y, ignoreCase) && (reach[j - 1] || (x.Repeats && next[j - 1]) || (y.Repeats && reach[j])));
            }

            (reach, next) = (next, reach);
        }

        return reach[b.Length];
    }

    private static bool Agree(ShapePart a, ShapePart b, bool ignoreCase) => (a.Class, b.Class) switch
    {
        (null, null) => a.Literal == b.Literal || (ignoreCase && char.ToUpperInvariant(a.Literal) == char.ToUpperInvariant(b.Literal)),
        (null, { } of) => Takes(of, a.Literal),
        ({ } of, null) => Takes(of, b.Literal),
        _ => true,
    };

    private static bool Takes(Letters of, char c) => of switch
    {
        Letters.Any => true,
        Letters.NoSlash => c != '/',
        Letters.Login => char.IsAsciiLetterOrDigit(c) || c is '-' or '_',
        Letters.RepositoryName => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.',
        Letters.Digits => char.IsAsciiDigit(c),
        Letters.RefName => c > ' ' && c is not ('~' or '^' or ':' or '?' or '*' or '[' or '\\' or '\x7f'),
        Letters.EnvironmentName => c >= ' ' && c is not ':',
        _ => throw new InvalidOperationException($"no such class: {of}"),
    };
}
