using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>A demand on a claim: its value must, or must not, be accepted.</summary>
internal readonly record struct Demand(Term Term, Automaton Automaton, bool Positive);

internal enum SearchOutcome
{
    /// <summary>Proved: no words meet all demands.</summary>
    None,
    Found,
    Spent,
}

/// <summary>
/// Finds words for variables so that every demand on claims built from them is met, or proves that there are none. All automata run at
/// once over the variables from left to right; a claim that contains the variable advances, the others stand still, so claims that share
/// a variable read the same word.
/// </summary>
internal sealed class WordSearch(Budget budget)
{
    /// <summary>How many earlier states a new one is compared with for dominance: the newest matter most.</summary>
    private const int DominanceWindow = 160;

    /// <summary>States of an automaton that may be guessed where a claim reads variables out of order.</summary>
    private const int GuessLimit = 4096;

    /// <summary>States after which a search for the shortest words lets a greedy one try first.</summary>
    private const int FirstTry = 40_000;

    private enum Strategy
    {
        /// <summary>The words of least length together; lengths are not limited.</summary>
        Shortest,

        /// <summary>Every state at its least length within its variable, and no word too long.</summary>
        WithinLimits,

        /// <summary>Towards the patterns' ends first, no word too long. Finds words or says nothing.</summary>
        Greedy,
    }

    private enum Goal
    {
        Accepted,
        Refused,
        Exactly,
    }

    public SearchOutcome Solve(IReadOnlyList<Demand> demands, Dictionary<Variable, string> words)
    {
        // 1. The variables, in an order that the claims respect as far as one exists.
        var order = Order(demands);

        // 2. Each demand as runs over variables in that order; a claim that breaks it is cut into several runs.
        var fixedRuns = new List<RunOver>();
        var cut = new List<List<RunOver>>();
        foreach (var demand in demands.Concat(Exclusions(order)))
        {
            var runs = Cut(demand, order);
            if (runs.Count == 1)
            {
                fixedRuns.Add(runs[0]);
            }
            else
            {
                cut.Add(runs);
            }
        }

        // 3. At every cut, guess the state the automaton is in; each guess is a search of its own.
        return Guess(cut, 0, fixedRuns, order, words);
    }

    private SearchOutcome Guess(List<List<RunOver>> cut, int index, List<RunOver> runs, List<Variable> order, Dictionary<Variable, string> words)
    {
        if (index == cut.Count)
        {
            return Search(runs, order, words);
        }

        return GuessWithin(cut, index, 0, cut[index][0].Automaton.Start, runs, order, words);
    }

    private SearchOutcome GuessWithin(
        List<List<RunOver>> cut, int index, int segment, int start, List<RunOver> runs, List<Variable> order, Dictionary<Variable, string> words)
    {
        var segments = cut[index];
        var part = segments[segment];
        if (segment == segments.Count - 1)
        {
            runs.Add(part with { Start = start });
            var last = Guess(cut, index + 1, runs, order, words);
            runs.RemoveAt(runs.Count - 1);
            return last;
        }

        var candidates = part.Automaton.Reachable(start, GuessLimit);
        if (candidates is null)
        {
            return SearchOutcome.Spent;
        }

        var worst = SearchOutcome.None;
        foreach (var state in candidates)
        {
            if (!budget.Spend())
            {
                return SearchOutcome.Spent;
            }

            runs.Add(part with { Start = start, Goal = Goal.Exactly, Target = state });
            var outcome = CanMeet(runs[^1]) ? GuessWithin(cut, index, segment + 1, state, runs, order, words) : SearchOutcome.None;
            runs.RemoveAt(runs.Count - 1);
            if (outcome == SearchOutcome.Found)
            {
                return outcome;
            }

            worst = outcome == SearchOutcome.Spent ? outcome : worst;
        }

        return worst;
    }

