using System.Collections.Immutable;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>What one shape answers.</summary>
internal enum ShapeOutcome
{
    /// <summary>Proved: no token of the shape satisfies the formula.</summary>
    None,
    Found,
    Spent,

    /// <summary>Nothing found, but some test could not be decided over all values.</summary>
    Unsure,
}

/// <summary>
/// Decides a formula over one shape: binds atoms to the shape's terms, then walks cubes lazily. A cube's literals are solved; if the
/// model found breaks a disjunction that is still open, that disjunction is split, so only contradictory or useful cubes are visited.
/// </summary>
internal sealed class ShapeSolver
{
    private readonly Shape _shape;
    private readonly Budget _budget;
    private readonly IReadOnlyDictionary<ChoiceGroup, ImmutableArray<Choice>> _choices;
    private readonly Dictionary<Atom, Bound> _bound = [];
    private readonly Dictionary<string, Dictionary<Variable, string>?> _components = [];
    private readonly WordSearch _search;
    private bool _unsure;

    public ShapeSolver(Shape shape, IReadOnlyDictionary<ChoiceGroup, ImmutableArray<Choice>> choices, Budget budget)
    {
        (_shape, _choices, _budget) = (shape, choices, budget);
        _search = new WordSearch(budget);
    }

    public Shape Shape => _shape;

    /// <summary>What a request has when nobody asks: the first choice.</summary>
    public Choice DefaultChoice(ChoiceGroup group) => _choices[group][0];

    /// <summary>The formula without atoms that are true or false for every token of the shape.</summary>
    public Formula Simplify(Formula formula) => formula.Where(atom => Bind(atom).Truth);

    public ShapeOutcome Solve(Formula formula, out Model? model)
    {
        model = null;
        var simple = Simplify(formula);
        if (simple.IsFalse)
        {
            return ShapeOutcome.None;
        }

        var state = new Cube();
        var outcome = state.Assert(simple) ? Branch(state, out model) : ShapeOutcome.None;
        if (outcome == ShapeOutcome.Found)
        {
            Polish(simple, model!);
            return outcome;
        }

        return outcome == ShapeOutcome.None && _unsure ? ShapeOutcome.Unsure : outcome;
    }

    private ShapeOutcome Branch(Cube cube, out Model? model)
    {
        model = null;
        if (!_budget.Spend())
        {
            return ShapeOutcome.Spent;
        }

        var outcome = Complete(cube, out var candidate);
        if (outcome != ShapeOutcome.Found)
        {
            return outcome;
        }

        // The model may satisfy what is still open; else split the smallest disjunction that it breaks.
        Formula.Any? broken = null;
        foreach (var open in cube.Open)
        {
            if (!open.Holds(candidate!.Holds) && (broken is null || open.Parts.Length < broken.Parts.Length))
            {
                broken = open;
            }
        }

        if (broken is null)
        {
            model = candidate;
            return ShapeOutcome.Found;
        }

        foreach (var part in broken.Parts)
        {
            var next = cube.Without(broken);
            if (!next.Assert(part))
            {
                continue;
            }

            outcome = Branch(next, out model);
            if (outcome is ShapeOutcome.Found or ShapeOutcome.Spent)
            {
                return outcome;
            }
        }

        return ShapeOutcome.None;
    }

