using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Server.Aws;

/// <summary>Why the policies do not allow a permission, in the terms of AWS's messages.</summary>
/// <param name="By">The kind of policy that decided: the one with the explicit deny, or the one that lacks an allow.</param>
/// <param name="Explicit">An explicit deny, not the mere lack of an allow.</param>
public sealed record Denial(Permission Permission, Caller Caller, PolicyKind By, bool Explicit)
{
    /// <summary>The managed policy with the explicit deny; null for others.</summary>
    public string? PolicyArn { get; init; }

    /// <summary>Each policy, statement and condition with its own verdict: for the decision record.</summary>
    public Explanation? Explanation { get; init; }

    /// <summary>What AWS does not tell, in one line: who asked for what, and what stands in the way.</summary>
    public string Cause => $"{Caller.Called} may not `{Permission.Action}`{On}: {Explanation?.Brief ?? Because()}";

    /// <summary>The resource as people call it: without the parts of its ARN that say nothing new.</summary>
    private string On => Permission.Resource switch
    {
        "*" => "",
        var s3 when s3.StartsWith("arn:aws:s3:::", StringComparison.Ordinal) => $" on `{s3["arn:aws:s3:::".Length..]}`",
        var other when Arn.TryParse(other, out var arn) => $" on `{arn.Resource}`"
            + (arn.Account.IsEmpty || arn.Account.SequenceEqual(Caller.Account) ? "" : $" of account `{arn.Account}`"),
        var other => $" on `{other}`",
    };

    /// <summary>What the caller is told. IAM User Guide, "Troubleshoot access denied error messages".</summary>
    /// <param name="quoteResource">S3 puts the ARN in double quotes.</param>
    public string Message(bool quoteResource = false)
    {
        var resource = (Permission.Shown ?? Permission.Resource) switch
        {
            "*" when Permission.Shown is null => "",
            var shown when quoteResource => $" on resource: \"{shown}\"",
            var shown => $" on resource: {shown}",
        };
        var subject = Caller.Arn is { } arn ? $"User: {arn}" : "User: anonymous";
        return $"{subject} is not authorized to perform: {Permission.Action}{resource} {Because()}";
    }

    private string Because()
    {
        var (article, name) = By switch
        {
            PolicyKind.Identity => ("an", "identity-based policy"),
            PolicyKind.Resource => ("a", "resource-based policy"),
            PolicyKind.Boundary => ("a", "permissions boundary"),
            PolicyKind.Session => ("a", "session policy"),
            PolicyKind.ServiceControl => ("a", "service control policy"),
            PolicyKind.ResourceControl => ("a", "resource control policy"),
            PolicyKind.Endpoint => ("a", "VPC endpoint policy"),
            PolicyKind.Trust => ("the", "role trust policy"),
            _ => throw new ArgumentOutOfRangeException(nameof(By), By, null),
        };
        return Explicit
            ? $"with an explicit deny in {article} {name}{(PolicyArn is null ? "" : ": " + PolicyArn)}"
            : $"because no {name} allows the {Permission.Action} action";
    }
}
