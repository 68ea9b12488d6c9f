using System.Text;

namespace Keyless.Language.Policy.Lint;

/// <summary>Writes a check's page, for the terminal and for <c>docs/checks.md</c>.</summary>
public static class CheckPage
{
    /// <summary>For the terminal.</summary>
    public static string Text(Check check)
    {
        var text = new StringBuilder();
        text.Append(check.Id).Append(" (").Append(check.Severity.ToString().ToLowerInvariant()).Append("): ").Append(check.Finds).Append("\n\n");
        Wrap(check.Why, text);
        Fragment("bad", check.Bad, text);
        Fragment("good", check.Good, text);
        return text.Append("\nsource: ").Append(check.Source).Append('\n').ToString();
    }

    /// <summary>A section of the catalogue in Markdown.</summary>
    public static string Markdown(Check check)
    {
        var text = new StringBuilder();
        text.Append("### ").Append(check.Id).Append("\n\n**").Append(check.Severity.ToString().ToLowerInvariant()).Append("**: ").Append(check.Finds).Append("\n\n").Append(check.Why).Append("\n\n");
        foreach (var (title, example) in new[] { ("Bad", check.Bad), ("Good", check.Good) })
        {
            var language = example.Part is ExamplePart.Template or ExamplePart.Suppressions ? "yaml" : "json";
            text.Append(title).Append(PartOf(example)).Append(":\n\n```").Append(language).Append('\n').Append(example.Text).Append("\n```\n\n");
        }

        return text.Append("Source: ").Append(check.Source.StartsWith("http", StringComparison.Ordinal) ? $"<{check.Source}>" : check.Source).Append("\n\n").ToString();
    }

    private static void Fragment(string title, Example example, StringBuilder text)
    {
        text.Append('\n').Append(title).Append(PartOf(example)).Append(":\n");
        foreach (var line in example.Text.Split('\n'))
        {
            text.Append("  ").Append(line).Append('\n');
        }
    }

    private static string PartOf(Example example) => example.Part switch
    {
        ExamplePart.GitHubCondition => ", in the `Condition` of a trust policy for GitHub",
        ExamplePart.Condition => ", as a `Condition`",
        ExamplePart.Template => ", in a template",
        ExamplePart.Suppressions => ", in the settings for a policy that admits `repo:octo-org/site:*`",
        _ => $", in {Document.PolicyKinds.A(example.Kind)}",
    };

    private static void Wrap(string words, StringBuilder text)
    {
        var column = 0;
        foreach (var word in words.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > 96)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(column > 0 ? " " : "").Append(word);
            column += word.Length + (column > 0 ? 1 : 0);
        }

        text.Append('\n');
    }
}
