using Keyless.Language.Workflow;

namespace Keyless.Language.Oidc;

/// <summary>The file that defines a job, as <c>job_workflow_ref</c> and <c>job_workflow_sha</c> name it.</summary>
/// <param name="Ref"><c>owner/repo/path@ref</c> with the full ref, or the commit where the call names one.</param>
/// <param name="Sha">The file's commit; null where the call does not tell.</param>
public sealed record JobWorkflow(string Ref, string? Sha)
{
    /// <summary>The file of a call; null for the top-level file.</summary>
    /// <param name="run">The run's repository, ref and commit: a local file is that commit's.</param>
    public static JobWorkflow? Of(WorkflowReference? reference, JobFacts run) => reference switch
    {
        WorkflowReference.Remote remote => new($"{remote.Owner}/{remote.Repository}/{remote.Path}@{FullRef(remote.Ref)}", IsCommit(remote.Ref) ? remote.Ref : null),
        WorkflowReference.Local local => new($"{run.Repository}/{local.Path}@{(run.Ref.Length > 0 ? run.Ref : run.Sha)}", run.Sha),
        _ => null,
    };

    /// <summary>
    /// GitHub looks the name up in the called repository. Without it, what looks like a version is taken for a tag, as such workflows are
    /// published, and any other name for a branch.
    /// </summary>
    private static string FullRef(string name) =>
        name.StartsWith("refs/", StringComparison.Ordinal) || IsCommit(name) ? name
        : IsVersion(name) ? "refs/tags/" + name
        : "refs/heads/" + name;

    private static bool IsCommit(string name) => name.Length is 40 or 64 && name.All(char.IsAsciiHexDigitLower);

    private static bool IsVersion(string name)
    {
        var digits = name.AsSpan(name.StartsWith('v') ? 1 : 0);
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && digits.IndexOfAnyExcept("0123456789.") is var end && (end < 0 || digits[end] is '-' or '+');
    }
}
