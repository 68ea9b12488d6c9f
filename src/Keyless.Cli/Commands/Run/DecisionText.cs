using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Server.Audit;

namespace Keyless.Cli.Commands.Run;

/// <summary>A decision in a few lines: what stood in the way and what mends it, or what opened the way.</summary>
internal static class DecisionText
{
    public static IEnumerable<string> Refusal(Terminal output, DecisionRecord decision, ImmutableArray<string> places)
    {
        yield return output.Red("refused:") + FirstLine.Of($" {decision.EventName}: {decision.Summary}", "refused:");
        foreach (var place in places)
        {
            yield return $"  where:  {place}";
        }

        foreach (var check in decision.Checks.Where(check => !check.Passed))
        {
            if (check.Message != decision.Summary)
            {
                yield return $"  {check.Name}: {check.Message}";
            }

            if (check.Place is { } place && (places.IsEmpty || check.In is not null))
            {
                yield return $"  where:  {place}";
            }

            if (check.Wanted is { } wanted)
            {
                yield return $"  wanted: {wanted}";
            }

            if (check.Got is { } got)
            {
                yield return $"  got:    {got}";
            }
        }

        if ((decision.Help ?? decision.Checks.FirstOrDefault(check => !check.Passed)?.Mend) is { } mend)
        {
            foreach (var (line, first) in mend.Split('\n').Select((line, i) => (line, i == 0)))
            {
                yield return first ? $"  {output.Yellow("help:")}   {line}" : $"          {line}";
            }
        }

        yield return output.Dim($"  more:   keyless explain {decision.Id}");
    }
}
