using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>
/// From policies to formulas, by the evaluator's rules: absent keys, negation, <c>IfExists</c>, set operators and failed comparisons
/// become Boolean structure, what is left are tests of one value.
/// </summary>
internal sealed class Compiler(Func<string, KeyMeaning> meaningOf)
{
    private readonly Dictionary<string, Atom> _atoms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeyMeaning> _meanings = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<Atom> Atoms => _atoms.Values;

    /// <summary>Every key that was asked for, also by policy variables.</summary>
    public IEnumerable<KeyMeaning> Meanings => _meanings.Values;

    /// <summary>A key as the questions of this compiler understand it; one key has one meaning.</summary>
    public KeyMeaning Meaning(string key)
    {
        if (!_meanings.TryGetValue(key, out var meaning))
        {
            meaning = meaningOf(key);
            _meanings.Add(key, meaning);
        }

        return meaning;
    }

    /// <summary>Allowed: some Allow statement applies and no Deny statement does.</summary>
    /// <param name="reaches">Whether a statement speaks about the call at all: its principal and, in a trust policy, its action.</param>
    public Formula Allows(PolicyDocument policy, Func<Statement, Formula> reaches) =>
        Formula.And(
            Formula.Or(policy.Statements.Where(IsAllow).Select(statement => Applies(statement, policy.Version, reaches))),
            Denies(policy, reaches).Negated());

    public Formula Denies(PolicyDocument policy, Func<Statement, Formula> reaches) =>
        Formula.Or(policy.Statements.Where(statement => !IsAllow(statement)).Select(statement => Applies(statement, policy.Version, reaches)));

    public Formula Applies(Statement statement, PolicyVersion version, Func<Statement, Formula> reaches)
    {
        var reach = reaches(statement);
        return reach.IsFalse ? reach : Formula.And(statement.Conditions.Select(condition => Holds(condition, version, !IsAllow(statement))).Prepend(reach));
    }

    public static bool IsAllow(Statement statement) => statement.Effect.Value == Effect.Allow;

    /// <param name="failedHolds">A comparison that fails for a bad value of the policy keeps an Allow from applying, not a Deny.</param>
    private Formula Holds(Condition condition, PolicyVersion version, bool failedHolds)
    {
        // An operator that does not exist never holds.
        if (ConditionOperators.Find(condition.Operator.Value) is not { } use)
        {
            return Formula.False;
        }

        var meaning = Meaning(condition.Key.Value);
        if (use.Operator.Family == OperatorFamily.Null)
        {
            return use.Set switch
            {
                SetOperator.ForAllValues => Formula.True,
                SetOperator.ForAnyValue => Formula.False,
                _ => Formula.Or(condition.Values.Select(value => Bool.TryRead(value.Value, out var absent) ? absent ? Present(meaning).Negated() : Present(meaning) : Formula.False)),
            };
        }

        var absentHolds = use.Set switch
        {
            SetOperator.ForAllValues => true,
            SetOperator.ForAnyValue => false,
            _ => use.IfExists || (use.Operator.Negated && !condition.Values.IsEmpty),
        };
        return Formula.Or(
            absentHolds ? Present(meaning).Negated() : Formula.False,
            Formula.And(Present(meaning), WithKey(use, meaning, condition, version, failedHolds)));
    }

    private Formula WithKey(OperatorUse use, KeyMeaning meaning, Condition condition, PolicyVersion version, bool failedHolds)
    {
        if (meaning is not KeyMeaning.Multi multi)
        {
            return OneValue(use, meaning, condition, version, failedHolds);
        }

        // A plain operator does not apply to a list; every value means no value fails.
        var element = OneValue(use, multi.Element, condition, version, failedHolds);
        return use.Set switch
        {
            SetOperator.ForAllValues => Some(multi, element.Negated()).Negated(),
            SetOperator.ForAnyValue => Some(multi, element),
            _ => Formula.False,
        };
    }

