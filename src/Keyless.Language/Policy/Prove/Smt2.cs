using System.Globalization;
using System.Text;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>
/// A question for an outside solver, in SMT-LIB 2.6 (theory of Unicode strings): one satisfiability check for each shape of token. All of
/// them <c>unsat</c> is a proof, any <c>sat</c> a counterexample.
/// </summary>
public static class Smt2
{
    public static string Export(Question question)
    {
        var text = new StringBuilder();
        text.Append("; ").Append(question.Ask switch
        {
            Ask.Exists => "Is there a token in the set that the policy admits?",
            Ask.Covers => "Is there a token in the set that the policy refuses?",
            Ask.Subset => "Is there a token in the set that the first policy admits and the second refuses?",
            _ => "Is there a token in the set that exactly one of the policies admits?",
        }).Append('\n');
        text.Append("; One (check-sat) for each shape of token. All unsat: there is none. Any sat: there is one.\n");
        foreach (var assumption in question.Domain.Assumptions())
        {
            text.Append("; assumes: ").Append(assumption.ReplaceLineEndings(" ")).Append('\n');
        }

        text.Append("(set-option :produce-models true)\n(set-logic ALL)\n");
        foreach (var provider in Prover.ProvidersOf(question))
        {
            foreach (var (admits, refuses) in question.Ask switch
            {
                Ask.Exists => [(question.A, (PolicyDocument?)null)],
                Ask.Covers => [(null, question.A)],
                Ask.Subset => [(question.A, question.B)],
                _ => new (PolicyDocument?, PolicyDocument?)[] { (question.A, question.B), (question.B, question.A) },
            })
            {
                var problem = Problem.Of(question, provider, admits, refuses);
                foreach (var query in Queries(problem.Prepare(new TokenWorld(question.Domain, provider))))
                {
                    text.Append(query.Text);
                }
            }
        }

        return text.ToString();
    }

    /// <param name="IsExact">False when a test could only be left open, so that <c>sat</c> says nothing.</param>
    internal sealed record Query(Shape Shape, string Text, bool IsExact);

    internal static IEnumerable<Query> Queries(World.Prepared prepared)
    {
        foreach (var shape in prepared.Shapes)
        {
            var solver = new ShapeSolver(shape, prepared.Choices, new Budget());
            var formula = solver.Simplify(prepared.Formula);
            if (!formula.IsFalse)
            {
                yield return new Writer(shape, solver, prepared).Write(formula);
            }
        }
    }

    private sealed class Writer(Shape shape, ShapeSolver solver, World.Prepared prepared)
    {
        private readonly StringBuilder _declarations = new();
        private readonly Dictionary<Variable, string> _variables = [];
        private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
        private readonly Dictionary<KeyMeaning, List<(Atom Atom, string Flag, string Value)>> _witnesses = [];
        private bool _exact = true;

        public Query Write(Formula formula)
        {
            Collect(formula);
            var body = Of(formula, literal: Literal);
            var text = new StringBuilder()
                .Append("(push 1)\n; ").Append(Describe(shape)).Append('\n')
                .Append(_declarations)
                .Append("(assert ").Append(body).Append(")\n(check-sat)\n(pop 1)\n");
            return new Query(shape, text.ToString(), _exact);
        }

        private static string Describe(Shape shape) =>
            $"{shape["repository"]?.ToString() ?? "any"}, subject {shape["sub"]?.ToString() ?? "any"}".ReplaceLineEndings(" ");

        /// <summary>Multivalued keys: a flag and a value stand for each "some value ..." of the formula.</summary>
        private void Collect(Formula formula)
        {
            var atoms = new HashSet<Atom>();
            formula.CollectAtoms(atoms);
            foreach (var some in atoms.Where(atom => atom.Kind == AtomKind.Some))
            {
                var variable = new Variable($"value_{some.Id}", ((KeyMeaning.Multi)some.Key).Element.Variable.Language);
                var flag = Declare($"has_{some.Id}", "Bool");
                if (!_witnesses.TryGetValue(some.Key, out var list))
                {
                    _witnesses.Add(some.Key, list = []);
                }

                list.Add((some, flag, Name(variable)));
            }

            // A list may also hold a value that nothing is said about.
            foreach (var key in atoms.Where(atom => atom.Kind == AtomKind.Present && atom.Key is KeyMeaning.Multi).Select(atom => atom.Key).Distinct())
            {
                var value = Name(new Variable("any_value", ((KeyMeaning.Multi)key).Element.Variable.Language));
                _witnesses.TryAdd(key, []);
                _witnesses[key].Add((new Atom(-1, AtomKind.Some, key, null, Formula.True), Declare("has_any", "Bool"), value));
            }
        }

