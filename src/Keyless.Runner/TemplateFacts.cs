using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint;
using Keyless.Server.Audit;
using Keyless.Server.CloudFormation;

namespace Keyless.Runner;

/// <summary>What a run tells of its template: which policies a refusal is about, which buckets it makes, what is wrong with its trust policies.</summary>
public sealed class TemplateFacts(SourceText source, StackResult stack)
{
    public ImmutableArray<string> Buckets => stack.Buckets;

    /// <summary>Serious findings about who may assume the roles; what a bucket shows to everybody is meant for a website.</summary>
    public ImmutableArray<Diagnostic> TrustFindings(string? repository)
    {
        var trust = stack.Policies.Where(owned => owned.Policy.Kind == PolicyKind.Trust).Select(owned => owned.Policy.Document.Span).ToList();
        return
        [
            .. Linter.Lint(source, options: LintOptions.Default with { Repositories = repository is null ? [] : [repository] })
                .Select(finding => finding.Diagnostic)
                .Where(found => found.Severity >= Severity.High && trust.Any(span => span.Start <= found.Span.Start && found.Span.End <= span.End)),
        ];
    }

    /// <summary>Where the policies stand that give the refused session its permissions, <c>FILE:LINE:COLUMN</c> and what is there.</summary>
    public IEnumerable<string> PermissionsOf(DecisionRecord decision)
    {
        // A missing bucket is no matter of policies.
        if (decision.Explanation is null)
        {
            yield break;
        }

        foreach (var (owner, policy) in stack.Policies)
        {
            if (owner == decision.Identity.SessionIssuerArn && policy.Kind == PolicyKind.Identity)
            {
                var document = policy.Document;
                yield return $"{document.Source.Name}:{document.Source.PositionOf(document.Span.Start)} (permissions policy `{policy.Name}` of the role)";
            }
        }
    }
}
