using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard in the type of a resource.</summary>
internal sealed class ResourceTypeWildcard : Rule
{
    public override Check Check { get; } = new("resource-type-wildcard", Severity.Warning, "a wildcard in the type of a resource")
    {
        Why = "The word before the first slash or colon says what kind of resource it is. A wildcard there reaches into other kinds; AWS says that none may stand there.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam::111122223333:u*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam::111122223333:user/*" }"""),
        Source = Pages.Resource,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []))
        {
            if (!ArnText.TryParse(value.Value, out var arn) || Services.Find(arn.Service) is not { } service || arn.Resource.Contains("${", StringComparison.Ordinal))
            {
                continue;
            }

            var words = service.Types.Select(t => Word(t.Form)).Where(w => w.Length > 0).Distinct().ToList();
            var word = Word(arn.Resource);
            if (words.Count == service.Types.Length && words.Count > 0 && Glob.HasWildcard(word) && !Glob.IsFree(word))
            {
                var meant = words.Where(w => Glob.IsMatch(word, w)).ToList();
                report.At(value, $"`{word}` stands where the type of resource belongs", meant is [var one] ? $"write `{one}/*`" : $"the types of `{service.Prefix}` are {string.Join(", ", words.Select(w => $"`{w}`"))}");
            }
        }
    }

    private static string Word(string resource)
    {
        var end = resource.AsSpan().IndexOfAny('/', ':');
        var word = end < 0 ? resource : resource[..end];
        return word.Contains('{', StringComparison.Ordinal) ? "" : word;
    }
}
