using System.Collections.Immutable;
using Keyless.Language.CloudFormation;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary>A role whose trust policy a file holds.</summary>
/// <param name="Name">The role's logical id or name; the file's name for a bare policy.</param>
/// <param name="Arn">As the file says; null when it does not.</param>
internal sealed record RoleFile(string Name, string? Arn, PolicyDocument Trust)
{
    private const string UnknownAccount = "111122223333";

    /// <summary>
    /// The roles of a file: a trust policy, a role as <c>aws iam get-role</c> prints it, or a CloudFormation template. Problems that
    /// make the answer unreliable come with no role.
    /// </summary>
    public static (ImmutableArray<RoleFile> Roles, ImmutableArray<Diagnostic> Problems) Read(SourceText source, string? account)
    {
        var read = source.Text.AsSpan().TrimStart() is ['{' or '[', ..] ? JsonReader.Read(source) : YamlReader.Read(source);
        if (read.Root is not MappingNode root || !read.Diagnostics.IsEmpty)
        {
            return ([], read.Diagnostics.IsEmpty ? [NoRole(source)] : read.Diagnostics);
        }

        if (TemplateReader.LooksLikeTemplate(root))
        {
            return Template(root, account ?? UnknownAccount);
        }

        var role = root["Role"] as MappingNode ?? root;
        var policy = role["AssumeRolePolicyDocument"] ?? (root["Statement"] is null ? null : root);
        if (policy is null)
        {
            return ([], [NoRole(source)]);
        }

        var name = (role["RoleName"] as ScalarNode)?.Text ?? source.Name;
        return Parsed([(name, (role["Arn"] as ScalarNode)?.Text, policy)]);
    }

    private static (ImmutableArray<RoleFile> Roles, ImmutableArray<Diagnostic> Problems) Template(MappingNode root, string account)
    {
        var read = TemplateReader.Read(root);
        if (read.Template is null || read.HasErrors)
        {
            return ([], read.Diagnostics);
        }

        var evaluated = TemplateEvaluator.Evaluate(read.Template, new TemplateEnvironment { AccountId = account, AllowMissingParameters = true });
        var trusts = TemplatePolicies.Of(evaluated).Where(p => p.Kind == PolicyKind.Trust).Select(p => (p.LogicalId, (string?)null, p.Document)).ToList();
        if (trusts.Count == 0)
        {
            return ([], evaluated.HasErrors ? evaluated.Diagnostics : [NoRole(root.Source)]);
        }

        return Parsed(trusts);
    }

    private static (ImmutableArray<RoleFile> Roles, ImmutableArray<Diagnostic> Problems) Parsed(IEnumerable<(string Name, string? Arn, Node Policy)> policies)
    {
        var roles = ImmutableArray.CreateBuilder<RoleFile>();
        var problems = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var (name, arn, policy) in policies)
        {
            var parsed = PolicyParser.Parse(policy, PolicyKind.Trust);
            problems.AddRange(parsed.Diagnostics.Where(d => d.Severity == Severity.Error));
            if (parsed.Policy is { } document)
            {
                roles.Add(new RoleFile(name, arn, document));
            }
        }

        return (roles.ToImmutable(), problems.ToImmutable());
    }

    private static Diagnostic NoRole(SourceText source) => Diagnostic.Error(
        "role-missing",
        source,
        new SourceSpan(0, Math.Min(1, source.Text.Length)),
        "this is neither a trust policy, a role nor a template with one",
        "a trust policy has `Statement`, a role `AssumeRolePolicyDocument`, a template `Resources`");
}
