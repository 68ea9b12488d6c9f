using System.CommandLine;
using Keyless.Cli.Commands.Workflow;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless workflow ...</c>: every command about workflow files, one row each.</summary>
internal static class WorkflowCommand
{
    public static Command Create() => new("workflow", "Check workflow files, show what would run and why, evaluate expressions")
    {
        CheckCommand.Create(),
        PlanCommand.Create(),
        EvalCommand.Create(),
    };
}
