using Bench.Exchange;
using Bench.Policy;
using Bench.Prove;

namespace Bench;

/// <summary>Every benchmark, one row each. Numbers of different machines say nothing: each row measures its peer in the same run.</summary>
internal static class Benchmarks
{
    public static Dictionary<string, Func<string[], Task<int>>> Table { get; } = new(StringComparer.Ordinal)
    {
        ["policy"] = EvaluationBenchmark.Run,
        ["prove"] = ProofBenchmark.Run,
        ["exchange"] = ExchangeBenchmark.Run,
    };
}
