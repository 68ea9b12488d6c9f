using System.CommandLine;
using Keyless.Cli.Commands.Policy;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless policy ...</c>: every command about policies, one row each.</summary>
internal static class PolicyCommand
{
    public static Command Create() => new("policy", "Check, explain, evaluate, format and prove IAM policies")
    {
        LintCommand.Create(),
        // There is a top-level command of that name too.
        Policy.ExplainCommand.Create(),
        EvalCommand.Create(),
        FmtCommand.Create(),
        ProveCommand.Create(),
        WhoCanCommand.Create(),
        CompareCommand.Create(),
    };
}
