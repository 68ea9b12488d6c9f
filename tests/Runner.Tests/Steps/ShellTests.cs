using Keyless.Runner.Steps;
using Xunit;

namespace Runner.Tests.Steps;

public sealed class ShellTests
{
    private const string SearchPath = "/usr/local/bin:/usr/bin:/bin";

    [Theory]
    [InlineData(null, "-e|/s.sh")]
    [InlineData("bash", "--noprofile|--norc|-e|-o|pipefail|/s.sh")]
    [InlineData("sh", "-e|/s.sh")]
    [InlineData("bash -x {0} more", "-x|/s|more")]
    [InlineData("sh -c \"cat {0}\"", "-c|cat /s")]
    public void A_shell_is_the_command_that_GitHub_documents(string? shell, string arguments)
    {
        var (command, problem) = Shell.Resolve(shell, "true", SearchPath, extension => "/s" + extension);
        Assert.Null(problem);
        Assert.Equal(arguments.Split('|'), command!.Arguments);
    }

    [Theory]
    [InlineData("bahs", "has no `{0}`")]
    [InlineData("no-such-shell {0}", "`no-such-shell` is not installed on this machine")]
    public void A_shell_that_cannot_run_is_explained(string shell, string said)
    {
        var (command, problem) = Shell.Resolve(shell, "true", SearchPath, extension => "/s" + extension);
        Assert.Null(command);
        Assert.Contains(said, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tmp/x.sh: line 3: aws: command not found", "aws", 3)]
    [InlineData("/tmp/x.sh: 12: jq: not found", "jq", 12)]
    [InlineData("env: 'node': No such file or directory", "node", null)]
    [InlineData("/usr/bin/env: ‘python’: No such file or directory", "python", null)]
    public void A_shells_complaint_names_the_program_and_the_line(string line, string program, int? number) =>
        Assert.Equal((program, number), MissingProgram.In(line));

    [Theory]
    [InlineData("ls: cannot access 'x': No such file or directory")]
    [InlineData("package not found")]
    [InlineData("")]
    public void Other_complaints_name_no_program(string line) => Assert.Null(MissingProgram.In(line));
}
