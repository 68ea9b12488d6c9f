using System.Runtime.InteropServices;
using Fuzz;
using Keyless.Tests;
using Xunit;

namespace Differential;

public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(t => t.Name)];

    /// <summary>What fuzzing found once, as <c>TARGET-HASH.utf16</c>.</summary>
    public static TheoryData<string> Findings => [.. TestData.Files("fuzz", "*.utf16")];

    [Theory]
    [MemberData(nameof(Findings))]
    public void A_finding_stays_mended(string file)
    {
        var target = Path.GetFileName(file).Split('-')[0];
        FuzzTargets.All.Single(t => t.Name == target).Run(new string(MemoryMarshal.Cast<byte, char>(File.ReadAllBytes(TestData.PathOf(file)))));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_short_run_finds_nothing(string name)
    {
        var target = FuzzTargets.All.Single(t => t.Name == name);
        var random = new Random(7);
        var (seeds, words) = (target.Seeds.ToList(), target.Words.ToList());
        seeds.ForEach(target.Run);
        for (var i = 0; i < 500; i++)
        {
            target.Run(Mutation.Of(random, seeds[random.Next(seeds.Count)], seeds, words));
        }
    }
}