    /// <summary>A run that dies before its first variable need not be searched.</summary>
    private static bool CanMeet(RunOver run) =>
        run.Target == Automaton.Dead || run.Automaton.Run(run.Start, run.Lead) != Automaton.Dead;

    private SearchOutcome Search(List<RunOver> runs, List<Variable> order, Dictionary<Variable, string> words)
    {
        var outcome = new Frontier(runs, order, budget, Strategy.Shortest, FirstTry).Search(words);
        if (outcome == SearchOutcome.Spent && !budget.IsSpent)
        {
            // Long patterns have long words: walk straight towards some before searching everything.
            words.Clear();
            if (new Frontier(runs, order, budget, Strategy.Greedy, FirstTry).Search(words) == SearchOutcome.Found)
            {
                return SearchOutcome.Found;
            }

            words.Clear();
            outcome = new Frontier(runs, order, budget, Strategy.Shortest, int.MaxValue).Search(words);
        }

        if (outcome != SearchOutcome.Found || words.All(word => word.Value.Length <= word.Key.Language.MaxLength))
        {
            return outcome;
        }

        // The shortest example breaks a length limit: search again, counting.
        words.Clear();
        return new Frontier(runs, order, budget, Strategy.WithinLimits, int.MaxValue).Search(words);
    }

    private static IEnumerable<Demand> Exclusions(List<Variable> order)
    {
        foreach (var variable in order)
        {
            if (!variable.Excluded.IsEmpty)
            {
                yield return new Demand(variable, new WordsAutomaton(variable.Excluded, fold: true), Positive: false);
            }
        }
    }

    private static List<Variable> Order(IReadOnlyList<Demand> demands)
    {
        var order = new List<Variable>();
        var later = new Dictionary<Variable, HashSet<Variable>>();
        foreach (var demand in demands)
        {
            Variable? before = null;
            foreach (var piece in demand.Term.Pieces)
            {
                if (piece.Variable is { } variable)
                {
                    later.TryAdd(variable, []);
                    if (before is not null && before != variable)
                    {
                        later[variable].Add(before);
                    }

                    before = variable;
                }
            }
        }

        // Kahn's algorithm; where a circle leaves no choice, the variable that waits for the fewest goes first.
        var waiting = later.Keys.ToList();
        while (waiting.Count > 0)
        {
            var next = waiting.MinBy(variable => later[variable].Count)!;
            order.Add(next);
            waiting.Remove(next);
            foreach (var other in waiting)
            {
                later[other].Remove(next);
            }
        }

        return order;
    }

    private static List<RunOver> Cut(Demand demand, List<Variable> order)
    {
        var runs = new List<RunOver>();
        var lead = "";
        var steps = new List<StepOver>();
        var last = -1;
        foreach (var piece in demand.Term.Pieces)
        {
            if (piece.Variable is not { } variable)
            {
                if (steps.Count == 0)
                {
                    lead = piece.Text;
                }
                else
                {
                    steps[^1] = steps[^1] with { After = piece.Text };
                }

                continue;
            }

            var at = order.IndexOf(variable);
            if (at <= last)
            {
                runs.Add(new RunOver(demand.Automaton, lead, [.. steps]));
                (lead, last) = ("", -1);
                steps.Clear();
            }

            steps.Add(new StepOver(at, piece.Escaped, ""));
            last = at;
        }

        runs.Add(new RunOver(demand.Automaton, lead, [.. steps])
        {
            Start = demand.Automaton.Start,
            Goal = demand.Positive ? Goal.Accepted : Goal.Refused,
        });
        return runs;
    }

    /// <param name="Variable">Its place in the order.</param>
    /// <param name="After">The text between this variable and the next.</param>
    private readonly record struct StepOver(int Variable, bool Escaped, string After);

    private sealed record RunOver(Automaton Automaton, string Lead, StepOver[] Steps)
    {
        public int Start { get; init; }

        public Goal Goal { get; init; }

