using System.Collections.Immutable;
using Keyless.Language.CloudFormation;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint;

/// <summary>
/// Checks policies by the catalogue in <see cref="Catalogue"/>. What the readers find is part of it: their diagnostics carry the
/// catalogue's ids. Whatever could be read is checked, however broken the rest.
/// </summary>
public static class Linter
{
    /// <summary>Checks a policy, or every policy of a CloudFormation template; findings come in document order.</summary>
    /// <param name="kind">Null to tell it from the content.</param>
    public static ImmutableArray<Finding> Lint(SourceText source, PolicyKind? kind = null, LintOptions? options = null)
    {
        options ??= LintOptions.Default;
        var read = LooksLikeYaml(source.Text) ? YamlReader.Read(source) : JsonReader.Read(source);
        var found = new List<Finding>(read.Diagnostics.Select(d => new Finding(WithPage(Catalogued(d)), null, null)));
        if (read.Root is { } root)
        {
            if (TemplateReader.LooksLikeTemplate(root))
            {
                AddTemplate(root, options, found);
            }
            else
            {
                var (document, told) = Unwrapped(root);
                var exact = read.Diagnostics.IsEmpty;
                AddPolicy(Read(document, kind ?? told ?? GuessKind(document), options, null, exact, found), null, found);
            }

            for (var i = 0; i < found.Count; i++)
            {
                found[i] = found[i] with { Diagnostic = found[i].Diagnostic with { Path = TreePath.Of(root, found[i].Diagnostic.Span) } };
            }
        }

        return
        [
            .. found.Where(f => f.Diagnostic.Source == source).DistinctBy(f => (f.Diagnostic.Id, f.Diagnostic.Span, f.Diagnostic.Message))
                .OrderBy(f => f.Diagnostic.Span.Start).ThenByDescending(f => f.Diagnostic.Severity),
        ];
    }

    /// <summary>What kind of policy a document is, by its elements: who has principals is attached to a role or a resource.</summary>
    public static PolicyKind GuessKind(Node root)
    {
        MappingNode[] statements = (root as MappingNode)?["Statement"] switch
        {
            SequenceNode list => [.. list.Items.OfType<MappingNode>()],
            MappingNode one => [one],
            _ => [],
        };
        var actions = statements.SelectMany(s => (s["Action"] ?? s["NotAction"]) switch
        {
            ScalarNode one => [one.Text],
            SequenceNode list => list.Items.OfType<ScalarNode>().Select(i => i.Text),
            _ => [],
        }).ToList();
        var principals = Array.Exists(statements, s => s["Principal"] is not null || s["NotPrincipal"] is not null);
        var resources = Array.Exists(statements, s => s["Resource"] is not null || s["NotResource"] is not null);
        var assumes = actions.Count > 0 && actions.TrueForAll(a => a.StartsWith("sts:", StringComparison.OrdinalIgnoreCase));
        return assumes && (principals || !resources) ? PolicyKind.Trust
            : !principals ? PolicyKind.Identity
            : resources ? PolicyKind.Resource : PolicyKind.Trust;
    }

    private static void AddTemplate(Node root, LintOptions options, List<Finding> found)
    {
        if (TemplateReader.Read(root).Template is not { } template)
        {
            return;
        }

        // Resources of other kinds are none of our business here, so the template's own diagnostics are left to `apply`.
        var environment = new TemplateEnvironment { AccountId = options.AccountId ?? TemplateAccount, AllowMissingParameters = true };
        var evaluated = TemplateEvaluator.Evaluate(template, environment);
        ImmutableArray<TemplateProvider> providers = [.. TemplateProvider.Of(evaluated)];
        options = options with
        {
            AccountId = environment.AccountId,
            Providers = [.. options.Providers, .. providers.Select(p => new KnownProvider(p.Arn, [.. p.ClientIds.Select(c => c.Text)]))],
        };

        var policies = ImmutableArray.CreateBuilder<LintedPolicy>();
        foreach (var policy in TemplatePolicies.Of(evaluated))
        {
            var own = new List<Finding>();
            if (Read(policy.Document, policy.Kind, options, policy.Title, exact: true, own) is { } linted)
            {
                policies.Add(linted);
                AddPolicy(linted, policy.Title, own);
            }

            // What a template leaves to another resource is not missing.
            var lost = TemplateLosses.Of(root, policy.Document);
            found.AddRange(own.Where(f => !TemplateLosses.Explains(lost, f.Diagnostic)));
        }

        var whole = new LintedTemplate(policies.ToImmutable(), providers);
        var diagnostics = new List<Diagnostic>();
        foreach (var rule in Catalogue.Rules)
        {
            rule.Inspect(whole, new Report(root.Source, rule.Check, diagnostics));
        }

        found.AddRange(diagnostics.Select(d => new Finding(WithPage(d), null, null)));
    }

