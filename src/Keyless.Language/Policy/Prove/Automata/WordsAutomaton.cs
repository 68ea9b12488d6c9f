namespace Keyless.Language.Policy.Prove.Automata;

/// <summary>A finite set of words as a tree of characters; compared with or without case.</summary>
internal sealed class WordsAutomaton : Automaton
{
    private readonly List<SortedDictionary<char, int>> _nodes = [[], []];
    private readonly HashSet<int> _ends = [];

    public WordsAutomaton(IEnumerable<string> words, bool fold = false)
    {
        Words = [.. words];
        foreach (var word in Words)
        {
            var node = 1;
            foreach (var c in word)
            {
                var edges = _nodes[node];
                var key = fold ? char.ToLowerInvariant(c) : c;
                if (!edges.TryGetValue(key, out var next))
                {
                    next = _nodes.Count;
                    _nodes.Add([]);
                    edges.Add(key, next);
                    if (fold)
                    {
                        edges.TryAdd(char.ToUpperInvariant(c), next);
                    }
                }

                node = next;
            }

            _ends.Add(node);
        }

        Folded = fold;
    }

    public IReadOnlyList<string> Words { get; }

    public bool Folded { get; }

    public override int Start => 1;

    public override bool Accepts(int state) => _ends.Contains(state);

    public override bool IsFull(int state) => false;

    protected override Row BuildRow(int state) => new([.. _nodes[state].Keys], [.. _nodes[state].Values], Dead);
}
