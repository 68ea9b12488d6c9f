using System.Collections.Immutable;
using System.Text;

namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>A part of a token that its owner may choose within a language: a login, a branch, an environment.</summary>
/// <param name="name">What messages and exports call it.</param>
internal sealed class Variable(string name, WordLanguage language)
{
    private static int _made;

    public string Name { get; } = name;

    /// <summary>No other variable's.</summary>
    public int Id { get; } = Interlocked.Increment(ref _made);

    public WordLanguage Language { get; } = language;

    /// <summary>Words it must not be, compared without case: the known names a stranger cannot have, or the known ids.</summary>
    public ImmutableArray<string> Excluded { get; init; } = [];

    public bool Admits(string word) => Language.Contains(word) && !Excluded.Contains(word, StringComparer.OrdinalIgnoreCase);

    public override string ToString() => Name;
}

/// <summary>A piece of a <see cref="Term"/>: text, or a variable, whose colons may have to be written <c>%3A</c>.</summary>
internal readonly record struct Piece(string Text, Variable? Variable, bool Escaped)
{
    public static implicit operator Piece(string text) => new(text, null, Escaped: false);

    public static implicit operator Piece(Variable variable) => new("", variable, Escaped: false);
}

/// <summary>A claim's value as a concatenation of text and variables; neighbouring texts are one.</summary>
internal sealed class Term
{
    private readonly ImmutableArray<Piece> _pieces;

    private Term(ImmutableArray<Piece> pieces) => _pieces = pieces;

    public ImmutableArray<Piece> Pieces => _pieces;

    public bool IsConstant => _pieces.Length == 0 || (_pieces.Length == 1 && _pieces[0].Variable is null);

    public string ConstantText => _pieces.Length == 0 ? "" : _pieces[0].Text;

    /// <summary>The text before the first variable.</summary>
    public string Lead => _pieces.Length > 0 ? _pieces[0].Text : "";

    /// <summary>The variable this term is, whole and unescaped; null for any other term.</summary>
    public Variable? Alone => _pieces is [{ Variable: { } variable, Escaped: false }] ? variable : null;

    public static Term OfPieces(params ReadOnlySpan<Piece> pieces) => Concat(pieces);

    public static Term Of(params ReadOnlySpan<Term> terms)
    {
        var pieces = new List<Piece>();
        foreach (var term in terms)
        {
            pieces.AddRange(term._pieces);
        }

        return Concat([.. pieces]);
    }

    public static implicit operator Term(string text) => OfPieces(text);

    public static implicit operator Term(Variable variable) => OfPieces(variable);

    /// <summary>As a segment of a subject: colons inside values would forge further segments.</summary>
    public Term Escape() =>
        Concat([.. _pieces.Select(piece => piece.Variable is null
            ? piece with { Text = piece.Text.Replace(":", "%3A", StringComparison.Ordinal) }
            : piece with { Escaped = true })]);

    public string Value(Func<Variable, string> word)
    {
        if (IsConstant)
        {
            return ConstantText;
        }

        var text = new StringBuilder();
        foreach (var piece in _pieces)
        {
            if (piece.Variable is not { } variable)
            {
                text.Append(piece.Text);
            }
            else
            {
                var value = word(variable);
                text.Append(piece.Escaped ? value.Replace(":", "%3A", StringComparison.Ordinal) : value);
            }
        }

        return text.ToString();
    }

    /// <summary>Equal exactly when two terms read the same variables and texts.</summary>
    public void AppendSignature(StringBuilder text)
    {
        foreach (var piece in _pieces)
        {
            if (piece.Variable is { } variable)
            {
                text.Append('\u0001').Append(variable.Id).Append(piece.Escaped ? 'e' : 'p').Append('\u0002');
            }
            else
            {
                text.Append(piece.Text);
            }
        }
    }

    public override string ToString() => Value(variable => $"<{variable.Name}>");

    private static Term Concat(ReadOnlySpan<Piece> pieces)
    {
        var merged = new List<Piece>(pieces.Length);
        foreach (var piece in pieces)
        {
            if (piece.Variable is null && piece.Text.Length == 0)
            {
                continue;
            }

            if (piece.Variable is null && merged.Count > 0 && merged[^1].Variable is null)
            {
                merged[^1] = merged[^1].Text + piece.Text;
            }
            else
            {
                merged.Add(piece);
            }
        }

        return new Term([.. merged]);
    }
}
