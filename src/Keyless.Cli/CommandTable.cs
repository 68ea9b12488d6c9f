using System.CommandLine;

namespace Keyless.Cli;

/// <summary>Every top-level command, one row each.</summary>
internal static class CommandTable
{
    public static IEnumerable<Command> All() =>
    [
        Commands.ServeCommand.Create(),
        Commands.EnvCommand.Create(),
        Commands.RunCommand.Create(),
        Commands.DoctorCommand.Create(),
        Commands.ApplyCommand.Create(),
        Commands.TokenCommand.Create(),
        Commands.CredentialsCommand.Create(),
        Commands.ExplainCommand.Create(),
        Commands.AuditCommand.Create(),
        Commands.PolicyCommand.Create(),
        Commands.WorkflowCommand.Create(),
    ];
}
