using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>What a policy variable stands for in a shape.</summary>
/// <param name="Term">Null when there is no value.</param>
/// <param name="IsKnown">False when the shape alone does not say whether there is one.</param>
internal readonly record struct TemplateValue(Term? Term, bool IsKnown)
{
    public static readonly TemplateValue None = new(null, IsKnown: true);
}

/// <summary>A String test whose text names other keys: <c>repo:${...:repository}:*</c>. IAM User Guide, "Policy variables".</summary>
internal sealed class TemplateTest(OperatorTest test, IReadOnlyDictionary<string, KeyMeaning> keys) : Test
{
    public override string Text => test.Text;

    public override IEnumerable<string> Suggestions => [];

    public override bool Holds(string value) => test.Holds(value);

    public override Automaton? AutomatonFor(Variable? alone) => null;

    /// <summary>The evaluator's own answer, with the values of the keys it names.</summary>
    public bool Holds(string value, Func<KeyMeaning, string?> valueOf)
    {
        var context = new RequestContext();
        foreach (var (key, meaning) in keys)
        {
            if (valueOf(meaning) is { } known)
            {
                context.With(key, known);
            }
        }

        return test.Comparand.Compare(value, context) == Comparison.Equal;
    }

    /// <summary>The pattern with every variable replaced by what it stands for; null when one stands for nothing, so nothing matches.</summary>
    public TemplateParts? Resolve(Func<KeyMeaning, TemplateValue> valueOf)
    {
        if (test.Operator.Family != OperatorFamily.String)
        {
            return TemplateParts.Unknown;
        }

        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        foreach (var part in test.StringPattern.Parts)
        {
            if (part is not PatternPart.Variable variable)
            {
                parts.AddRange(Patterns.Tokens([part], test.Folds).Select(token => new TemplatePart(token, null)));
                continue;
            }

            var value = valueOf(keys[variable.Key]);
            if (!value.IsKnown)
            {
                return TemplateParts.Unknown;
            }

            if ((value.Term ?? (variable.Default is { } text ? (Term)text : null)) is not { } term)
            {
                return null;
            }

            foreach (var piece in term.Pieces)
            {
                if (piece.Variable is null)
                {
                    parts.AddRange(PatternToken.Exactly(piece.Text, test.Folds).Select(token => new TemplatePart(token, null)));
                }
                else
                {
                    parts.Add(new TemplatePart(default, piece));
                }
            }
        }

        return new TemplateParts(parts.DrainToImmutable(), IsKnown: true);
    }

    /// <summary>
    /// Takes away what both sides begin and end with: the same variable on both sides is the same word. What is left of the claim, and
    /// of the pattern when no variable remains in it; a null term says the sides can never match.
    /// </summary>
    public static (Term? Claim, ImmutableArray<PatternToken>? Pattern) Cancel(Term term, TemplateParts template)
    {
        if (!template.IsKnown)
        {
            return (term, null);
        }

        var claim = new LinkedList<TemplatePart>(term.Pieces.SelectMany(Spell));
        var pattern = new LinkedList<TemplatePart>(template.Parts);
        while (claim.First is { } left && pattern.First is { } first && Cancels(left.Value, first.Value) is { } same)
        {
            if (!same)
            {
                return (null, null);
            }

            claim.RemoveFirst();
            pattern.RemoveFirst();
        }

        while (claim.Last is { } right && pattern.Last is { } last && Cancels(right.Value, last.Value) is { } same)
        {
            if (!same)
            {
                return (null, null);
            }

            claim.RemoveLast();
            pattern.RemoveLast();
        }

        if (pattern.Any(part => part.Variable is not null))
        {
            return (term, null);
        }

        return (Term.OfPieces([.. claim.Select(part => part.Variable ?? (Piece)part.Token.Char.ToString())]), [.. pattern.Select(part => part.Token)]);
    }

    private static IEnumerable<TemplatePart> Spell(Piece piece) =>
        piece.Variable is null
            ? piece.Text.Select(c => new TemplatePart(PatternToken.Literal(c), null))
            : [new TemplatePart(default, piece)];

    /// <summary>True when both are the same, false when they are characters that differ, null when nothing can be said.</summary>
    private static bool? Cancels(TemplatePart claim, TemplatePart pattern)
    {
        if (claim.Variable is { } variable)
        {
            return pattern.Variable is { } other && other.Variable == variable.Variable && other.Escaped == variable.Escaped ? true : null;
        }

        return pattern.Variable is null && pattern.Token.Kind is PatternTokenKind.Char or PatternTokenKind.Folded ? pattern.Token.Takes(claim.Token.Char) : null;
    }
}

/// <summary>A character of a pattern or a variable of the shape.</summary>
internal readonly record struct TemplatePart(PatternToken Token, Piece? Variable);

internal sealed record TemplateParts(ImmutableArray<TemplatePart> Parts, bool IsKnown)
{
    public static readonly TemplateParts Unknown = new([], IsKnown: false);
}