    /// <summary>One value of the request against the policy's alternatives; without alternatives nothing holds, negated or not.</summary>
    private Formula OneValue(OperatorUse use, KeyMeaning meaning, Condition condition, PolicyVersion version, bool failedHolds)
    {
        if (condition.Values.IsEmpty)
        {
            return Formula.False;
        }

        var comparands = condition.Values.Select(value => (value.Value, Comparand: use.Operator.Read(value.Value, version))).ToList();
        var failed = comparands.Any(pair => pair.Comparand.Problem is not null && use.Operator.Family == OperatorFamily.Arn);
        var equal = Formula.Or(comparands.Where(pair => pair.Comparand.Problem is null).Select(pair => Passes(meaning, use.Operator, pair.Value, version)));
        if (!use.Operator.Negated)
        {
            return failed && failedHolds ? Formula.True : equal;
        }

        var comparable = use.Operator.Family is OperatorFamily.IpAddress or OperatorFamily.Arn && comparands.Any(pair => pair.Comparand.Problem is null)
            ? Formula.Of(Intern(AtomKind.Holds, meaning, $"kind {use.Operator.Family}", () => new KindTest(use.Operator)))
            : Formula.True;
        return Formula.And(equal.Negated(), failed ? Formula.Of(failedHolds) : comparable);
    }

    /// <summary>The key is there.</summary>
    public Formula Present(KeyMeaning meaning) => meaning switch
    {
        KeyMeaning.Absent => Formula.False,
        KeyMeaning.Free { Optional: false } => Formula.True,
        _ => Formula.Of(Intern(AtomKind.Present, meaning, "present", null)),
    };

    /// <summary>The key is there and its value equals a text under an operator.</summary>
    public Formula Passes(KeyMeaning meaning, ConditionOperator @operator, string text, PolicyVersion version)
    {
        if (meaning is KeyMeaning.Absent)
        {
            return Formula.False;
        }

        // The negated operator asks the same question; Like without wildcards is Equals.
        var name = @operator.Name switch
        {
            "StringNotEquals" => "StringEquals",
            "StringNotLike" or "StringLike" => text.AsSpan().ContainsAny('*', '?') ? "StringLike" : "StringEquals",
            "ArnEquals" or "ArnNotEquals" or "ArnNotLike" => "ArnLike",
            var other => other.Replace("Not", "", StringComparison.Ordinal),
        };
        return Formula.Of(Intern(AtomKind.Holds, meaning, $"{name} {version} {text}", () => Read(@operator, text, version)));
    }

    public Formula Passes(KeyMeaning meaning, Test test) =>
        meaning is KeyMeaning.Absent ? Formula.False : Formula.Of(Intern(AtomKind.Holds, meaning, $"{test.GetType().Name} {test.Text}", () => test));

    private Test Read(ConditionOperator @operator, string text, PolicyVersion version)
    {
        var test = new OperatorTest(@operator, text, version);
        if (!@operator.TakesVariables || version != PolicyVersion.V20121017)
        {
            return test;
        }

        var variables = TextPattern.Parse(text, wildcards: true, variables: true).Parts.OfType<PatternPart.Variable>().Select(variable => variable.Key).ToList();
        return variables.Count == 0 ? test : new TemplateTest(test, variables.Distinct(StringComparer.OrdinalIgnoreCase).ToDictionary(key => key, Meaning, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Some value of the key satisfies a formula about one value.</summary>
    public Formula Some(KeyMeaning.Multi multi, Formula element)
    {
        if (element.IsFalse)
        {
            return Formula.False;
        }

        var atoms = new HashSet<Atom>();
        element.CollectAtoms(atoms);
        return Formula.Of(Intern(AtomKind.Some, multi, $"some {Describe(element)}", null, element));
    }

    private static string Describe(Formula formula) => formula switch
    {
        Formula.Literal literal => (literal.Positive ? "+" : "-") + literal.Atom.Id,
        Formula.All all => $"({string.Join('&', all.Parts.Select(Describe))})",
        Formula.Any any => $"({string.Join('|', any.Parts.Select(Describe))})",
        _ => "",
    };

    private Atom Intern(AtomKind kind, KeyMeaning meaning, string description, Func<Test>? test, Formula? element = null)
    {
        var key = $"{meaning.Name}\n{description}";
        if (!_atoms.TryGetValue(key, out var atom))
        {
            atom = new Atom(_atoms.Count, kind, meaning, test?.Invoke(), element);
            _atoms.Add(key, atom);
        }

        return atom;
    }
}
