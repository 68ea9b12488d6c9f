using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>What an atom asks of one value.</summary>
internal abstract class Test
{
    /// <summary>As the policy or the question writes it.</summary>
    public abstract string Text { get; }

    /// <summary>Values worth trying where no automaton stands for the test.</summary>
    public virtual IEnumerable<string> Suggestions => [Text];

    public abstract bool Holds(string value);

    /// <summary>The values that pass, or null when no automaton of ours can say. <paramref name="alone"/> is the variable that is the whole value.</summary>
    public abstract Automaton? AutomatonFor(Variable? alone);
}

/// <summary>Equal to one value of a policy under an operator, as the evaluator itself compares.</summary>
internal class OperatorTest(ConditionOperator @operator, string text, PolicyVersion version) : Test
{
    private static readonly RequestContext Nothing = new();

    private readonly Comparand _comparand = @operator.Read(text, version);
    private Automaton? _automaton;

    public override string Text => text;

    public ConditionOperator Operator => @operator;

    public Comparand Comparand => _comparand;

    public override IEnumerable<string> Suggestions => @operator.Family switch
    {
        OperatorFamily.IpAddress => [text.Split('/')[0]],
        OperatorFamily.Numeric when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            [text, (number - 1).ToString(CultureInfo.InvariantCulture), (number + 1).ToString(CultureInfo.InvariantCulture)],
        OperatorFamily.Date => [text, "0", "4102444800"],
        _ => [text],
    };

    public override bool Holds(string value) => _comparand.Compare(value, Nothing) == Comparison.Equal;

    public override Automaton? AutomatonFor(Variable? alone) => _automaton ??= @operator.Family switch
    {
        _ when _comparand.Problem is not null => new PatternAutomaton([]) /* the empty text, which typed tests never match */,
        OperatorFamily.String => new PatternAutomaton(Patterns.Tokens(StringPattern.Parts, Folds)),
        OperatorFamily.Arn => Patterns.ArnAutomaton(TextPattern.Parse(text, wildcards: true, variables: version == PolicyVersion.V20121017)),
        OperatorFamily.Bool => new PatternAutomaton(PatternToken.Exactly(text, fold: true)),
        OperatorFamily.Numeric or OperatorFamily.Date when alone?.Language.AreDigits == true => NumberAutomaton(),
        _ => null,
    };

    public bool HasWildcards => @operator.Name is "StringLike" or "StringNotLike";

    public bool Folds => @operator.Name.EndsWith("IgnoreCase", StringComparison.Ordinal);

    /// <summary>The pattern of a String operator.</summary>
    public TextPattern StringPattern => TextPattern.Parse(text, HasWildcards, variables: version == PolicyVersion.V20121017);

    private NumberAutomaton? NumberAutomaton()
    {
        Relation? relation = @operator.Name switch
        {
            var name when name.EndsWith("NotEquals", StringComparison.Ordinal) => Relation.Equal,
            var name when name.EndsWith("LessThanEquals", StringComparison.Ordinal) => Relation.LessOrEqual,
            var name when name.EndsWith("GreaterThanEquals", StringComparison.Ordinal) => Relation.GreaterOrEqual,
            var name when name.EndsWith("LessThan", StringComparison.Ordinal) => Relation.Less,
            var name when name.EndsWith("GreaterThan", StringComparison.Ordinal) => Relation.Greater,
            _ => Relation.Equal,
        };
        if (@operator.Family == OperatorFamily.Date)
        {
            return Instant.TryParsePolicy(text, out var instant)
                ? new NumberAutomaton(relation.Value, FloorDivide(instant.Nanoseconds, 1_000_000_000), instant.Nanoseconds % 1_000_000_000 != 0)
                : null;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && ExactlyRead(number)
            ? new NumberAutomaton(relation.Value, new BigInteger(decimal.Floor(number)), number != decimal.Floor(number))
            : BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? new NumberAutomaton(relation.Value, whole, hasFraction: false)
                : null;
    }

    /// <summary>Whether reading the text as a decimal lost nothing.</summary>
    private bool ExactlyRead(decimal number) =>
        ExactNumber.TryParse(text, out var exact) && ExactNumber.TryParse(number.ToString(CultureInfo.InvariantCulture), out var back) && exact.OrderAgainst(back) == 0;

    private static BigInteger FloorDivide(Int128 value, long by)
    {
        var quotient = value / by;
        return (BigInteger)(value % by < 0 ? quotient - 1 : quotient);
    }
}

/// <summary>Whether a value is of the kind an operator compares: an ARN, an address.</summary>
internal sealed class KindTest(ConditionOperator @operator) : Test
{
    private readonly Comparand _comparand = @operator.Read(@operator.Family == OperatorFamily.Arn ? "*" : "0.0.0.0", PolicyVersion.V20121017);
    private PatternAutomaton? _automaton;

