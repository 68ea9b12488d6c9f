using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Expressions;

/// <summary>Computes expressions. The first failure wins, and what follows it is not asked for.</summary>
public sealed class Evaluator
{
    /// <summary>The longest text an expression may build, in characters.</summary>
    public const int MaxText = 10_000_000;

    private readonly EvaluationContext _context;
    private ExpressionError? _error;

    private Evaluator(EvaluationContext context) => _context = context;

    public static Evaluated Evaluate(Expression expression, EvaluationContext context)
    {
        var evaluator = new Evaluator(context);
        var value = evaluator.Evaluate(expression);
        return evaluator._error is null ? new(value, null) : new(Value.Null, evaluator._error);
    }

    private Value Evaluate(Expression expression) => _error is not null ? Value.Null : expression switch
    {
        Expression.Literal literal => literal.Value,
        Expression.Context context => _context.Contexts[context.Name],
        Expression.Index index => Index(index),
        Expression.Call call => Call(call),
        Expression.Not not => !Evaluate(not.Operand).IsTruthy,
        Expression.And and => Chain(and.Operands, stopAt: false),
        Expression.Or or => Chain(or.Operands, stopAt: true),
        Expression.Comparison comparison => Compare(comparison.Operator, Evaluate(comparison.Left), Evaluate(comparison.Right)),
        _ => Value.Null,
    };

    private Value Chain(ImmutableArray<Expression> operands, bool stopAt)
    {
        var value = Value.Null;
        foreach (var operand in operands)
        {
            value = Evaluate(operand);
            if (value.IsTruthy == stopAt)
            {
                break;
            }
        }

        return value;
    }

    private static Value Compare(ComparisonOperator @operator, Value left, Value right) => @operator switch
    {
        ComparisonOperator.Equal => Value.LooselyEqual(left, right),
        ComparisonOperator.NotEqual => !Value.LooselyEqual(left, right),
        ComparisonOperator.Less => Value.Greater(right, left),
        ComparisonOperator.LessOrEqual => Value.LooselyEqual(left, right) || Value.Greater(right, left),
        ComparisonOperator.Greater => Value.Greater(left, right),
        _ => Value.LooselyEqual(left, right) || Value.Greater(left, right),
    };

    private Value Index(Expression.Index index)
    {
        var target = Evaluate(index.Target);
        if (index.Key is Expression.Wildcard)
        {
            return Filtered(target, Spread);
        }

        var key = Evaluate(index.Key);
        return target.AsArray is { IsFiltered: true }
            ? Filtered(target, (item, found) =>
            {
                if (TryAccess(item, key, out var value))
                {
                    found.Add(value);
                }
            })
            : TryAccess(target, key, out var single) ? single : Value.Null;
    }

    /// <summary>What <c>.*</c> yields: the values of an object or array; of a filtered array the values of each of its elements.</summary>
    private static Value Filtered(Value target, Action<Value, List<Value>> select)
    {
        var found = new List<Value>();
        if (target.AsArray is { IsFiltered: true } filtered)
        {
            foreach (var item in filtered.Items)
            {
                select(item, found);
            }
        }
        else
        {
            select(target, found);
        }

        return new ArrayValue(found) { IsFiltered = true };
    }

    private static void Spread(Value target, List<Value> found)
    {
        if (target.AsArray is { } array)
        {
            found.AddRange(array.Items);
        }
        else if (target.AsObject is { } members)
        {
            foreach (var member in members.Members)
            {
                found.Add(member.Value);
            }
        }
    }

    private static bool TryAccess(Value target, Value key, out Value value)
    {
        value = Value.Null;
        if (!key.IsPrimitive)
        {
            return false;
        }

        if (target.AsObject is { } members)
        {
            return members.TryGet(key.ToText(), out value);
        }

        if (target.AsArray is not { } array)
        {
            return false;
        }

        var place = Math.Floor(key.ToNumber());
        if (!(place >= 0 && place < array.Count))
        {
            return false;
        }

        value = array.Items[(int)place];
        return true;
    }

    private Value Call(Expression.Call call)
    {
        var arguments = call.Arguments;
        switch (call.Function.Name)
        {
            case "contains":
                return Contains(Evaluate(arguments[0]), Evaluate(arguments[1]));
            case "startsWith":
                return Both(arguments, out var text, out var start) && text.StartsWith(start, StringComparison.OrdinalIgnoreCase);
            case "endsWith":
                return Both(arguments, out text, out var end) && text.EndsWith(end, StringComparison.OrdinalIgnoreCase);
            case "format":
                return Format(Evaluate(arguments[0]).ToText(), arguments);
            case "join":
                return Join(Evaluate(arguments[0]), arguments.Length > 1 ? Evaluate(arguments[1]) : ",");
            case "toJSON":
                return ValueJson.Write(Evaluate(arguments[0]));
            case "fromJSON":
                return FromJson(Evaluate(arguments[0]).ToText());
            case "case":
                return Case(arguments);
            case "hashFiles":
                return HashFiles(arguments);
            default:
                return Status(call.Function, arguments);
        }
    }

    private static bool Contains(Value where, Value what)
    {
        if (where.IsPrimitive)
        {
            return what.IsPrimitive && where.ToText().Contains(what.ToText(), StringComparison.OrdinalIgnoreCase);
        }

        foreach (var item in where.AsArray?.Items ?? [])
        {
            if (Value.LooselyEqual(item, what))
            {
                return true;
            }
        }

        return false;
    }

