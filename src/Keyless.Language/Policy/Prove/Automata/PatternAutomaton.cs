using System.Collections.Immutable;

namespace Keyless.Language.Policy.Prove.Automata;

/// <summary>
/// A pattern with stars and question marks, determinised lazily: a state is the set of positions a match may have reached.
/// </summary>
internal sealed class PatternAutomaton : Automaton
{
    private readonly ImmutableArray<PatternToken> _tokens;
    private readonly Dictionary<PositionSet, int> _ids = [];
    private readonly List<int[]> _sets = [];
    private readonly List<int> _lastRun = [];
    private readonly int[] _required;

    public PatternAutomaton(ImmutableArray<PatternToken> tokens)
    {
        _tokens = WithoutRepeatedRuns(tokens);
        _required = new int[_tokens.Length + 1];
        for (var i = _tokens.Length - 1; i >= 0; i--)
        {
            _required[i] = _required[i + 1] + (_tokens[i].IsRun ? 0 : 1);
        }

        Intern([]);
        Start = Intern(Close([0]));
    }

    public override int Start { get; }

    /// <summary>The tokens, with neighbouring stars merged.</summary>
    public ImmutableArray<PatternToken> Tokens => _tokens;

    /// <summary>The positions a state stands for.</summary>
    public ReadOnlySpan<int> Positions(int state) => _sets[state];

    public override bool Accepts(int state)
    {
        var set = _sets[state];
        return set.Length > 0 && set[^1] == _tokens.Length;
    }

    public override bool IsFull(int state)
    {
        var run = _lastRun[state];
        return run >= 0 && run == _tokens.Length - 1;
    }

    // The furthest position has the least before it.
    public override int LeastRemaining(int state) => _sets[state] is [.., var furthest] ? _required[furthest] : 0;

    public override bool Covers(int wide, int narrow)
    {
        if (wide == narrow || narrow == Dead)
        {
            return true;
        }

        var has = _sets[wide];
        var run = _lastRun[wide];
        foreach (var position in _sets[narrow])
        {
            if (position > run && Array.BinarySearch(has, position) < 0)
            {
                return false;
            }
        }

        return true;
    }

    protected override Row BuildRow(int state)
    {
        var set = _sets[state];
        var told = new CharSet();
        foreach (var position in set)
        {
            if (position < _tokens.Length)
            {
                var token = _tokens[position];
                switch (token.Kind)
                {
                    case PatternTokenKind.Char: told.Add(token.Char); break;
                    case PatternTokenKind.Folded: told.Add(PatternToken.Unfold(token.Char)); break;
                    case PatternTokenKind.OneInField or PatternTokenKind.RunInField: told.Add(':'); break;
                    default: break;
                }
            }
        }

        var characters = new List<char>();
        told.CopyTo(characters);
        return new Row([.. characters], [.. characters.Select(c => Successor(set, c))], Successor(set, null));
    }

    /// <summary>The state after a character; null stands for any the state does not tell apart.</summary>
    private int Successor(int[] set, char? c)
    {
        var next = new List<int>(set.Length + 2);
        foreach (var position in set)
        {
            if (position == _tokens.Length)
            {
                continue;
            }

            var token = _tokens[position];
            var takes = c is { } known ? token.Takes(known) : token.Kind is not (PatternTokenKind.Char or PatternTokenKind.Folded);
            if (takes)
            {
                next.Add(token.IsRun ? position : position + 1);
            }
        }

        return Intern(Close(next));
    }

    /// <summary>
    /// Sorted, with the position behind every star, and without positions before the last unbounded star: whatever they could still
    /// accept must pass that star, which accepts it too.
    /// </summary>
    private int[] Close(List<int> positions)
    {
        var closed = new SortedSet<int>();
        foreach (var start in positions)
        {
            var position = start;
            closed.Add(position);
            while (position < _tokens.Length && _tokens[position].IsRun)
            {
                closed.Add(++position);
            }
        }

        var run = LastRun(closed);
        return [.. run < 0 ? closed : closed.Where(position => position >= run)];
    }

    private int LastRun(IEnumerable<int> positions)
    {
        var last = -1;
        foreach (var position in positions)
        {
            if (position < _tokens.Length && _tokens[position].Kind == PatternTokenKind.Run)
            {
                last = position;
            }
        }

        return last;
    }

    private int Intern(int[] set)
    {
        var key = new PositionSet(set);
        if (!_ids.TryGetValue(key, out var id))
        {
            id = _sets.Count;
            _ids.Add(key, id);
            _sets.Add(set);
            _lastRun.Add(LastRun(set));
        }

        return id;
    }

    private static ImmutableArray<PatternToken> WithoutRepeatedRuns(ImmutableArray<PatternToken> tokens)
    {
        var kept = ImmutableArray.CreateBuilder<PatternToken>(tokens.Length);
        foreach (var token in tokens)
        {
            if (!(token.IsRun && kept.Count > 0 && kept[^1] == token))
            {
                kept.Add(token);
            }
        }

        return kept.DrainToImmutable();
    }

    private readonly struct PositionSet(int[] positions) : IEquatable<PositionSet>
    {
        private readonly int[] _positions = positions;

        public bool Equals(PositionSet other) => _positions.AsSpan().SequenceEqual(other._positions);

        public override bool Equals(object? obj) => obj is PositionSet other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var position in _positions)
            {
                hash.Add(position);
            }

            return hash.ToHashCode();
        }
    }
}
