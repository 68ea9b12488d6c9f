using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam;

/// <summary>
/// What is doubtful about a policy that IAM took. On the wire nothing is said, as on AWS; the record of the call has what
/// <c>keyless policy lint</c> says of the policy, with the account and its providers known.
/// </summary>
internal static class PolicyRemarks
{
    public static Remarks? Of(IamCall call, string operation)
    {
        var trust = call.Parameters.Text("AssumeRolePolicyDocument"u8);
        if ((trust ?? call.Parameters.Text("PolicyDocument"u8)) is not { } document)
        {
            return null;
        }

        var kind = trust is not null || operation == nameof(Roles.UpdateAssumeRolePolicy) ? PolicyKind.Trust : PolicyKind.Identity;
        var options = new LintOptions
        {
            AccountId = call.Account,
            Providers = [.. call.Entities.Providers.Values.Select(provider => new KnownProvider(provider.Arn, provider.ClientIds))],
        };
        ImmutableArray<Diagnostic> doubts =
        [
            .. Linter.Lint(new SourceText("policy", document), kind, options).Select(finding => finding.Diagnostic)
                .Where(doubt => doubt.Severity >= Severity.Warning).OrderByDescending(doubt => doubt.Severity),
        ];
        return doubts.IsEmpty
            ? null
            : new Remarks(
                $"the {(kind == PolicyKind.Trust ? "trust policy" : "policy")} is doubtful: {doubts[0].Message}{(doubts.Length > 1 ? $" (and {doubts.Length - 1} more)" : "")}",
                string.Join('\n', doubts.Select(doubt =>
                    $"{doubt.Severity.ToString().ToLowerInvariant()}[{doubt.Id}] {doubt.Path}: {doubt.Message}{(doubt.Help is null ? "" : $"\n  = help: {doubt.Help}")}")));
    }
}