    /// <summary>A model of the cube's literals, component by component.</summary>
    private ShapeOutcome Complete(Cube cube, out Model? model)
    {
        model = null;
        var made = new Model(this);
        var demands = new List<(Demand Demand, int Signature)>();
        var opaque = new List<(Atom Atom, bool Positive)>();
        if (!Presences(cube, made) || !Choices(cube, made))
        {
            return ShapeOutcome.None;
        }

        foreach (var (atom, positive) in cube.Literals)
        {
            var bound = Bind(atom);
            if (bound.Automaton is { } automaton)
            {
                // An absent key fails every test.
                if (atom.Key is KeyMeaning.Free { Optional: true } && _shape[atom.Key.Name] is null && !made.IsPresent(atom.Key.Name))
                {
                    continue;
                }

                demands.Add((new Demand(bound.Term!, automaton, positive), (atom.Id * 2) + (positive ? 1 : 0)));
            }
            else if (bound.IsOpaque)
            {
                opaque.Add((atom, positive));
            }
        }

        var outcome = Words(demands, made);
        if (outcome != ShapeOutcome.Found)
        {
            return outcome;
        }

        outcome = Multivalued(cube, made);
        if (outcome != ShapeOutcome.Found)
        {
            return outcome;
        }

        foreach (var (atom, positive) in opaque)
        {
            if (made.Holds(atom) != positive && !Suggest(cube, atom, positive, made))
            {
                // Some other value might do, so this is no proof.
                _unsure = true;
                return ShapeOutcome.None;
            }
        }

        model = made;
        return ShapeOutcome.Found;
    }

    /// <summary>Decides which optional keys are there: those that must pass a test, and no others unless asked for.</summary>
    private bool Presences(Cube cube, Model model)
    {
        foreach (var (atom, positive) in cube.Literals)
        {
            if (atom.Key is not (KeyMeaning.Free { Optional: true } or KeyMeaning.Multi) || _shape[atom.Key.Name] is not null)
            {
                continue;
            }

            var wanted = atom.Kind == AtomKind.Present ? positive : positive ? true : (bool?)null;
            if (wanted is { } present && !model.TryPresent(atom.Key.Name, present))
            {
                return false;
            }
        }

        return true;
    }

    private bool Choices(Cube cube, Model model)
    {
        foreach (var group in cube.Literals.Where(literal => literal.Key.Key is KeyMeaning.Choice).GroupBy(literal => ((KeyMeaning.Choice)literal.Key.Key).Group))
        {
            var fitting = _choices[group.Key].FirstOrDefault(choice => group.All(literal => HoldsIn(choice, literal.Key) == literal.Value));
            if (fitting is null)
            {
                return false;
            }

            model.Choose(group.Key, fitting);
        }

        return true;
    }

    public static bool HoldsIn(Choice choice, Atom atom) =>
        choice.Values.TryGetValue(atom.Key.Name, out var value) && (atom.Kind == AtomKind.Present || atom.Test!.Holds(value));

    /// <summary>Words for the variables: demands that share a variable are one search, remembered for other cubes.</summary>
    private ShapeOutcome Words(List<(Demand Demand, int Signature)> demands, Model model)
    {
        foreach (var component in Components(demands))
        {
            var key = string.Join(',', component.Select(demand => demand.Signature).Order());
            if (!_components.TryGetValue(key, out var words))
            {
                var found = new Dictionary<Variable, string>();
                var outcome = _search.Solve([.. component.Select(demand => demand.Demand)], found);
                if (outcome == SearchOutcome.Spent)
                {
                    return ShapeOutcome.Spent;
                }

                words = outcome == SearchOutcome.Found ? found : null;
                _components.Add(key, words);
            }

            if (words is null)
            {
                return ShapeOutcome.None;
            }

            foreach (var (variable, word) in words)
            {
                model[variable] = word;
            }
        }

        return ShapeOutcome.Found;
    }

    private static List<List<(Demand Demand, int Signature)>> Components(List<(Demand Demand, int Signature)> demands)
    {
        var components = new List<(HashSet<Variable> Variables, List<(Demand, int)> Demands)>();
        foreach (var demand in demands)
        {
            var variables = demand.Demand.Term.Pieces.Where(piece => piece.Variable is not null).Select(piece => piece.Variable!).ToHashSet();
            var members = new List<(Demand, int)> { demand };
            for (var i = components.Count - 1; i >= 0; i--)
            {
                if (components[i].Variables.Overlaps(variables))
                {
                    variables.UnionWith(components[i].Variables);
                    members.AddRange(components[i].Demands);
                    components.RemoveAt(i);
                }
            }

            components.Add((variables, members));
        }

        return [.. components.Select(component => component.Demands)];
    }

