using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Expressions;

/// <summary>An expression, or why it is none. Both are null for an empty text.</summary>
public readonly record struct ExpressionParseResult(Expression? Expression, ExpressionError? Error);

/// <summary>
/// Turns text into an <see cref="Expression"/> with two explicit stacks, because brackets may nest as deep as the text is long.
/// Reports the first problem from the left, as GitHub's parser does.
/// </summary>
public ref struct ExpressionParser
{
    /// <summary>The longest expression, in characters.</summary>
    public const int MaxLength = 21_000;

    /// <summary>The greatest height of the tree.</summary>
    public const int MaxDepth = 50;

    private readonly string _text;
    private readonly Scope _scope;
    private readonly Stack<Expression> _operands = new();
    private readonly Stack<Pending> _pending = new();
    private Lexer _lexer;
    private ExpressionError? _error;

    private ExpressionParser(string text, Scope scope)
    {
        _text = text;
        _scope = scope;
        _lexer = new Lexer(text);
    }

    /// <summary>An operator that waits for its right side, or an open bracket with what it opened.</summary>
    private readonly record struct Pending(Token Token, int Precedence, Function? Function, int Operands)
    {
        public bool IsBracket => Precedence == 0;
    }

    public static ExpressionParseResult Parse(string text, Scope scope)
    {
        if (text.Length > MaxLength)
        {
            return new(null, new ExpressionError("too-long", $"the expression has {text.Length} characters; at most {MaxLength} are allowed"));
        }

        var parser = new ExpressionParser(text, scope);
        var expression = parser.Run();
        return new(parser._error is null ? expression : null, parser._error);
    }

    private Expression? Run()
    {
        var last = default(Token);
        while (true)
        {
            var token = _lexer.Next(last.Kind);
            if (token.Kind == TokenKind.None)
            {
                return End(last);
            }

            if (token.Kind == TokenKind.EndGroup && Open(TokenKind.StartParameters))
            {
                token = token with { Kind = TokenKind.EndParameters };
            }

            if (!IsLegal(token.Kind, last.Kind))
            {
                return Unexpected(token);
            }

            Take(token, last);
            if (_error is not null)
            {
                return null;
            }

            last = token;
        }
    }

    private Expression? End(Token last)
    {
        if (last.Kind == TokenKind.None)
        {
            return null;
        }

        var open = false;
        foreach (var pending in _pending)
        {
            open |= pending.IsBracket;
        }

        if (open || !EndsOperand(last.Kind))
        {
            var word = _text.Substring(last.Start, last.Length);
            return Fail("unexpected-end", open && EndsOperand(last.Kind)
                ? $"the expression ends after `{word}`, but a bracket is still open"
                : $"the expression ends after `{word}`, where a value must follow", last);
        }

        Reduce(1);
        var expression = _operands.Pop();
        return expression.Depth > MaxDepth
            ? Fail("too-deep", $"the expression nests deeper than {MaxDepth} levels")
            : expression;
    }

    private void Take(Token token, Token last)
    {
        switch (token.Kind)
        {
            case TokenKind.Literal:
                _operands.Push(new Expression.Literal(token.Value));
                break;
            case TokenKind.Context when !_scope.HasContext(_text.AsSpan(token.Start, token.Length)):
                UnknownName(token);
                break;
            case TokenKind.Context:
                _operands.Push(new Expression.Context(_text.Substring(token.Start, token.Length)));
                break;
            case TokenKind.Property:
                _operands.Push(new Expression.Index(_operands.Pop(), new Expression.Literal(token.Value)));
                break;
            case TokenKind.Wildcard when last.Kind == TokenKind.Dereference:
                _operands.Push(new Expression.Index(_operands.Pop(), new Expression.Wildcard()));
                break;
            case TokenKind.Wildcard:
                _operands.Push(new Expression.Wildcard());
                break;
            case TokenKind.Function:
                if (_scope.FindFunction(_text.AsSpan(token.Start, token.Length)) is not { } function)
                {
                    UnknownFunction(token);
                    break;
                }

                // The bracket that follows finds its function here.
                _pending.Push(new Pending(token, 0, function, _operands.Count));
                break;
            case TokenKind.StartParameters:
                _pending.Push(_pending.Pop() with { Token = token });
                break;
            case TokenKind.StartGroup or TokenKind.StartIndex:
                _pending.Push(new Pending(token, 0, null, _operands.Count));
                break;
            case TokenKind.Separator:
                Reduce(1);
                break;
            case TokenKind.EndGroup:
                Reduce(1);
                _pending.Pop();
                break;
            case TokenKind.EndIndex:
                Reduce(1);
                _pending.Pop();
                var key = _operands.Pop();
                _operands.Push(new Expression.Index(_operands.Pop(), key));
                break;
            case TokenKind.EndParameters:
                Reduce(1);
                Call(_pending.Pop());
                break;
            case TokenKind.Not:
                _pending.Push(new Pending(token, Precedence("!"), null, 0));
                break;
            case TokenKind.Operator:
                var precedence = Precedence(_text.AsSpan(token.Start, token.Length));
                Reduce(precedence);
                _pending.Push(new Pending(token, precedence, null, 0));
                break;
        }
    }

    private void Call(Pending open)
    {
        var function = open.Function!;
        var arguments = new Expression[_operands.Count - open.Operands];
        for (var i = arguments.Length - 1; i >= 0; i--)
        {
            arguments[i] = _operands.Pop();
        }

        if (arguments.Length < function.MinArguments)
        {
            Fail("too-few-args", $"`{function.Name}` has {Count(arguments.Length)}; it needs {Wanted(function)}", open.Token);
        }
        else if (arguments.Length > function.MaxArguments)
        {
            Fail("too-many-args", $"`{function.Name}` has {Count(arguments.Length)}; it takes {Wanted(function)}", open.Token);
        }
        else if (function == Function.Case && arguments.Length % 2 == 0)
        {
            Fail("even-args", $"`case` has {arguments.Length} arguments; it needs an odd number: pairs of condition and value, then the default", open.Token);
        }

        _operands.Push(new Expression.Call(function, ImmutableArray.Create(arguments)));
    }

    /// <summary>Applies the waiting operators that bind at least as tightly, down to the nearest open bracket.</summary>
    private readonly void Reduce(int precedence)
    {
        while (_pending.TryPeek(out var top) && !top.IsBracket && top.Precedence >= precedence)
        {
            _pending.Pop();
            var right = _operands.Pop();
            var word = _text.AsSpan(top.Token.Start, top.Token.Length);
            _operands.Push(word switch
            {
                "!" => new Expression.Not(right),
                "&&" => new Expression.And(Chain(_operands.Pop(), right, e => (e as Expression.And)?.Operands)),
                "||" => new Expression.Or(Chain(_operands.Pop(), right, e => (e as Expression.Or)?.Operands)),
                "==" => new Expression.Comparison(ComparisonOperator.Equal, _operands.Pop(), right),
                "!=" => new Expression.Comparison(ComparisonOperator.NotEqual, _operands.Pop(), right),
                "<" => new Expression.Comparison(ComparisonOperator.Less, _operands.Pop(), right),
                "<=" => new Expression.Comparison(ComparisonOperator.LessOrEqual, _operands.Pop(), right),
                ">" => new Expression.Comparison(ComparisonOperator.Greater, _operands.Pop(), right),
                _ => new Expression.Comparison(ComparisonOperator.GreaterOrEqual, _operands.Pop(), right),
            });
        }
    }

    private readonly bool Open(TokenKind kind)
    {
        foreach (var pending in _pending)
        {
            if (pending.IsBracket)
            {
                return pending.Token.Kind == kind;
            }
        }

        return false;
    }

    /// <summary>Which token may follow which: the whole grammar, apart from brackets that must match.</summary>
    private readonly bool IsLegal(TokenKind kind, TokenKind last) => kind switch
    {
        TokenKind.Literal or TokenKind.Function or TokenKind.Context or TokenKind.StartGroup or TokenKind.Not => BeginsOperand(last),
        TokenKind.StartParameters => last == TokenKind.Function,
        TokenKind.StartIndex or TokenKind.Dereference => last is TokenKind.EndGroup or TokenKind.EndParameters or TokenKind.EndIndex
            or TokenKind.Wildcard or TokenKind.Property or TokenKind.Context,
        TokenKind.Property => last == TokenKind.Dereference,
        TokenKind.Wildcard => last is TokenKind.StartIndex or TokenKind.Dereference,
        TokenKind.EndGroup => EndsOperand(last) && Open(TokenKind.StartGroup),
        TokenKind.EndIndex => EndsOperand(last) && Open(TokenKind.StartIndex),
        TokenKind.EndParameters => EndsOperand(last) || last == TokenKind.StartParameters,
        TokenKind.Separator => EndsOperand(last) && Open(TokenKind.StartParameters),
        TokenKind.Operator => EndsOperand(last),
        _ => false,
    };

    private static bool BeginsOperand(TokenKind last) => last is TokenKind.None or TokenKind.Separator or TokenKind.StartGroup
        or TokenKind.StartParameters or TokenKind.StartIndex or TokenKind.Operator or TokenKind.Not;

    private static bool EndsOperand(TokenKind last) => last is TokenKind.EndGroup or TokenKind.EndParameters or TokenKind.EndIndex
        or TokenKind.Wildcard or TokenKind.Literal or TokenKind.Property or TokenKind.Context;

    private static int Precedence(ReadOnlySpan<char> word) => word switch
    {
        "||" => 1,
        "&&" => 2,
        "==" or "!=" => 3,
        "!" => 5,
        _ => 4,
    };

    private Expression? Unexpected(Token token)
    {
        var word = _text.Substring(token.Start, token.Length);
        var error = new ExpressionError("unexpected-symbol", $"`{Excerpt.Of(word)}` is not expected here", token.Start + 1, word);
        _error = error with { Help = HelpFor(word) };
        return null;
    }

    private static string? HelpFor(string word) => word switch
    {
        ['"', ..] => "write texts in single quotes",
        ['\'', ..] => "the text has no closing quote; write a quote inside a text as `''`",
        "=" or ['=', ..] => "write `==` to compare",
        "&" or ['&', ..] => "write `&&` for `and`",
        "|" or ['|', ..] => "write `||` for `or`",
        ['$', '{', ..] => "an expression cannot hold another `${{`: name the context directly",
        [.., '+', _] or [_, '+', ..] => "there is no arithmetic in expressions; join texts with `format`",
        _ => null,
    };

    private void UnknownName(Token token)
    {
        var name = _text.Substring(token.Start, token.Length);
        var near = Suggest.Nearest(name, _scope.Contexts);
        var help = name.ToLowerInvariant() is "true" or "false" or "null" ? $"keywords are lower case: `{name.ToLowerInvariant()}`"
            : near is not null ? $"did you mean `{near}`?"
            : name.Equals("secrets", StringComparison.OrdinalIgnoreCase) && _scope.HasContext("env") ? "hand the secret over by `env` one level up, and ask for `env.NAME` here"
            : _scope.Contexts.IsEmpty ? "no context is available here"
            : $"available here: {string.Join(", ", _scope.Contexts.Select(c => $"`{c}`"))}; a text needs single quotes";
        _error = new ExpressionError("unknown-name", $"`{name}` is no context that is available here", token.Start + 1, name) { Help = help };
    }

    private void UnknownFunction(Token token)
    {
        var name = _text.Substring(token.Start, token.Length);
        var near = Suggest.Nearest(name, _scope.Functions.Concat(Function.Everywhere).Select(f => f.Name));
        var elsewhere = near is null || !near.Equals(name, StringComparison.OrdinalIgnoreCase) ? name.ToUpperInvariant() switch
        {
            "ALWAYS" or "CANCELLED" or "SUCCESS" or "FAILURE" => "status functions are available in `if` only",
            "HASHFILES" => "`hashFiles` is available in the fields of steps only",
            _ => null,
        } : null;
        _error = new ExpressionError("unknown-function", $"`{name}` is no function that is available here", token.Start + 1, name)
        {
            Help = elsewhere ?? (near is null ? null : $"did you mean `{near}`?"),
        };
    }

    private Expression? Fail(string code, string message, Token token = default)
    {
        _error = new ExpressionError(code, message, token.Length == 0 ? 0 : token.Start + 1, _text.Substring(token.Start, token.Length));
        return null;
    }

    /// <summary>The operands of a chain: a chain of the same operator on either side becomes part of it, so long chains stay flat.</summary>
    private static ImmutableArray<Expression> Chain(Expression left, Expression right, Func<Expression, ImmutableArray<Expression>?> same) =>
        [.. same(left) ?? [left], .. same(right) ?? [right]];

    private static string Count(int n) => n == 1 ? "1 argument" : $"{n} arguments";

    private static string Wanted(Function f) => f.MinArguments == f.MaxArguments ? $"{f.MinArguments}"
        : f.MaxArguments >= 255 ? $"at least {f.MinArguments}" : $"{f.MinArguments} to {f.MaxArguments}";
}
