using System.Numerics;

namespace Keyless.Language.Policy.Prove.Automata;

internal enum Relation
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>
/// Digits without a leading zero that stand in a relation to a number. Meant for claims whose values are such digits: ids and counters.
/// </summary>
internal sealed class NumberAutomaton : Automaton
{
    private static readonly char[] Digits = [.. "0123456789"];

    private readonly string _digits;
    private readonly bool _hasFraction;
    private readonly bool _negative;
    private readonly Relation _relation;

    /// <param name="floor">The bound rounded down.</param>
    /// <param name="hasFraction">Whether rounding took something away.</param>
    public NumberAutomaton(Relation relation, BigInteger floor, bool hasFraction)
    {
        _relation = relation;
        _negative = floor.Sign < 0;
        _digits = BigInteger.Abs(floor).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _hasFraction = hasFraction;
    }

    /// <summary>The same as a formula of SMT-LIB over an integer term.</summary>
    public string Smt2(string number)
    {
        var bound = _negative ? $"(- {_digits})" : _digits;
        return (_relation, _hasFraction) switch
        {
            (Relation.Equal, false) => $"(= {number} {bound})",
            (Relation.Equal, true) => "false",
            (Relation.Less, false) => $"(< {number} {bound})",
            (Relation.Less or Relation.LessOrEqual, _) => $"(<= {number} {bound})",
            (Relation.GreaterOrEqual, false) => $"(>= {number} {bound})",
            _ => $"(> {number} {bound})",
        };
    }

    // A state is one more than three times the digits read (at most one more than the bound has) plus the comparison so far (less, equal, greater).
    public override int Start => 2;

    public override bool Accepts(int state)
    {
        var (length, sign) = Decode(state);
        if (length == 0)
        {
            return false;
        }

        var comparison = _negative || length > _digits.Length ? 1 : length < _digits.Length ? -1 : sign;
        if (comparison == 0 && _hasFraction)
        {
            comparison = -1;
        }

        return _relation switch
        {
            Relation.Equal => comparison == 0,
            Relation.Less => comparison < 0,
            Relation.LessOrEqual => comparison <= 0,
            Relation.Greater => comparison > 0,
            _ => comparison >= 0,
        };
    }

    public override bool IsFull(int state) => false;

    protected override Row BuildRow(int state)
    {
        var (length, sign) = Decode(state);
        return new Row(Digits, [.. Digits.Select(digit => Encode(length + 1, Compare(length, sign, digit)))], Dead);
    }

    private int Compare(int length, int sign, char digit) =>
        sign != 0 || length >= _digits.Length ? sign : Math.Sign(digit - _digits[length]);

    private int Encode(int length, int sign) => (3 * Math.Min(length, _digits.Length + 1)) + sign + 2;

    private static (int Length, int Sign) Decode(int state) => ((state - 1) / 3, ((state - 1) % 3) - 1);
}
