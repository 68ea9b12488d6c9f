using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No Principal.</summary>
internal sealed class PrincipalMissing : Rule
{
    public override Check Check { get; } = new("principal-missing", Severity.Error, "no Principal")
    {
        Why = "A policy on a resource or a role has to say whom it is about. A statement without a principal applies to nobody.",
        Bad = Example.Trust("""{ "Effect": "Allow", "Action": "sts:AssumeRole" }"""),
        Good = Example.Trust("""
            { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" }, "Action": "sts:AssumeRole" }
            """),
        Source = Pages.Principal,
    };
}