    private bool Both(ImmutableArray<Expression> arguments, out string first, out string second)
    {
        var (left, right) = (Evaluate(arguments[0]), Evaluate(arguments[1]));
        (first, second) = (left.ToText(), right.ToText());
        return left.IsPrimitive && right.IsPrimitive;
    }

    private Value Join(Value items, Value separator)
    {
        if (items.AsArray is not { } array)
        {
            return items.IsPrimitive ? items.ToText() : Value.EmptyText;
        }

        var between = separator.IsPrimitive ? separator.ToText() : ",";
        var text = new StringBuilder();
        for (var i = 0; i < array.Count && Fits(text); i++)
        {
            text.Append(i == 0 ? "" : between).Append(array.Items[i].ToText());
        }

        return text.ToString();
    }

    private Value Format(string format, ImmutableArray<Expression> arguments)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length && Fits(text); i++)
        {
            var c = format[i];
            var next = i + 1 < format.Length ? format[i + 1] : '\0';
            if (c is not ('{' or '}'))
            {
                text.Append(c);
            }
            else if (next == c)
            {
                text.Append(c);
                i++;
            }
            else if (c == '{' && TryPlaceholder(format, i + 1, out var number, out var specifier, out var close))
            {
                if (number > arguments.Length - 2)
                {
                    return Fail("format-arg-missing", $"the format `{Excerpt.Of(format)}` names argument {{{number}}}, but there {(arguments.Length == 2 ? "is" : "are")} only {arguments.Length - 1}");
                }

                if (specifier)
                {
                    return Fail("format-specifier", $"the format `{Excerpt.Of(format)}` has a format specifier, which no value supports", "write the number of the argument only, as in `{0}`");
                }

                text.Append(Evaluate(arguments[number + 1]).ToText());
                i = close;
            }
            else
            {
                return Fail("format-invalid", $"the format `{Excerpt.Of(format)}` has a single `{c}` at character {i + 1}", $"write `{c}{c}` for the character itself, and `{{0}}`, `{{1}}`... for arguments");
            }
        }

        return text.ToString();
    }

    /// <summary><c>{N}</c> or <c>{N:specifier}</c>, where <c>}}</c> within a specifier is a bracket.</summary>
    private static bool TryPlaceholder(string format, int from, out int number, out bool specifier, out int close)
    {
        var i = from;
        while (i < format.Length && char.IsAsciiDigit(format[i]))
        {
            i++;
        }

        (specifier, close) = (false, i);
        var legal = byte.TryParse(format.AsSpan(from, i - from), NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        number = index;
        if (!legal || i == format.Length || format[i] is not ('}' or ':'))
        {
            return false;
        }

        if (format[i] == '}')
        {
            return true;
        }

        for (i++; i < format.Length; i++)
        {
            if (format[i] == '}')
            {
                if (i + 1 == format.Length || format[i + 1] != '}')
                {
                    close = i;
                    return true;
                }

                i++;
            }

            specifier = true;
        }

        return false;
    }

    private Value FromJson(string text)
    {
        if (_error is not null)
        {
            return Value.Null;
        }

        var (value, error) = ValueJson.Read(text);
        return error is null ? value : Fail("bad-json", text.Length == 0
            ? "`fromJSON` was given an empty text, which is no JSON"
            : $"`fromJSON` was given `{Excerpt.Of(text)}`, which is no JSON: {error}");
    }

    private Value Case(ImmutableArray<Expression> arguments)
    {
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var condition = Evaluate(arguments[i]);
            if (_error is null && condition.Kind != ValueKind.Boolean)
            {
                return Fail("case-predicate-not-boolean", $"condition {(i / 2) + 1} of `case` is `{Excerpt.Of(condition.ToText())}`, which is no boolean", "compare it with something, for example by `==`");
            }

            if (condition.IsTruthy)
            {
                return Evaluate(arguments[i + 1]);
            }
        }

        return Evaluate(arguments[^1]);
    }

    private Value HashFiles(ImmutableArray<Expression> arguments)
    {
        var patterns = arguments.Select(a => Evaluate(a).ToText()).ToImmutableArray();
        var follow = patterns[0].Equals("--follow-symbolic-links", StringComparison.OrdinalIgnoreCase);
        if (follow)
        {
            patterns = patterns[1..];
        }
        else if (patterns[0].StartsWith("--", StringComparison.Ordinal))
        {
            return Fail("hash-files", $"`hashFiles` has no option `{Excerpt.Of(patterns[0])}`", "the one option is `--follow-symbolic-links`");
        }

        if (_error is not null)
        {
            return Value.Null;
        }

        if (_context.HashFiles is not { } hashFiles)
        {
            return Fail("hash-files", "`hashFiles` has no value here: there is no workspace to read");
        }

        var (hash, error) = hashFiles(patterns, follow);
        return error is null ? hash ?? "" : Fail("hash-files", error);
    }

    private Value Status(Function function, ImmutableArray<Expression> arguments)
    {
        var jobs = arguments.IsEmpty ? [] : arguments.Select(a => Evaluate(a).ToText()).ToImmutableArray();
        return _error is null && _context.Status(function, jobs);
    }

    private bool Fits(StringBuilder text)
    {
        if (text.Length > MaxText)
        {
            Fail("too-large", $"the text is longer than {MaxText} characters");
        }

        return _error is null;
    }

    private Value Fail(string code, string message, string? help = null)
    {
        _error ??= new ExpressionError(code, message) { Help = help };
        return Value.Null;
    }
}
