using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Tree;

namespace Fuzz.Targets;

/// <summary>The policy parser, IAM's verdict and the formatter: what IAM stores can be evaluated, what is formatted means the same and is formatted already.</summary>
internal sealed class PolicyDocument : Target
{
    public override IEnumerable<string> Seeds => PolicySeeds.Documents;

    public override IEnumerable<string> Words => PolicySeeds.Words;

    public override void Run(string input)
    {
        foreach (var kind in Enum.GetValues<PolicyKind>())
        {
            var parsed = PolicyParser.ParseJson(new SourceText("fuzz", input), kind);
            _ = TextRenderer.Render(parsed.Diagnostics);
            var accepted = IamVerdict.Of(input, kind, managed: kind == PolicyKind.Identity) is null;
            Promise(!accepted || parsed.Policy is not null, "what IAM stores can be evaluated");
            Promise(parsed.Policy is null || parsed.Diagnostics.All(d => d.Severity != Severity.Error), "a policy with an error is no policy");
        }

        var read = JsonReader.Read(new SourceText("fuzz", input));
        if (read.Root is MappingNode root && read.Diagnostics.IsEmpty)
        {
            var once = PolicyFormatter.Format(root);
            var again = JsonReader.Read(new SourceText("again", once));
            Promise(again.Diagnostics.IsEmpty && PolicyFormatter.Format(again.Root!) == once, "formatting twice changes nothing");
        }
    }
}
