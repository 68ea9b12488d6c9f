using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Cases;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;

namespace Bench.Policy;

/// <summary>
/// Decisions per second and bytes allocated by each, on the cases of <c>cases.jsonl</c>, beside <c>@cloud-copilot/iam-simulate</c> in the
/// same run. Both sides have read their policies before the clock starts, run one thread, and must agree on every decision.
/// </summary>
internal static class EvaluationBenchmark
{
    /// <param name="arguments">The folder with the peer's <c>node_modules</c>; without it only ours is measured.</param>
    public static async Task<int> Run(string[] arguments)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Policy");
        var peer = arguments is [var modules] ? await Peer(folder, modules) : new Dictionary<string, (string Decision, double PerSecond)>();
        var (agree, rows) = (true, 0);
        Console.WriteLine($"{"case",-28} {"decision",-13} {"Keyless /s",12} {"ns each",8} {"B each",7} {"with why /s",12} {"iam-simulate /s",16} {"ratio",7}");
        foreach (var line in File.ReadLines(Path.Combine(folder, "cases.jsonl")))
        {
            var root = (MappingNode)JsonReader.Read(new SourceText("case", line)).Root!;
            var name = ((ScalarNode)root["id"]!).Text;
            var reader = new RequestReader();
            var request = reader.Request(root["request"])!;
            var policies = reader.Policies(root["policies"], request, tolerant: false);
            var verdict = Authorizer.Decide(request, policies).ToString();
            var (perSecond, bytes) = Measure(() => Authorizer.Decide(request, policies));
            var (explained, _) = Measure(() => Authorizer.Explain(request, policies).Verdict);
            var other = peer.GetValueOrDefault(name);
            agree &= peer.Count == 0 || other.Decision == verdict;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-28} {verdict,-13} {perSecond,12:N0} {1e9 / perSecond,8:N0} {bytes,7:N0} {explained,12:N0} {other.PerSecond,16:N0} {(other.PerSecond > 0 ? perSecond / other.PerSecond : 0),7:N1}"));
            rows++;
        }

        if (!agree)
        {
            Console.Error.WriteLine("the two do not agree on every case");
        }

        return agree && rows > 0 ? 0 : 1;
    }

    private static (double PerSecond, double Bytes) Measure(Func<Verdict> decide)
    {
        // Warm up until the code is compiled for good.
        Repeat(decide, TimeSpan.FromMilliseconds(700));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (count, seconds) = Repeat(decide, TimeSpan.FromSeconds(1));
        return (count / seconds, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count);
    }

    private static (long Count, double Seconds) Repeat(Func<Verdict> decide, TimeSpan time)
    {
        const int batch = 256;
        long count = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            for (var i = 0; i < batch; i++)
            {
                _ = decide();
            }

            count += batch;
        }

        return (count, clock.Elapsed.TotalSeconds);
    }

    private static async Task<Dictionary<string, (string Decision, double PerSecond)>> Peer(string folder, string modules)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(folder, "iam-simulate.mjs"));
        start.ArgumentList.Add(Path.GetFullPath(modules));
        start.ArgumentList.Add(Path.Combine(folder, "cases.jsonl"));
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node does not start");
        var results = new Dictionary<string, (string, double)>(StringComparer.Ordinal);
        while (await node.StandardOutput.ReadLineAsync() is { } line)
        {
            var row = JsonNode.Parse(line)!;
            results[(string)row["id"]!] = ((string)row["decision"]!, (double)row["perSecond"]!);
        }

        await node.WaitForExitAsync();
        return results;
    }
}
