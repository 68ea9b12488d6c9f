using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint;

/// <summary>
/// Tokens that obviously meet a statement: what spares most policies a proof. Only statements that test nothing but the subject and the
/// audience are looked at; for others there is none, which says nothing.
/// </summary>
internal static class Witness
{
    /// <summary>Stand for a star: some branch, some environment, some name.</summary>
    private static readonly string[] Fillings = ["x1z", "ref:refs/heads/x1z", "environment:x1z"];

    /// <summary>Subjects of tokens that the statement applies to.</summary>
    public static IEnumerable<string> SubjectsOf(LintedStatement statement) =>
        Subjects(statement) is { } test ? test.Values.SelectMany(v => Instances(v.Value, test.Operator!)) : [];

    /// <summary>Whether a statement that is as simple applies to a token with this subject; null when it is not so simple.</summary>
    public static bool? Applies(LintedStatement statement, string subject) =>
        Subjects(statement) is { } test ? test.Values.Any(v => test.Operator!.HasWildcards ? Glob.IsMatch(v.Value, subject) : v.Value == subject) : null;

    /// <summary>The one test of the subject, when the statement has no other than that and one of the usual audience.</summary>
    private static Test? Subjects(LintedStatement statement)
    {
        if (statement.GitHub is not { Principal: not null } || !statement.Admits(GitHubStatement.WebIdentity) || statement.Principal is not { Negated: false, Values: [_] })
        {
            return null;
        }

        Test? subjects = null;
        foreach (var test in statement.Tests)
        {
            var simple = test.Operator is { Base: "StringEquals" or "StringLike", RequiresKey: true } && test.Provider is { } key
                && key.Provider.Equals(statement.GitHub.Provider, StringComparison.Ordinal) && test.Values.All(v => !v.Value.Contains("${", StringComparison.Ordinal));
            if (simple && test.Provider!.Claim == "sub" && subjects is null)
            {
                subjects = test;
            }
            else if (!simple || test.Provider!.Claim != "aud" || test.Values.All(v => v.Value != "sts.amazonaws.com"))
            {
                return null;
            }
        }

        return subjects;
    }

    private static IEnumerable<string> Instances(string pattern, OperatorName op)
    {
        if (!op.HasWildcards || !Glob.HasWildcard(pattern))
        {
            return Glob.HasWildcard(pattern) || !SubjectPattern.Of(pattern, op).IsRealisable ? [] : [pattern];
        }

        return Fillings.Select(f => pattern.Replace("*", f, StringComparison.Ordinal).Replace('?', 'x')).Where(s => SubjectPattern.Of(s, op).IsRealisable);
    }
}
