using System.Diagnostics;
using System.Globalization;

namespace Keyless.Language.Workflow.Expressions;

public enum ValueKind
{
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// <summary>
/// A value of GitHub's expression language and its conversions; docs.github.com, "Evaluate expressions in workflows and actions".
/// A struct, so that comparing and testing cost no allocation.
/// </summary>
[DebuggerDisplay("{Kind} {ToText(),nq}")]
public readonly struct Value
{
    private readonly double _number;
    private readonly object? _reference;

    private Value(ValueKind kind, double number, object? reference) => (Kind, _number, _reference) = (kind, number, reference);

    public ValueKind Kind { get; }

    public static Value Null => default;

    public static Value True => new(ValueKind.Boolean, 1, null);

    public static Value False => new(ValueKind.Boolean, 0, null);

    public static Value EmptyText => "";

    /// <summary>Null, boolean, number or text: what has a text of its own.</summary>
    public bool IsPrimitive => Kind < ValueKind.Array;

    /// <summary><c>false</c>, zero, NaN, the empty text and null are false; all else is true, also <c>'false'</c> and empty collections.</summary>
    public bool IsTruthy => Kind switch
    {
        ValueKind.Null => false,
        ValueKind.Boolean => _number != 0,
        ValueKind.Number => _number != 0 && !double.IsNaN(_number),
        ValueKind.String => ((string)_reference!).Length > 0,
        _ => true,
    };

    public ArrayValue? AsArray => _reference as ArrayValue;

    public ObjectValue? AsObject => _reference as ObjectValue;

    /// <summary>The text of a value of kind String; null for every other kind.</summary>
    public string? AsString => _reference as string;

    /// <summary>A member of an object by name, an element of nothing else; null where there is none.</summary>
    public Value this[string key] => AsObject is { } o ? o[key] : Null;

    public static implicit operator Value(string? text) => text is null ? Null : new(ValueKind.String, 0, text);

    public static implicit operator Value(double number) => new(ValueKind.Number, number, null);

    public static implicit operator Value(bool truth) => truth ? True : False;

    public static implicit operator Value(ArrayValue array) => new(ValueKind.Array, 0, array);

    public static implicit operator Value(ObjectValue members) => new(ValueKind.Object, 0, members);

    /// <summary>The number a value compares as: texts by number syntax, null and the empty text 0, collections NaN.</summary>
    public double ToNumber() => Kind switch
    {
        ValueKind.Null => 0,
        ValueKind.Boolean or ValueKind.Number => _number,
        ValueKind.String => NumberText.Parse((string)_reference!),
        _ => double.NaN,
    };

    /// <summary>The text form: what stands in a script where <c>${{ }}</c> stood.</summary>
    public string ToText() => Kind switch
    {
        ValueKind.Null => "",
        ValueKind.Boolean => _number != 0 ? "true" : "false",
        ValueKind.Number => NumberText.Format(_number),
        ValueKind.String => (string)_reference!,
        ValueKind.Array => "Array",
        _ => "Object",
    };

    /// <summary><c>==</c>: loose between kinds, without case between texts, by identity between collections.</summary>
    public static bool LooselyEqual(Value left, Value right)
    {
        if (left.Kind == right.Kind)
        {
            return left.Kind switch
            {
                ValueKind.Null => true,
                ValueKind.Boolean or ValueKind.Number => left._number == right._number,
                ValueKind.String => string.Equals((string)left._reference!, (string)right._reference!, StringComparison.OrdinalIgnoreCase),
                _ => ReferenceEquals(left._reference, right._reference),
            };
        }

        // NaN, which collections convert to, equals nothing.
        return left.ToNumber() == right.ToNumber();
    }

    /// <summary><c>&gt;</c>; false whenever the two have no order.</summary>
    public static bool Greater(Value left, Value right)
    {
        if (left.Kind == ValueKind.String && right.Kind == ValueKind.String)
        {
            return string.Compare((string)left._reference!, (string)right._reference!, StringComparison.OrdinalIgnoreCase) > 0;
        }

        return left.ToNumber() > right.ToNumber();
    }

    public override string ToString() => ToText();
}

/// <summary>Number syntax of expressions: JavaScript's decimal forms, 32-bit <c>0x</c> and <c>0o</c>, <c>Infinity</c>.</summary>
public static class NumberText
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The number that a text compares as: blanks around it do not count, the empty text is 0, any other text NaN.</summary>
    public static double Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return 0;
        }

        if (double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (text.Length > 2 && text[0] == '0')
        {
            return text[1] switch
            {
                'x' => int.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : double.NaN,
                'o' => Octal(text[2..]),
                _ => double.NaN,
            };
        }

        return double.NaN;
    }

    /// <summary>Up to 15 significant digits; minus zero is zero.</summary>
    public static string Format(double number) =>
        number == 0 ? "0" : number.ToString("G15", CultureInfo.InvariantCulture);

    private static double Octal(ReadOnlySpan<char> digits)
    {
        uint number = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || number >> 29 != 0)
            {
                return double.NaN;
            }

            number = (number << 3) | (uint)(digit - '0');
        }

        return unchecked((int)number);
    }
}

/// <summary>A list of values; identity matters to <c>==</c>.</summary>
public sealed class ArrayValue(IReadOnlyList<Value> items)
{
    public IReadOnlyList<Value> Items { get; } = items;

    /// <summary>Whether it came from <c>.*</c>, so that a further access maps over the elements.</summary>
    public bool IsFiltered { get; init; }

    public int Count => Items.Count;
}

/// <summary>Members in the order of their first setting. Names compare without case, except in <c>env</c> on a case-sensitive system.</summary>
public sealed class ObjectValue : IEnumerable<KeyValuePair<string, Value>>
{
    private readonly Dictionary<string, int> _places;
    private readonly List<KeyValuePair<string, Value>> _members = [];

    public ObjectValue(bool caseSensitive = false) =>
        _places = new Dictionary<string, int>(caseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<KeyValuePair<string, Value>> Members => _members;

    public int Count => _members.Count;

    /// <summary>The member of that name; null when there is none.</summary>
    public Value this[string name]
    {
        get => _places.TryGetValue(name, out var place) ? _members[place].Value : Value.Null;
        set => Add(name, value);
    }

    /// <summary>Sets a member; one that is there already keeps its place and spelling.</summary>
    public void Add(string name, Value value)
    {
        if (_places.TryGetValue(name, out var place))
        {
            _members[place] = new(_members[place].Key, value);
            return;
        }

        _places.Add(name, _members.Count);
        _members.Add(new(name, value));
    }

    public bool TryGet(string name, out Value value)
    {
        if (_places.TryGetValue(name, out var place))
        {
            value = _members[place].Value;
            return true;
        }

        value = Value.Null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _members.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => _members.GetEnumerator();
}