    /// <summary>Parses; what the parser says is added to the findings. Null when there is nothing to look at.</summary>
    private static LintedPolicy? Read(Node root, PolicyKind kind, LintOptions options, string? title, bool exact, List<Finding> found)
    {
        var parsed = PolicyParser.Parse(root, kind);
        found.AddRange(parsed.Diagnostics.Select(d => new Finding(WithPage(d), title, SidAt(root, d.Span))));
        var provable = exact && parsed.Policy is not null ? parsed.Policy : null;
        return parsed.Partial is { } partial ? new LintedPolicy(partial, root, kind, options, provable) : null;
    }

    private static void AddPolicy(LintedPolicy? policy, string? title, List<Finding> found)
    {
        if (policy is null)
        {
            return;
        }

        var diagnostics = new List<Diagnostic>();
        foreach (var rule in Catalogue.Rules)
        {
            rule.Inspect(policy, new Report(policy.Source, rule.Check, diagnostics));
        }

        found.AddRange(diagnostics.Select(d => new Finding(WithPage(d), title, SidAt(policy.Root, d.Span))));
    }

    /// <summary>A template in YAML that cannot be read has the same finding as one in JSON.</summary>
    private static Diagnostic Catalogued(Diagnostic diagnostic) =>
        Catalogue.Find(diagnostic.Id) is not null ? diagnostic : diagnostic with { Id = diagnostic.Id == "duplicate-key" ? "json-duplicate-key" : "json-syntax" };

    /// <summary>Adds the way to the check's page; a message stays on one line whatever text of the document it quotes.</summary>
    private static Diagnostic WithPage(Diagnostic diagnostic) => diagnostic with
    {
        Message = diagnostic.Message.Any(char.IsControl) ? string.Concat(diagnostic.Message.Select(c => char.IsControl(c) ? ' ' : c)) : diagnostic.Message,
        More = Catalogue.Find(diagnostic.Id) is null ? null : $"keyless policy lint --why {diagnostic.Id}",
    };

    private static string? SidAt(Node root, SourceSpan span) => ((root as MappingNode)?["Statement"] switch
    {
        SequenceNode list => list.Items,
        { } one => [one],
        null => [],
    }).OfType<MappingNode>().FirstOrDefault(s => s.Span.Start <= span.Start && span.Start < s.Span.End)?["Sid"] is ScalarNode { Text.Length: > 0 } sid ? sid.Text : null;

    /// <summary>The policy in what the AWS CLI prints (<c>get-role</c>, <c>get-role-policy</c>, <c>get-policy-version</c>).</summary>
    private static (Node Document, PolicyKind? Kind) Unwrapped(Node root)
    {
        if (root is not MappingNode map || map["Statement"] is not null)
        {
            return (root, null);
        }

        return ((map["Role"] as MappingNode)?["AssumeRolePolicyDocument"] ?? map["AssumeRolePolicyDocument"]) is MappingNode trust ? (trust, PolicyKind.Trust)
            : ((map["PolicyVersion"] as MappingNode)?["Document"] ?? map["PolicyDocument"]) is MappingNode policy ? (policy, PolicyKind.Identity)
            : (root, null);
    }

    /// <summary>Policies are JSON; a template may be YAML, and then it names its resources at the start of a line.</summary>
    private static bool LooksLikeYaml(string text) =>
        !text.AsSpan().TrimStart().StartsWith("{") && (text.StartsWith("Resources:", StringComparison.Ordinal) || text.Contains("\nResources:", StringComparison.Ordinal));

    /// <summary>Stands for the account that a template is deployed to while nobody says which.</summary>
    private const string TemplateAccount = "111122223333";
}
