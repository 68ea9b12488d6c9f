using System.CommandLine;
using Keyless.Cli.Commands.Token;

namespace Keyless.Cli.Commands;

/// <summary><c>keyless token ...</c>: every command about tokens, one row each.</summary>
internal static class TokenCommand
{
    public static Command Create() => new("token", "Make, read and verify OIDC tokens; rotate the keys that sign them")
    {
        MintCommand.Create(),
        InspectCommand.Create(),
        VerifyCommand.Create(),
        RotateCommand.Create(),
    };
}