        private string Of(Formula formula, Func<Atom, bool, string> literal) => formula switch
        {
            { IsTrue: true } => "true",
            { IsFalse: true } => "false",
            Formula.Literal one => literal(one.Atom, one.Positive),
            Formula.All all => $"(and {string.Join(' ', all.Parts.Select(part => Of(part, literal)))})",
            Formula.Any any => $"(or {string.Join(' ', any.Parts.Select(part => Of(part, literal)))})",
            _ => "true",
        };

        private string Literal(Atom atom, bool positive)
        {
            if (atom.Kind == AtomKind.Some)
            {
                return Some(atom, positive);
            }

            var text = Positive(atom);
            return positive ? text : $"(not {text})";
        }

        private string Some(Atom atom, bool positive)
        {
            var witnesses = _witnesses[atom.Key];
            if (positive)
            {
                var own = witnesses.First(witness => witness.Atom == atom);
                return $"(and {own.Flag} {Element(atom.Element!, own.Value)})";
            }

            // No value may satisfy it: none of those that are there does.
            return $"(and true {string.Join(' ', witnesses.Select(witness => $"(=> {witness.Flag} (not {Element(atom.Element!, witness.Value)}))"))})";
        }

        private string Element(Formula formula, string value) => Of(formula, (atom, positive) =>
        {
            var test = atom.Test!.AutomatonFor(((KeyMeaning.Free)atom.Key).Variable) is { } automaton ? Accepts(value, automaton) : Open(atom);
            return positive ? test : $"(not {test})";
        });

        private string Positive(Atom atom)
        {
            if (atom.Key is KeyMeaning.Choice choice)
            {
                var choices = prepared.Choices[choice.Group];
                var fitting = choices.Select((one, i) => (one, i)).Where(pair => ShapeSolver.HoldsIn(pair.one, atom)).Select(pair => pair.i).ToList();
                var name = Chosen(choice.Group, choices.Length);
                return fitting.Count == 0 ? "false" : $"(or false {string.Join(' ', fitting.Select(i => $"(= {name} {i})"))})";
            }

            if (atom.Kind == AtomKind.Present)
            {
                return atom.Key is KeyMeaning.Multi
                    ? $"(or false {string.Join(' ', _witnesses[atom.Key].Select(witness => witness.Flag))})"
                    : Present(atom.Key);
            }

            var bound = solver.Bind(atom);
            var holds = bound.Automaton is { } automaton ? Accepts(Of(bound.Term!), automaton) : Open(atom);
            return atom.Key is KeyMeaning.Free { Optional: true } && shape[atom.Key.Name] is null ? $"(and {Present(atom.Key)} {holds})" : holds;
        }

        private string Present(KeyMeaning key)
        {
            if (!_names.TryGetValue(key.Name, out var name))
            {
                name = Declare("present_" + Safe(key.Name), "Bool");
                _names.Add(key.Name, name);
            }

            return name;
        }

        private string Chosen(ChoiceGroup group, int count)
        {
            var key = $"choice {group}";
            if (!_names.TryGetValue(key, out var name))
            {
                name = Declare(group.ToString().ToLowerInvariant(), "Int");
                _names.Add(key, name);
                _declarations.Append(CultureInfo.InvariantCulture, $"(assert (and (<= 0 {name}) (< {name} {count})))\n");
            }

            return name;
        }

        private string Open(Atom atom)
        {
            _exact = false;
            return Declare($"open_{atom.Id}", "Bool");
        }

