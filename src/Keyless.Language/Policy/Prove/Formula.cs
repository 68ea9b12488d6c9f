using System.Collections.Immutable;

namespace Keyless.Language.Policy.Prove;

/// <summary>
/// A question as a Boolean formula over <see cref="Atom"/>s, always in negation normal form: negation stands on literals only.
/// </summary>
internal abstract class Formula
{
    public static readonly Formula True = new All([]);
    public static readonly Formula False = new Any([]);

    private Formula()
    {
    }

    public bool IsTrue => this is All { Parts.IsEmpty: true };

    public bool IsFalse => this is Any { Parts.IsEmpty: true };

    public static Formula Of(Atom atom) => new Literal(atom, Positive: true);

    public static Formula Of(bool value) => value ? True : False;

    public static Formula And(params IEnumerable<Formula> parts)
    {
        var kept = new List<Formula>();
        foreach (var part in parts)
        {
            if (part.IsFalse)
            {
                return False;
            }

            if (part is All all)
            {
                kept.AddRange(all.Parts);
            }
            else if (!kept.Contains(part))
            {
                kept.Add(part);
            }
        }

        return kept.Count switch { 0 => True, 1 => kept[0], _ => new All([.. kept]) };
    }

    public static Formula Or(params IEnumerable<Formula> parts)
    {
        var kept = new List<Formula>();
        foreach (var part in parts)
        {
            if (part.IsTrue)
            {
                return True;
            }

            if (part is Any any)
            {
                kept.AddRange(any.Parts);
            }
            else if (!kept.Contains(part))
            {
                kept.Add(part);
            }
        }

        return kept.Count switch { 0 => False, 1 => kept[0], _ => new Any([.. kept]) };
    }

    public Formula Negated() => this switch
    {
        Literal literal => new Literal(literal.Atom, !literal.Positive),
        All all => Or(all.Parts.Select(part => part.Negated())),
        Any any => And(any.Parts.Select(part => part.Negated())),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>The formula with every atom whose truth is known replaced by it.</summary>
    public Formula Where(Func<Atom, bool?> known) => this switch
    {
        Literal literal => known(literal.Atom) is { } value ? Of(value == literal.Positive) : this,
        All all => And(all.Parts.Select(part => part.Where(known))),
        Any any => Or(any.Parts.Select(part => part.Where(known))),
        _ => throw new InvalidOperationException(),
    };

    public bool Holds(Func<Atom, bool> value)
    {
        switch (this)
        {
            case Literal literal:
                return value(literal.Atom) == literal.Positive;
            case All all:
                foreach (var part in all.Parts)
                {
                    if (!part.Holds(value))
                    {
                        return false;
                    }
                }

                return true;
            case Any any:
                foreach (var part in any.Parts)
                {
                    if (part.Holds(value))
                    {
                        return true;
                    }
                }

                return false;
            default:
                throw new InvalidOperationException();
        }
    }

    public void CollectAtoms(ISet<Atom> atoms)
    {
        switch (this)
        {
            case Literal literal:
                atoms.Add(literal.Atom);
                break;
            case All all:
                foreach (var part in all.Parts)
                {
                    part.CollectAtoms(atoms);
                }

                break;
            case Any any:
                foreach (var part in any.Parts)
                {
                    part.CollectAtoms(atoms);
                }

                break;
            default:
                break;
        }
    }

    internal sealed class Literal(Atom Atom, bool Positive) : Formula, IEquatable<Literal>
    {
        public Atom Atom { get; } = Atom;

        public bool Positive { get; } = Positive;

        public bool Equals(Literal? other) => other is not null && other.Atom == Atom && other.Positive == Positive;

        public override bool Equals(object? obj) => Equals(obj as Literal);

        public override int GetHashCode() => (Atom.Id * 2) + (Positive ? 1 : 0);
    }

    /// <summary>A conjunction; empty it is true.</summary>
    internal sealed class All(ImmutableArray<Formula> parts) : Formula
    {
        public ImmutableArray<Formula> Parts { get; } = parts;
    }

    /// <summary>A disjunction; empty it is false.</summary>
    internal sealed class Any(ImmutableArray<Formula> parts) : Formula
    {
        public ImmutableArray<Formula> Parts { get; } = parts;
    }
}
