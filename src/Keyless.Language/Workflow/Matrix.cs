using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow;

/// <summary>One job out of a matrix.</summary>
/// <param name="Id">Unique among the jobs of the matrix; <c>__default</c> when there is no matrix, or nothing is left of it.</param>
/// <param name="Name">The base name with the values in brackets.</param>
/// <param name="Values">The <c>matrix</c> context; null when there is none.</param>
/// <param name="Strategy">The <c>strategy</c> context.</param>
public sealed record MatrixJob(string Id, string Name, Value Values, ObjectValue Strategy);

/// <summary>The jobs of a strategy, or every reason why there are none.</summary>
/// <param name="MaxParallel">0 for no limit.</param>
public sealed record MatrixResult(ImmutableArray<MatrixJob> Jobs, bool FailFast, int MaxParallel, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>
/// Expands <c>strategy.matrix</c>: the product of its vectors, less <c>exclude</c>, plus <c>include</c>. docs.github.com, "Running variations of
/// jobs in a workflow".
/// </summary>
public sealed class Matrix
{
    /// <summary>The most jobs a matrix may make.</summary>
    public const int MaxJobs = 256;

    private const int MaxNameLength = 100;
    private const int MaxIdLength = 25;

    private readonly Template _strategy;
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    private Matrix(Template strategy) => _strategy = strategy;

    /// <summary>A combination under way: what came from the vectors, what <c>include</c> added, and which values the name shows.</summary>
    private sealed record Combination(ObjectValue Vectors)
    {
        public ObjectValue Extras { get; } = [];

        public ObjectValue All()
        {
            var all = new ObjectValue();
            foreach (var (name, value) in Vectors.Concat(Extras))
            {
                all[name] = value;
            }

            return all;
        }
    }

    /// <summary>The jobs that a job with this strategy stands for; one when there is no matrix.</summary>
    /// <param name="name">The base of the names: the job's own name, or its id.</param>
    public static MatrixResult Expand(Template? strategy, string name, EvaluationContext context)
    {
        if (strategy is null)
        {
            return new MatrixResult([Single(name, failFast: true, maxParallel: 1)], FailFast: true, MaxParallel: 0, []);
        }

        var matrix = new Matrix(strategy);
        var (value, problems) = TemplateEvaluator.Evaluate(strategy, context);
        if (!problems.IsEmpty)
        {
            return new MatrixResult([], FailFast: true, MaxParallel: 0, problems);
        }

        var failFast = value["fail-fast"].Kind == ValueKind.Null || value["fail-fast"].IsTruthy;
        var maxParallel = (int)Math.Clamp(Math.Floor(value["max-parallel"].ToNumber()), 0, MaxJobs);
        var jobs = matrix.Jobs(value["matrix"], name, failFast, maxParallel);
        var found = matrix._diagnostics.ToImmutable();
        return new MatrixResult(found.IsEmpty ? jobs : [], failFast, maxParallel, found);
    }

    private ImmutableArray<MatrixJob> Jobs(Value matrix, string name, bool failFast, int maxParallel)
    {
        if (matrix.AsObject is not { } members)
        {
            return [Single(name, failFast, maxParallel)];
        }

        // 1. The product of the vectors, the first one changing slowest.
        var vectors = members.Where(m => !IsFilter(m.Key)).ToList();
        var combinations = Product(vectors);

        // 2. Less what `exclude` matches.
        Exclude(members["exclude"], vectors, combinations);

        // 3. Plus what `include` adds to them, or as jobs of its own.
        var own = Include(members["include"], vectors, combinations);
        if (vectors.Count == 0 && own.Count == 0 && _diagnostics.Count == 0)
        {
            Report("no-vector", At("matrix"), "the matrix has no values: it needs a key with a list, or an `include`");
        }

        var total = combinations.Count + own.Count;
        if (total > MaxJobs)
        {
            Report("matrix-too-large", At("matrix"), $"the matrix makes {total} jobs; at most {MaxJobs} are allowed");
        }

        if (_diagnostics.Count > 0)
        {
            return [];
        }

        if (total == 0)
        {
            return [Single(name, failFast, maxParallel)];
        }

        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var shown = combinations.Select(c => (Shown: Texts(c.Vectors), Values: c.All())).Concat(own.Select(o => (Shown: Texts(o), Values: o)));
        return [.. shown.Select((c, i) => new MatrixJob(Identifier.Make(c.Shown, taken, maxLength: MaxIdLength), NameOf(name, c.Shown), c.Values, StrategyOf(failFast, i, total, maxParallel == 0 ? total : maxParallel)))];
    }

    private static MatrixJob Single(string name, bool failFast, int maxParallel) => new("__default", name, Value.Null, StrategyOf(failFast, 0, 1, maxParallel));

    private List<Combination> Product(List<KeyValuePair<string, Value>> vectors)
    {
        var product = new List<ObjectValue>();
        if (vectors.Count > 0)
        {
            product.Add([]);
        }

        foreach (var (name, vector) in vectors)
        {
            if (vector.AsArray is not { Count: > 0 } values)
            {
                Report("empty-vector", At("matrix", name), $"the matrix key `{name}` has no values");
                return [];
            }

            // Bounded before it is built: ten keys of ten values each must not fill the memory.
            if ((long)product.Count * values.Count > 100 * MaxJobs)
            {
                Report("matrix-too-large", At("matrix"), $"the matrix makes more than {100 * MaxJobs} combinations; at most {MaxJobs} jobs are allowed");
                return [];
            }

            product = [.. from combination in product from value in values.Items select With(combination, name, value)];
        }

        return [.. product.Select(p => new Combination(p))];
    }

    private static ObjectValue With(ObjectValue combination, string name, Value value)
    {
        var copy = new ObjectValue();
        foreach (var (key, present) in combination)
        {
            copy[key] = present;
        }

        copy[name] = value;
        return copy;
    }

    private void Exclude(Value exclude, List<KeyValuePair<string, Value>> vectors, List<Combination> combinations)
    {
        var entries = exclude.AsArray?.Items ?? [];
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].AsObject is not { Count: > 0 } entry)
            {
                Report("empty-filter", At("matrix", "exclude", i), "this entry of `exclude` is empty");
                continue;
            }

            if (entry.Select(m => m.Key).FirstOrDefault(k => vectors.All(v => !Same(v.Key, k))) is { } unknown)
            {
                Report("exclude-unknown-key", At("matrix", "exclude", i, unknown), $"`exclude` names `{unknown}`, which is no key of the matrix",
                    Suggest.Nearest(unknown, vectors.Select(v => v.Key)) is { } near ? $"did you mean `{near}`?" : null);
                continue;
            }

            combinations.RemoveAll(c => entry.All(m => Matches(m.Value, c.Vectors[m.Key])));
        }
    }

    /// <summary>Adds to the combinations what fits them, and returns what fits none.</summary>
    private List<ObjectValue> Include(Value include, List<KeyValuePair<string, Value>> vectors, List<Combination> combinations)
    {
        var own = new List<ObjectValue>();
        var entries = include.AsArray?.Items ?? [];
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].AsObject is not { Count: > 0 } entry)
            {
                Report("empty-filter", At("matrix", "include", i), "this entry of `include` is empty");
                continue;
            }

            var filter = entry.Where(m => vectors.Any(v => Same(v.Key, m.Key))).ToList();
            var fitting = vectors.Count == 0 ? [] : combinations.Where(c => filter.All(m => Matches(m.Value, c.Vectors[m.Key]))).ToList();
            foreach (var combination in fitting)
            {
                foreach (var (name, value) in entry.Where(m => vectors.All(v => !Same(v.Key, m.Key))))
                {
                    combination.Extras[name] = value;
                }
            }

            if (fitting.Count == 0)
            {
                own.Add(entry);
            }
        }

        return own;
    }

    /// <summary>Whether a value is what a filter asks for: scalars by <c>==</c>, mappings by the keys that the filter names.</summary>
    private static bool Matches(Value filter, Value value) => (filter.Kind, value.Kind) switch
    {
        (ValueKind.Object, ValueKind.Object) => filter.AsObject!.All(m => value.AsObject!.TryGet(m.Key, out var member) && Matches(m.Value, member)),
        (ValueKind.Array, ValueKind.Array) => filter.AsArray!.Count == value.AsArray!.Count && filter.AsArray.Items.Zip(value.AsArray.Items, Matches).All(same => same),
        _ => filter.IsPrimitive && value.IsPrimitive && Value.LooselyEqual(filter, value),
    };

    private static string NameOf(string name, List<string> shown)
    {
        var texts = shown.Where(s => s.Length > 0).ToList();
        if (texts.Count == 0)
        {
            return name;
        }

        var full = $"{name} ({string.Join(", ", texts)})";
        return full.Length <= MaxNameLength ? full : full[..(MaxNameLength - 3)] + "...";
    }

    /// <summary>The scalars of a combination, those inside lists and mappings in their place.</summary>
    private static List<string> Texts(ObjectValue values)
    {
        var texts = new List<string>();
        foreach (var (_, value) in values)
        {
            Flatten(value, texts);
        }

        return texts;
    }

    private static void Flatten(Value value, List<string> texts)
    {
        if (value.IsPrimitive)
        {
            texts.Add(value.ToText());
            return;
        }

        foreach (var item in value.AsArray?.Items ?? value.AsObject!.Select(m => m.Value))
        {
            Flatten(item, texts);
        }
    }

    private static ObjectValue StrategyOf(bool failFast, int index, int total, int maxParallel) => new()
    {
        { "fail-fast", failFast },
        { "job-index", index },
        { "job-total", total },
        { "max-parallel", maxParallel == 0 ? total : maxParallel },
    };

    private static bool IsFilter(string key) => Same(key, "include") || Same(key, "exclude");

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    /// <summary>The place of a part of the strategy; what an expression yields stands where the expression stands.</summary>
    private Template At(params ReadOnlySpan<object> path)
    {
        var at = _strategy;
        for (var i = 0; i < path.Length; i++)
        {
            var entry = at is Template.Map map && path[i] is string key ? map.Entries.FirstOrDefault(e => e.Key.LiteralText is { } text && Same(text, key)) : default;
            var next = path[i] is int index && at is Template.List list && index < list.Items.Length ? list.Items[index]
                : i == path.Length - 1 && path.Length == 4 ? entry.Key : entry.Value;
            if (next is null)
            {
                break;
            }

            at = next;
        }

        return at;
    }

    private void Report(string id, Template at, string message, string? help = null) =>
        _diagnostics.Add(Diagnostic.Error(id, at.Source, at.Span, message, help));
}
