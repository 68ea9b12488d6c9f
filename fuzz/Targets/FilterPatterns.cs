using Keyless.Language.Workflow;

namespace Fuzz.Targets;

/// <summary>Filter patterns and cron texts: any text is one or is refused, in bounded time.</summary>
internal sealed class FilterPatterns : Target
{
    public override IEnumerable<string> Seeds => ["**/docs/**\na/docs/b", "v[0-9]+.*\nv1.2", "!x?y\\*\nxy*", "*/15 0-5,7 1 JAN-MAR SUN\n"];

    public override IEnumerable<string> Words => ["**", "*", "?", "+", "[a-z]", "[", "]", "\\", "!", "/"];

    public override void Run(string input)
    {
        var line = input.IndexOf('\n', StringComparison.Ordinal);
        var (pattern, text) = line < 0 ? (input, input) : (input[..line], input[(line + 1)..]);
        _ = new FilterPattern(pattern).Matches(text);
        if (Cron.Check(pattern) is null)
        {
            Promise(Cron.ShortestDistance(pattern) > 0, "a legal schedule has a distance");
        }
    }
}
