using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fuzz;

// usage: [--seconds N] [--seed N] [--target NAME] [--findings FOLDER] [--replay FILE]
// Runs every target for its share of the time. A finding is written as TARGET-HASH.utf16; keep it under testdata/fuzz/ so that tests
// replay it for ever. The same seed gives the same inputs.
var seconds = double.Parse(Option("--seconds") ?? "60", CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed") ?? Environment.TickCount.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
var findings = Option("--findings") ?? Path.Combine("artifacts", "fuzz");
var targets = FuzzTargets.All.Where(t => Option("--target") is not { } wanted || t.Name == wanted).ToList();
if (targets.Count == 0)
{
    Console.Error.WriteLine($"no such target; there are {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}");
    return 2;
}

if (Option("--replay") is { } file)
{
    targets[0].Run(new string(MemoryMarshal.Cast<byte, char>(File.ReadAllBytes(file))));
    Console.WriteLine("nothing found");
    return 0;
}

var found = 0;
foreach (var target in targets)
{
    found += RunTarget(target, TimeSpan.FromSeconds(seconds / targets.Count));
}

return found == 0 ? 0 : 1;

int RunTarget(Target target, TimeSpan time)
{
    // An input that takes longer than this is a finding too: every parser here is bounded.
    var slow = TimeSpan.FromSeconds(2);
    var random = new Random(seed);
    var (seeds, words) = (target.Seeds.ToList(), target.Words.ToList());
    var kinds = new HashSet<string>(StringComparer.Ordinal);
    var clock = Stopwatch.StartNew();
    var runs = 0;
    for (; clock.Elapsed < time && kinds.Count < 10; runs++)
    {
        var input = Mutation.Of(random, seeds[random.Next(seeds.Count)], seeds, words);
        var started = clock.Elapsed;
        try
        {
            target.Run(input);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Keep(target, input, e.GetType().Name + " " + (e.StackTrace?.Split('\n')[0].Trim() ?? ""), e.Message, kinds);
        }

        if (clock.Elapsed - started > slow)
        {
            Keep(target, input, "slow", $"took {(clock.Elapsed - started).TotalSeconds:0.0} s", kinds);
        }
    }

    Console.WriteLine($"{target.Name,-24} {runs,10:N0} inputs {runs / clock.Elapsed.TotalSeconds,10:N0} /s  {kinds.Count} findings  seed {seed}");
    return kinds.Count;
}

void Keep(Target target, string input, string kind, string message, HashSet<string> kinds)
{
    if (!kinds.Add(kind))
    {
        return;
    }

    Directory.CreateDirectory(findings);
    // UTF-16 as it is in memory: half a surrogate pair must survive.
    var bytes = MemoryMarshal.AsBytes(input.AsSpan());
    var path = Path.Combine(findings, $"{target.Name}-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]}.utf16");
    File.WriteAllBytes(path, bytes);
    Console.WriteLine($"{target.Name}: {kind}: {message}\n  {path}");
}

string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
