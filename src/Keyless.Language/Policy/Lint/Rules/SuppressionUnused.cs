using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A suppression that suppresses nothing; <see cref="Suppression.Apply"/> reports it, once all files have been looked at.</summary>
internal sealed class SuppressionUnused : Rule
{
    public override Check Check { get; } = new("suppression-unused", Severity.Warning, "a suppression that suppresses nothing")
    {
        Why = "The finding is gone, so the exception is no longer needed. Left in place it would hide the same mistake when it comes back.",
        Bad = Example.Suppressions("""
            suppress:
              - id: github-sub-missing
                reason: the role was public once
            """),
        Good = Example.Suppressions("""
            suppress:
              - id: github-sub-any-context
                reason: every branch has a preview of its own
            """),
        Source = Pages.Settings,
    };
}