    /// <summary>
    /// A multivalued key needs one value for each "some value ..." that must hold, and each value must respect every "some value ..." that
    /// must not.
    /// </summary>
    private ShapeOutcome Multivalued(Cube cube, Model model)
    {
        foreach (var key in cube.Literals.Where(literal => literal.Key.Kind == AtomKind.Some).GroupBy(literal => (KeyMeaning.Multi)literal.Key.Key))
        {
            var never = Formula.And(key.Where(literal => !literal.Value).Select(literal => literal.Key.Element!.Negated()));
            var values = new List<string>();
            foreach (var some in key.Where(literal => literal.Value))
            {
                var outcome = Value(key.Key, Formula.And(some.Key.Element!, never), out var value);
                if (outcome != ShapeOutcome.Found)
                {
                    return outcome;
                }

                values.Add(value!);
            }

            if (values.Count == 0 && model.IsPresent(key.Key.Name))
            {
                var outcome = Value(key.Key, never, out var value);
                if (outcome != ShapeOutcome.Found)
                {
                    return outcome;
                }

                values.Add(value!);
            }

            model.SetValues(key.Key.Name, values);
        }

        return ShapeOutcome.Found;

        ShapeOutcome Value(KeyMeaning.Multi multi, Formula formula, out string? value)
        {
            var solver = new ShapeSolver(_shape, _choices, _budget);
            var outcome = solver.Solve(formula, out var found);
            value = found?.Value(multi.Element);
            _unsure |= outcome == ShapeOutcome.Unsure;
            return outcome == ShapeOutcome.Unsure ? ShapeOutcome.None : outcome;
        }
    }

    /// <summary>Tries the values that a test without an automaton proposes.</summary>
    private bool Suggest(Cube cube, Atom atom, bool positive, Model model)
    {
        if (Bind(atom).Term?.Alone is not { } variable || atom.Test is null)
        {
            return false;
        }

        var before = model[variable];
        foreach (var word in atom.Test.Suggestions)
        {
            model[variable] = word;
            if (variable.Admits(word) && model.Holds(atom) == positive && cube.Literals.All(literal => model.Holds(literal.Key) == literal.Value))
            {
                return true;
            }
        }

        model[variable] = before;
        return false;
    }

    /// <summary>Replaces found words by plausible ones where the formula does not mind.</summary>
    private static void Polish(Formula formula, Model model)
    {
        foreach (var variable in model.Variables)
        {
            var found = model[variable];
            foreach (var word in variable.Language.Plausible)
            {
                model[variable] = word;
                if (variable.Admits(word) && formula.Holds(model.Holds))
                {
                    break;
                }

                model[variable] = found;
            }
        }
    }

    public Bound Bind(Atom atom)
    {
        if (!_bound.TryGetValue(atom, out var bound))
        {
            bound = BindFresh(atom);
            _bound.Add(atom, bound);
        }

        return bound;
    }

    private Bound BindFresh(Atom atom)
    {
        switch (atom.Key)
        {
            case KeyMeaning.Absent:
                return Bound.False;
            case KeyMeaning.Claim claim:
                return _shape[claim.Name] is not { } term ? Bound.False : atom.Kind == AtomKind.Present ? Bound.True : BindTo(term, atom.Test!);
            case KeyMeaning.Free free when _shape[free.Name] is { } own:
                return atom.Kind == AtomKind.Present ? Bound.True : BindTo(own, atom.Test!);
            case KeyMeaning.Free free:
                return atom.Kind == AtomKind.Present ? free.Optional ? default : Bound.True : BindTo(free.Variable, atom.Test!);
            case KeyMeaning.Choice:
                return default;
            default:
                return default;
        }
    }

    private Bound BindTo(Term term, Test test)
    {
        if (test is TemplateTest template)
        {
            return BindTemplate(term, template);
        }

        if (term.IsConstant)
        {
            return test.Holds(term.ConstantText) ? Bound.True : Bound.False;
        }

        if (test.AutomatonFor(term.Alone) is not { } automaton)
        {
            return new Bound { Term = term, IsOpaque = true };
        }

        return BindTo(term, automaton);
    }

