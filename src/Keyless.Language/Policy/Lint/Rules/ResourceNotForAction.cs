using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No resource that the action works on.</summary>
internal sealed class ResourceNotForAction : Rule
{
    public override Check Check { get; } = new("resource-not-for-action", Severity.Medium, "no resource that the action works on")
    {
        Why = "The action works on another kind of resource than those listed, so the statement never applies to it. Objects are `bucket/*`, the bucket itself is without the slash.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.ServiceReference,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => !s.Action.Negated && s.Resource is { Negated: false, Patterns.IsEmpty: false }))
        {
            var resources = statement.Resource!.Patterns;
            if (resources.Any(r => Glob.IsFree(r.Value) || !ArnText.TryParse(r.Value, out _)))
            {
                continue;
            }

            foreach (var pattern in statement.Action.Patterns)
            {
                var actions = Services.ActionsOf(pattern.Value).Where(a => a.TakesNoResource || !a.Types.IsEmpty).ToList();
                if (actions.Count == 0 || actions.Any(a => resources.Any(r => ResourceFit.Fits(r.Value, a))) || HasUncertain(pattern.Value))
                {
                    continue;
                }

                var action = actions[0];
                report.At(resources.Length == 1 ? resources[0] : pattern, action.TakesNoResource
                    ? $"`{pattern.Value}` works on no particular resource, so only `*` fits"
                    : $"`{pattern.Value}` works on {Forms(action)}, not on {(resources.Length == 1 ? $"`{resources[0].Value}`" : "any of the resources listed")}",
                    action.TakesNoResource ? "put it into a statement of its own with `\"Resource\": \"*\"`" : Help(action, resources[0].Value));
            }
        }
    }

    /// <summary>Whether a pattern also stands for actions whose resources are not in the table.</summary>
    private static bool HasUncertain(string pattern) => Glob.HasWildcard(pattern) && Services.ActionsOf(pattern).Any(a => !a.TakesNoResource && a.Types.IsEmpty);

    private static string Forms(ServiceAction action) => string.Join(" or ", action.Types.Select(t => $"{t.InWords} (`{Form(t)}`)").Take(2));

    private static string Form(ResourceType type) => type.Form.Replace("{*}", "*", StringComparison.Ordinal).Replace("{}", "NAME", StringComparison.Ordinal);

    private static string Help(ServiceAction action, string resource) => action.Types[0].Name switch
    {
        "object" => $"write `{resource.TrimEnd('/')}/*` for the objects in the bucket",
        "bucket" when resource.Contains('/', StringComparison.Ordinal) => $"write `{resource[..resource.IndexOf('/', StringComparison.Ordinal)]}` for the bucket itself",
        _ => "name a resource of that kind",
    };
}
