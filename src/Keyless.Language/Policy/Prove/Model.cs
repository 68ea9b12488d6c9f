using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>A concrete request: a word for each variable, and what is chosen for other keys. What nobody asked about has a plausible value.</summary>
internal sealed class Model(ShapeSolver solver)
{
    private readonly Dictionary<Variable, string> _words = [];
    private readonly Dictionary<string, bool> _present = [];
    private readonly Dictionary<ChoiceGroup, Choice> _choices = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _values = [];

    public IReadOnlyList<Variable> Variables => [.. _words.Keys];

    public string this[Variable variable]
    {
        get
        {
            if (!_words.TryGetValue(variable, out var word))
            {
                word = Plausible(variable);
                _words.Add(variable, word);
            }

            return word;
        }

        set => _words[variable] = value;
    }

    public bool TryPresent(string key, bool present) => _present.TryAdd(key, present) || _present[key] == present;

    public bool IsPresent(string key) => _present.GetValueOrDefault(key);

    public void Choose(ChoiceGroup group, Choice choice) => _choices[group] = choice;

    public void SetValues(string key, IReadOnlyList<string> values) => _values[key] = values;

    public IReadOnlyList<string> ValuesOf(string key) => _values.GetValueOrDefault(key) ?? [];

    public string? Value(KeyMeaning key) => key switch
    {
        KeyMeaning.Claim claim => solver.Shape[claim.Name]?.Value(variable => this[variable]),
        KeyMeaning.Free free => !free.Optional || IsPresent(free.Name) || solver.Shape[free.Name] is not null ? this[free.Variable] : null,
        KeyMeaning.Choice choice => ChoiceOf(choice.Group).Values.GetValueOrDefault(choice.Name),
        _ => null,
    };

    public Choice ChoiceOf(ChoiceGroup group) => _choices.TryGetValue(group, out var choice) ? choice : solver.DefaultChoice(group);

    public bool Holds(Atom atom)
    {
        if (solver.Bind(atom).Truth is { } truth)
        {
            return truth;
        }

        switch (atom.Kind)
        {
            case AtomKind.Present:
                return atom.Key is KeyMeaning.Multi multi ? ValuesOf(multi.Name).Count > 0 : Value(atom.Key) is not null;
            case AtomKind.Holds:
                return Value(atom.Key) is { } value && Test(atom.Test!, value);
            default:
                var element = ((KeyMeaning.Multi)atom.Key).Element;
                return ValuesOf(atom.Key.Name).Any(item => atom.Element!.Holds(inner => inner.Kind == AtomKind.Present || Test(inner.Test!, item)));
        }
    }

    private bool Test(Test test, string value) => test is TemplateTest template ? template.Holds(value, Value) : test.Holds(value);

    private static string Plausible(Variable variable) =>
        variable.Language.Plausible.FirstOrDefault(variable.Admits) ?? variable.Language.Plausible.FirstOrDefault() ?? "a";
}
