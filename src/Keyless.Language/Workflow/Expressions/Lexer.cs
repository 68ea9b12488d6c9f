using System.Buffers;

namespace Keyless.Language.Workflow.Expressions;

internal enum TokenKind
{
    None,
    StartGroup,
    StartParameters,
    StartIndex,
    EndGroup,
    EndParameters,
    EndIndex,
    Separator,
    Dereference,
    Wildcard,
    Not,
    Operator,
    Literal,
    Property,
    Function,
    Context,
    Unexpected,
}

/// <param name="Start">The offset of the token's first character.</param>
/// <param name="Value">What a literal stands for.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, Value Value);

/// <summary>
/// Cuts an expression into tokens. Words end only at brackets, commas, dots, operators and blanks, so <c>1+1</c> is one (bad) word:
/// messages name what the author sees as a unit.
/// </summary>
internal ref struct Lexer(string text)
{
    private static readonly SearchValues<char> Boundaries = SearchValues.Create("()[],.!><=&| \t\r\n\v\f\u0085\u00a0");
    private int _index;

    /// <summary>The next token, or one of kind None at the end. What a word means depends on the token before it.</summary>
    public Token Next(TokenKind last)
    {
        while (_index < text.Length && char.IsWhiteSpace(text[_index]))
        {
            _index++;
        }

        if (_index == text.Length)
        {
            return new Token(TokenKind.None, _index, 0, default);
        }

        switch (text[_index])
        {
            case '(':
                return Take(last == TokenKind.Function ? TokenKind.StartParameters : TokenKind.StartGroup, 1);
            case ')':
                return Take(TokenKind.EndGroup, 1);
            case '[':
                return Take(TokenKind.StartIndex, 1);
            case ']':
                return Take(TokenKind.EndIndex, 1);
            case ',':
                return Take(TokenKind.Separator, 1);
            case '*':
                return Take(TokenKind.Wildcard, 1);
            case '\'':
                return Text();
            case '!' or '>' or '<' or '=' or '&' or '|':
                return Operator();
            case '.' when last is not (TokenKind.None or TokenKind.Separator or TokenKind.StartGroup or TokenKind.StartIndex
                or TokenKind.StartParameters or TokenKind.Operator or TokenKind.Not):
                return Take(TokenKind.Dereference, 1);
            case '.' or '-' or '+' or (>= '0' and <= '9'):
                return Number();
            default:
                return Word(last);
        }
    }

    private Token Take(TokenKind kind, int length, Value value = default)
    {
        var token = new Token(kind, _index, length, value);
        _index += length;
        return token;
    }

    private Token Text()
    {
        var content = new System.Text.StringBuilder();
        for (var i = _index + 1; i < text.Length; i++)
        {
            if (text[i] != '\'')
            {
                content.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '\'')
            {
                content.Append('\'');
                i++;
            }
            else
            {
                return Take(TokenKind.Literal, i + 1 - _index, content.ToString());
            }
        }

        return Take(TokenKind.Unexpected, text.Length - _index);
    }

    private Token Operator()
    {
        var (first, second) = (text[_index], _index + 1 < text.Length ? text[_index + 1] : '\0');
        if ((second == '=' && first is '!' or '>' or '<' or '=' && second == '=') || (first is '&' or '|' && second == first))
        {
            return Take(TokenKind.Operator, 2);
        }

        return first switch
        {
            '!' => Take(TokenKind.Not, 1),
            '<' or '>' => Take(TokenKind.Operator, 1),
            _ => Take(TokenKind.Unexpected, WordLength(_index + 1) + 1),
        };
    }

    private Token Number()
    {
        var length = 1;
        while (_index + length < text.Length && (text[_index + length] == '.' || !IsBoundary(text[_index + length])))
        {
            length++;
        }

        var number = NumberText.Parse(text.AsSpan(_index, length));
        if (double.IsNaN(number))
        {
            return Take(TokenKind.Unexpected, length);
        }

        return Take(TokenKind.Literal, length, number);
    }

    private Token Word(TokenKind last)
    {
        var length = WordLength(_index);
        var word = text.AsSpan(_index, length);
        if (last == TokenKind.Dereference)
        {
            return IsName(word) ? Take(TokenKind.Property, length, word.ToString()) : Take(TokenKind.Unexpected, length);
        }

        switch (word)
        {
            case "true":
                return Take(TokenKind.Literal, length, true);
            case "false":
                return Take(TokenKind.Literal, length, false);
            case "null":
                return Take(TokenKind.Literal, length, Value.Null);
            case "NaN":
                return Take(TokenKind.Literal, length, double.NaN);
            case "Infinity":
                return Take(TokenKind.Literal, length, double.PositiveInfinity);
        }

        if (!IsName(word))
        {
            return Take(TokenKind.Unexpected, Math.Max(length, 1));
        }

        var after = text.AsSpan(_index + length).TrimStart();
        return Take(!after.IsEmpty && after[0] == '(' ? TokenKind.Function : TokenKind.Context, length);
    }

    private readonly int WordLength(int from)
    {
        var i = from;
        while (i < text.Length && !IsBoundary(text[i]))
        {
            i++;
        }

        return i - from;
    }

    private static bool IsBoundary(char c) => Boundaries.Contains(c) || char.IsWhiteSpace(c);

    /// <summary>A letter or underscore, then letters, digits, underscores and hyphens.</summary>
    private static bool IsName(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty || !(char.IsAsciiLetter(word[0]) || word[0] == '_'))
        {
            return false;
        }

        foreach (var c in word[1..])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