        private string Accepts(string term, Automaton automaton) => automaton switch
        {
            PatternAutomaton pattern => $"(str.in_re {term} {Smt2Text.Regex(pattern.Tokens)})",
            WordsAutomaton words => $"(str.in_re {term} {Smt2Text.Words(words.Words, words.Folded)})",
            NumberAutomaton number => number.Smt2($"(str.to_int {term})"),
            _ => throw new InvalidOperationException(),
        };

        private string Of(Term term)
        {
            var parts = term.Pieces.Select(piece => piece.Variable is not { } variable ? Smt2Text.Quote(piece.Text)
                : piece.Escaped ? $"(str.replace_all {Name(variable)} \":\" \"%3A\")"
                : Name(variable)).ToList();
            return parts.Count == 1 ? parts[0] : $"(str.++ {string.Join(' ', parts)})";
        }

        private string Name(Variable variable)
        {
            if (!_variables.TryGetValue(variable, out var name))
            {
                name = Declare(Safe(variable.Name), "String");
                _variables.Add(variable, name);
                _declarations.Append(CultureInfo.InvariantCulture, $"(assert (str.in_re {name} {variable.Language.Smt2}))\n");
                _declarations.Append(CultureInfo.InvariantCulture, $"(assert (<= (str.len {name}) {variable.Language.MaxLength}))\n");
                if (!variable.Excluded.IsEmpty)
                {
                    _declarations.Append(CultureInfo.InvariantCulture, $"(assert (not (str.in_re {name} {Smt2Text.Words(variable.Excluded, fold: true)})))\n");
                }
            }

            return name;
        }

        private string Declare(string name, string sort)
        {
            var unique = name;
            for (var i = 2; !_taken.Add(unique); i++)
            {
                unique = $"{name}_{i}";
            }

            _declarations.Append(CultureInfo.InvariantCulture, $"(declare-const {unique} {sort})\n");
            return unique;
        }

        private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
    }
}

/// <summary>Texts and regular expressions of SMT-LIB.</summary>
internal static class Smt2Text
{
    public const string NoControl = "(re.diff re.allchar (re.union (re.range \"\\u{0}\" \"\\u{1f}\") (str.to_re \"\\u{7f}\")))";
    public const string Alphanumeric = "(re.union (re.range \"a\" \"z\") (re.range \"A\" \"Z\") (re.range \"0\" \"9\"))";

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\"\""),
                '\\' or < ' ' or > '~' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)c:x}}}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    public static string OneOf(IEnumerable<char> characters) => Union(characters.Select(c => $"(str.to_re {Quote(c.ToString())})"));

    public static string Words(IEnumerable<string> words, bool fold) => Union(words.Select(word => Regex(PatternToken.Exactly(word, fold))));

    public static string Regex(IReadOnlyList<PatternToken> tokens)
    {
        var parts = new List<string>();
        var literal = new StringBuilder();
        foreach (var token in tokens)
        {
            if (token.Kind == PatternTokenKind.Char)
            {
                literal.Append(token.Char);
                continue;
            }

            Flush();
            parts.Add(token.Kind switch
            {
                PatternTokenKind.Folded => OneOf(PatternToken.Unfold(token.Char)),
                PatternTokenKind.One => "re.allchar",
                PatternTokenKind.Run => "re.all",
                PatternTokenKind.OneInField => "(re.diff re.allchar (str.to_re \":\"))",
                _ => "(re.* (re.diff re.allchar (str.to_re \":\")))",
            });
        }

        Flush();
        return parts.Count switch { 0 => "(str.to_re \"\")", 1 => parts[0], _ => $"(re.++ {string.Join(' ', parts)})" };

        void Flush()
        {
            if (literal.Length > 0)
            {
                parts.Add($"(str.to_re {Quote(literal.ToString())})");
                literal.Clear();
            }
        }
    }

    private static string Union(IEnumerable<string> alternatives)
    {
        var list = alternatives.ToList();
        return list.Count switch { 0 => "re.none", 1 => list[0], _ => $"(re.union {string.Join(' ', list)})" };
    }
}