    public override string Text => @operator.Family == OperatorFamily.Arn ? "arn:*:*:*:*:*" : "an address";

    public OperatorFamily Family => @operator.Family;

    public override IEnumerable<string> Suggestions => @operator.Family == OperatorFamily.Arn ? ["arn:aws:s3:::a"] : ["198.51.100.7"];

    public override bool Holds(string value) => _comparand.ProblemOf(value) is null;

    public override Automaton? AutomatonFor(Variable? alone) => @operator.Family == OperatorFamily.Arn ? _automaton ??= Patterns.AnyArn() : null;
}

/// <summary>An action pattern, without case.</summary>
internal sealed class ActionTest(string pattern) : Test
{
    private readonly PatternAutomaton _automaton = new(Patterns.Tokens(PatternReader.Read(pattern, wildcards: true, variables: false), fold: true));

    public override string Text => pattern;

    public override bool Holds(string value) => _automaton.Matches(value);

    public override Automaton AutomatonFor(Variable? alone) => _automaton;
}

/// <summary>A <c>Resource</c> pattern.</summary>
internal sealed class ResourceTest(string text, ArnPattern pattern) : Test
{
    private readonly PatternAutomaton? _automaton = Patterns.ResourceAutomaton(pattern);

    public override string Text => text;

    public override bool Holds(string value) => Arn.TryParse(value, out var arn) && pattern.Match(arn, new RequestContext()) == PatternMatch.Yes;

    public override Automaton? AutomatonFor(Variable? alone) => _automaton;
}

/// <summary>From the language's patterns to tokens of automata.</summary>
internal static class Patterns
{
    public static ImmutableArray<PatternToken> Tokens(ImmutableArray<PatternPart> parts, bool fold, bool inField = false)
    {
        var tokens = ImmutableArray.CreateBuilder<PatternToken>();
        foreach (var part in parts)
        {
            switch (part)
            {
                case PatternPart.Literal literal:
                    tokens.AddRange(PatternToken.Exactly(literal.Text, fold));
                    break;
                case PatternPart.AnyOne:
                    tokens.Add(new PatternToken(inField ? PatternTokenKind.OneInField : PatternTokenKind.One));
                    break;
                case PatternPart.AnyRun:
                    tokens.Add(new PatternToken(inField ? PatternTokenKind.RunInField : PatternTokenKind.Run));
                    break;
                default:
                    throw new InvalidOperationException("variables are resolved before");
            }
        }

        return tokens.DrainToImmutable();
    }

    public static PatternAutomaton AnyArn() => ArnOf([[], [PatternToken_RunInField], [PatternToken_RunInField], [PatternToken_RunInField], [PatternToken_RunInField], [new PatternToken(PatternTokenKind.Run)]]);

    /// <summary>An Arn operator's pattern; null when it has variables in front of its last field.</summary>
    public static PatternAutomaton? ArnAutomaton(TextPattern pattern)
    {
        if (pattern.IsStar)
        {
            return AnyArn();
        }

        return pattern.HasVariables || ArnPattern.ForCondition(pattern) is not { } fields ? null : Of(fields, fold: false);
    }

    /// <summary>A <c>Resource</c> pattern: the fields before the last are compared without case.</summary>
    public static PatternAutomaton? ResourceAutomaton(ArnPattern fields) => fields.Fields.Any(field => field.HasVariables) ? null : Of(fields, fold: true);

    private static PatternToken PatternToken_RunInField => new(PatternTokenKind.RunInField);

    private static PatternAutomaton Of(ArnPattern pattern, bool fold) =>
        ArnOf([[], .. pattern.Fields.Skip(1).Select((field, i) => Tokens(field.Parts, fold && i < 4, inField: i < 4))]);

    /// <summary>The fields behind <c>arn</c>, joined by colons.</summary>
    private static PatternAutomaton ArnOf(ImmutableArray<PatternToken>[] fields)
    {
        var tokens = ImmutableArray.CreateBuilder<PatternToken>();
        tokens.AddRange(PatternToken.Exactly("arn"));
        foreach (var field in fields.Skip(1))
        {
            tokens.Add(PatternToken.Literal(':'));
            tokens.AddRange(field);
        }

        return new PatternAutomaton(tokens.DrainToImmutable());
    }
}
