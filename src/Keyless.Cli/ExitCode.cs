namespace Keyless.Cli;

/// <summary>What every command's exit code means.</summary>
internal static class ExitCode
{
    /// <summary>Done, and allowed.</summary>
    public const int Done = 0;

    /// <summary>The answer is no: denied, findings, a failed job.</summary>
    public const int No = 1;

    /// <summary>The call or an input is wrong.</summary>
    public const int Wrong = 2;
}
