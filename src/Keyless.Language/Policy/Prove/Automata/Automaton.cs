namespace Keyless.Language.Policy.Prove.Automata;

/// <summary>
/// A deterministic automaton over characters whose states come into being as they are visited. A state tells few characters apart:
/// those of its row; every other character leads to one and the same state.
/// </summary>
internal abstract class Automaton
{
    /// <summary>The state from which nothing is accepted, in every automaton.</summary>
    public const int Dead = 0;

    private static readonly Row DeadRow = new([], [], Dead);

    private readonly List<Row?> _rows = [];

    public abstract int Start { get; }

    public abstract bool Accepts(int state);

    /// <summary>Whether every continuation is accepted.</summary>
    public abstract bool IsFull(int state);

    /// <summary>Whether all that <paramref name="narrow"/> accepts is known to be accepted from <paramref name="wide"/>. False may be ignorance.</summary>
    public virtual bool Covers(int wide, int narrow) => wide == narrow || narrow == Dead || IsFull(wide);

    /// <summary>No accepted continuation is shorter.</summary>
    public virtual int LeastRemaining(int state) => 0;

    /// <summary>The characters a state tells apart, and where they lead.</summary>
    public Row RowOf(int state)
    {
        if (state == Dead)
        {
            return DeadRow;
        }

        while (_rows.Count <= state)
        {
            _rows.Add(null);
        }

        return _rows[state] ??= BuildRow(state);
    }

    public int Step(int state, char c) => state == Dead ? Dead : RowOf(state).Next(c);

    public int Run(int state, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (state == Dead)
            {
                return Dead;
            }

            state = RowOf(state).Next(c);
        }

        return state;
    }

    public bool Matches(ReadOnlySpan<char> text) => Accepts(Run(Start, text));

    /// <summary>Every state a run can reach, or null when there are more than <paramref name="limit"/>.</summary>
    public List<int>? Reachable(int from, int limit)
    {
        var seen = new HashSet<int> { from };
        var order = new List<int> { from };
        for (var i = 0; i < order.Count; i++)
        {
            var row = RowOf(order[i]);
            foreach (var next in row.Targets.Append(row.Other))
            {
                if (seen.Add(next))
                {
                    order.Add(next);
                }
            }

            if (order.Count > limit)
            {
                return null;
            }
        }

        return order;
    }

    protected abstract Row BuildRow(int state);

    /// <param name="Characters">Those that lead elsewhere than the rest.</param>
    /// <param name="Targets">Where each of them leads.</param>
    /// <param name="Other">Where all others lead.</param>
    internal sealed record Row(char[] Characters, int[] Targets, int Other)
    {
        public int Next(char c)
        {
            var i = Characters.AsSpan().IndexOf(c);
            return i < 0 ? Other : Targets[i];
        }
    }
}