        /// <summary>For <see cref="Goal.Exactly"/>.</summary>
        public int Target { get; init; }

        /// <summary>Whether a state can still meet the goal; says yes when in doubt.</summary>
        public bool IsAlive(int state) => Goal switch
        {
            Goal.Accepted => state != Automaton.Dead,
            Goal.Refused => !Automaton.IsFull(state),
            _ => state != Automaton.Dead || Target == Automaton.Dead,
        };

        public bool IsMet(int state) => Goal switch
        {
            Goal.Accepted => Automaton.Accepts(state),
            Goal.Refused => !Automaton.Accepts(state),
            _ => state == Target,
        };

        /// <summary>Whether whatever meets the goal from <paramref name="narrow"/> is known to meet it from <paramref name="wide"/>.</summary>
        public bool Dominates(int wide, int narrow) => wide == narrow || Goal switch
        {
            Goal.Accepted => Automaton.Covers(wide, narrow),
            Goal.Refused => Automaton.Covers(narrow, wide),
            _ => false,
        };
    }

    /// <summary>The breadth-first search over one set of runs.</summary>
    private sealed class Frontier
    {
        private const int Rest = 0;

        private readonly List<RunOver> _runs;
        private readonly List<Variable> _order;
        private readonly Budget _budget;
        private readonly Strategy _strategy;
        private readonly int _cap;
        private readonly List<(int Run, bool Escaped, string After, bool Last)>[] _active;
        private readonly int _width;

        // A node is the variable it is in, that variable's state and one state per run; parents lead back to its letters.
        private readonly List<int> _cells = [];
        private readonly List<(int Parent, int Stage, char Letter, int Length)> _nodes = [];
        private readonly Dictionary<(int Stage, int State), List<int>> _peers = [];
        private readonly int[] _scratch;
        private int[] _table = new int[256];

        public Frontier(List<RunOver> runs, List<Variable> order, Budget budget, Strategy strategy, int cap)
        {
            (_runs, _order, _budget, _strategy, _cap) = (runs, order, budget, strategy, cap);
            _width = runs.Count + 1;
            _scratch = new int[_width];
            _active = new List<(int, bool, string, bool)>[order.Count];
            for (var stage = 0; stage < order.Count; stage++)
            {
                _active[stage] = [];
            }

            for (var run = 0; run < runs.Count; run++)
            {
                var steps = runs[run].Steps;
                for (var i = 0; i < steps.Length; i++)
                {
                    _active[steps[i].Variable].Add((run, steps[i].Escaped, steps[i].After, i == steps.Length - 1));
                }
            }
        }