    private static Bound BindTo(Term term, Automaton automaton)
    {
        var state = automaton.Run(automaton.Start, term.Lead);
        return state == Automaton.Dead ? Bound.False
            : automaton.IsFull(state) ? Bound.True
            : term.IsConstant ? automaton.Accepts(state) ? Bound.True : Bound.False
            : new Bound { Term = term, Automaton = automaton };
    }

    /// <summary>A pattern that names other keys: known values are put in, equal parts on both sides cancel, what is left may be a plain pattern.</summary>
    private Bound BindTemplate(Term term, TemplateTest template)
    {
        if (template.Resolve(ValueOf) is not { } parts)
        {
            return Bound.False;
        }

        var (rest, pattern) = TemplateTest.Cancel(term, parts);
        if (rest is null)
        {
            return Bound.False;
        }

        return pattern is null ? new Bound { Term = term, IsOpaque = true } : BindTo(rest, new PatternAutomaton(pattern.Value));
    }

    /// <summary>A key's value as a term; null when it may be absent or is chosen later.</summary>
    private TemplateValue ValueOf(KeyMeaning key) => key switch
    {
        KeyMeaning.Absent or KeyMeaning.Multi => TemplateValue.None,
        KeyMeaning.Claim claim => _shape[claim.Name] is { } term ? new TemplateValue(term, IsKnown: true) : TemplateValue.None,
        KeyMeaning.Free { Optional: false } free => new TemplateValue(free.Variable, IsKnown: true),
        _ => new TemplateValue(null, IsKnown: false),
    };

    /// <summary>An atom in this shape.</summary>
    internal readonly struct Bound
    {
        public static readonly Bound True = new() { Truth = true };
        public static readonly Bound False = new() { Truth = false };

        /// <summary>The same for every token of the shape.</summary>
        public bool? Truth { get; init; }

        public Term? Term { get; init; }

        public Automaton? Automaton { get; init; }

        /// <summary>A test no automaton stands for: checked on values, never proved.</summary>
        public bool IsOpaque { get; init; }
    }

    /// <summary>A partial conjunction: literals that must hold, and disjunctions still open.</summary>
    private sealed class Cube
    {
        public Dictionary<Atom, bool> Literals { get; private init; } = [];

        public List<Formula.Any> Open { get; private init; } = [];

        public Cube Without(Formula.Any open) => new() { Literals = new Dictionary<Atom, bool>(Literals), Open = [.. Open.Where(other => other != open)] };

        /// <summary>Adds a formula and what follows at once; false when it contradicts.</summary>
        public bool Assert(Formula formula)
        {
            var pending = new Stack<Formula>([formula]);
            while (pending.TryPop(out var next))
            {
                switch (next)
                {
                    case Formula.Literal literal:
                        if (Literals.TryGetValue(literal.Atom, out var value))
                        {
                            if (value != literal.Positive)
                            {
                                return false;
                            }

                            break;
                        }

                        Literals.Add(literal.Atom, literal.Positive);
                        for (var i = Open.Count - 1; i >= 0; i--)
                        {
                            if (Mentions(Open[i], literal.Atom))
                            {
                                pending.Push(Open[i]);
                                Open.RemoveAt(i);
                            }
                        }

                        break;
                    case Formula.All all:
                        foreach (var part in all.Parts)
                        {
                            pending.Push(part);
                        }

                        break;
                    case Formula.Any any:
                        var reduced = any.Where(atom => Literals.TryGetValue(atom, out var known) ? known : null);
                        if (reduced.IsFalse)
                        {
                            return false;
                        }

                        if (reduced is Formula.Any open)
                        {
                            Open.Add(open);
                        }
                        else
                        {
                            pending.Push(reduced);
                        }

                        break;
                    default:
                        break;
                }
            }

            return true;
        }

        private static bool Mentions(Formula formula, Atom atom) => formula switch
        {
            Formula.Literal literal => literal.Atom == atom,
            Formula.All all => all.Parts.Any(part => Mentions(part, atom)),
            Formula.Any any => any.Parts.Any(part => Mentions(part, atom)),
            _ => false,
        };
    }
}