        public SearchOutcome Search(Dictionary<Variable, string> words)
        {
            for (var run = 0; run < _runs.Count; run++)
            {
                var state = _runs[run].Automaton.Run(_runs[run].Start, _runs[run].Lead);
                if (!_runs[run].IsAlive(state) || IsTooLong(run, state))
                {
                    return SearchOutcome.None;
                }

                _scratch[run + 1] = state;
            }

            // Shortest first: letters cost one and go to the back, moving on to the next variable costs nothing and goes to the front. Within
            // limits each variable is searched by itself, level by level, so that every state is met at its least length.
            var queue = new LinkedList<int>();
            var nearest = new PriorityQueue<int, int>();
            var nextStage = new Queue<int>();
            Push(Add(-1, 0, '\0', 0), moved: false);
            var letters = new List<char>();
            while (TryTake(out var node))
            {
                if (!_budget.Spend(_width) || _nodes.Count > _cap)
                {
                    return SearchOutcome.Spent;
                }

                var (_, stage, _, length) = _nodes[node];
                var language = _order[stage].Language;
                var state = _cells[node * _width];
                if (language.Accepts(state) && TryClose(node, stage))
                {
                    if (stage + 1 == _order.Count)
                    {
                        Read(node, words);
                        return SearchOutcome.Found;
                    }

                    _scratch[0] = 0;
                    Push(Add(node, stage + 1, '\0', 0), moved: true);
                }

                if (_strategy != Strategy.Shortest && length == language.MaxLength)
                {
                    continue;
                }

                Letters(node, stage, language, state, letters);
                foreach (var letter in letters)
                {
                    var next = language.Step(state, letter);
                    if (next != WordLanguage.Dead && TryStep(node, stage, letter))
                    {
                        _scratch[0] = next;
                        Push(Add(node, stage, letter, length + 1), moved: false);
                    }
                }
            }

            return SearchOutcome.None;

            void Push(int node, bool moved)
            {
                if (node < 0)
                {
                    return;
                }

                switch (_strategy)
                {
                    case Strategy.Greedy:
                        nearest.Enqueue(node, Distance(node));
                        break;
                    case Strategy.WithinLimits when moved:
                        nextStage.Enqueue(node);
                        break;
                    case Strategy.Shortest when moved:
                        queue.AddFirst(node);
                        break;
                    default:
                        queue.AddLast(node);
                        break;
                }
            }

            bool TryTake(out int node)
            {
                if (nearest.TryDequeue(out node, out _))
                {
                    return true;
                }

                while (queue.Count == 0 && nextStage.TryDequeue(out var waiting))
                {
                    queue.AddLast(waiting);
                    while (nextStage.TryDequeue(out waiting))
                    {
                        queue.AddLast(waiting);
                    }
                }

                if (queue.First is not { } first)
                {
                    return false;
                }

                node = first.Value;
                queue.RemoveFirst();
                return true;
            }
        }

        /// <summary>What the patterns still want, for the greedy walk; length breaks ties.</summary>
        private int Distance(int node)
        {
            var wanted = 0;
            for (var run = 0; run < _runs.Count; run++)
            {
                if (_runs[run].Goal == Goal.Accepted)
                {
                    wanted += _runs[run].Automaton.LeastRemaining(_cells[(node * _width) + run + 1]);
                }
            }

            return (wanted * 8) + _nodes[node].Length;
        }

        /// <summary>Whether the variables of a run cannot be long enough for what its pattern still wants.</summary>
        private bool IsTooLong(int run, int state)
        {
            if (_runs[run].Goal != Goal.Accepted)
            {
                return false;
            }

            var room = 0;
            foreach (var step in _runs[run].Steps)
            {
                room += (_order[step.Variable].Language.MaxLength * (step.Escaped ? 3 : 1)) + step.After.Length;
            }

            return _runs[run].Automaton.LeastRemaining(state) > room;
        }

        /// <summary>The letters worth trying: those some state tells apart, and one for all others of each group.</summary>
        private void Letters(int node, int stage, WordLanguage language, int state, List<char> letters)
        {
            var told = new CharSet();
            foreach (var (run, escaped, _, _) in _active[stage])
            {
                told.Add(_runs[run].Automaton.RowOf(_cells[(node * _width) + run + 1]).Characters);
                if (escaped)
                {
                    told.Add(':');
                }
            }

            told.Add(language.Explicit(state));
            letters.Clear();
            foreach (var group in language.Groups)
            {
                foreach (var c in group)
                {
                    if (!told.Contains(c))
                    {
                        letters.Add(c);
                        break;
                    }
                }
            }

            told.CopyTo(letters);
        }

        private bool TryStep(int node, int stage, char letter)
        {
            CopyStates(node);
            foreach (var (run, escaped, _, _) in _active[stage])
            {
                var automaton = _runs[run].Automaton;
                var state = _scratch[run + 1];
                state = escaped && letter == ':' ? automaton.Run(state, "%3A") : automaton.Step(state, letter);
                if (!_runs[run].IsAlive(state))
                {
                    return false;
                }

                _scratch[run + 1] = state;
            }

            return true;
        }

        /// <summary>Ends a variable: the texts behind it are read, and claims it was the last part of are judged.</summary>
        private bool TryClose(int node, int stage)
        {
            CopyStates(node);
            foreach (var (run, _, after, last) in _active[stage])
            {
                var state = _runs[run].Automaton.Run(_scratch[run + 1], after);
                if (last ? !_runs[run].IsMet(state) : !_runs[run].IsAlive(state))
                {
                    return false;
                }

                _scratch[run + 1] = last ? Rest : state;
            }

            return true;
        }

        private void CopyStates(int node)
        {
            var from = node * _width;
            for (var i = 1; i < _width; i++)
            {
                _scratch[i] = _cells[from + i];
            }
        }

        /// <summary>The node for the scratch states; -1 when an earlier one makes it pointless.</summary>
        private int Add(int parent, int stage, char letter, int length)
        {
            var slot = Find(stage);
            if (slot < 0 || IsDominated(stage))
            {
                return -1;
            }

            var node = _nodes.Count;
            _nodes.Add((parent, stage, letter, length));
            _cells.AddRange(_scratch);
            _peers[(stage, _scratch[0])].Add(node);
            _table[slot] = node + 1;
            if (_nodes.Count * 2 > _table.Length)
            {
                Grow();
            }

            return node;
        }

        private bool IsDominated(int stage)
        {
            if (!_peers.TryGetValue((stage, _scratch[0]), out var peers))
            {
                _peers.Add((stage, _scratch[0]), []);
                return false;
            }

            for (var i = peers.Count - 1; i >= Math.Max(0, peers.Count - DominanceWindow); i--)
            {
                var from = peers[i] * _width;
                var run = 0;
                while (run < _runs.Count && _runs[run].Dominates(_cells[from + run + 1], _scratch[run + 1]))
                {
                    run++;
                }

                if (run == _runs.Count)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>The free slot for the scratch state, or -1 when it is known.</summary>
        private int Find(int stage)
        {
            var slot = Hash(stage, _scratch) & (_table.Length - 1);
            while (_table[slot] != 0)
            {
                var node = _table[slot] - 1;
                if (_nodes[node].Stage == stage && SameStates(node))
                {
                    return -1;
                }

                slot = (slot + 1) & (_table.Length - 1);
            }

            return slot;
        }

        private bool SameStates(int node)
        {
            var from = node * _width;
            for (var i = 0; i < _width; i++)
            {
                if (_cells[from + i] != _scratch[i])
                {
                    return false;
                }
            }

            return true;
        }

        private void Grow()
        {
            _table = new int[_table.Length * 4];
            var states = new int[_width];
            for (var node = 0; node < _nodes.Count; node++)
            {
                _cells.CopyTo(node * _width, states, 0, _width);
                var slot = Hash(_nodes[node].Stage, states) & (_table.Length - 1);
                while (_table[slot] != 0)
                {
                    slot = (slot + 1) & (_table.Length - 1);
                }

                _table[slot] = node + 1;
            }
        }

        private static int Hash(int stage, int[] states)
        {
            var hash = (uint)stage * 0x9E3779B1u;
            foreach (var state in states)
            {
                hash = (hash ^ (uint)state) * 0x85EBCA6Bu;
                hash ^= hash >> 15;
            }

            return (int)(hash & int.MaxValue);
        }

        private void Read(int node, Dictionary<Variable, string> words)
        {
            var letters = new List<char>[_order.Count];
            for (var stage = 0; stage < letters.Length; stage++)
            {
                letters[stage] = [];
            }

            for (var at = node; at >= 0; at = _nodes[at].Parent)
            {
                if (_nodes[at].Letter != '\0')
                {
                    letters[_nodes[at].Stage].Add(_nodes[at].Letter);
                }
            }

            for (var stage = 0; stage < letters.Length; stage++)
            {
                letters[stage].Reverse();
                words[_order[stage]] = new string([.. letters[stage]]);
            }
        }
    }
}
