using System.Text;
using Keyless.Language.Workflow;
using Keyless.Runner.Processes;

namespace Keyless.Runner.Steps;

/// <summary>A <c>run</c> step: the script, with expressions already in it, in a file of its own for its shell.</summary>
internal sealed class ScriptStep(JobRun job, RunStep step, StepScope scope, StepExecution execution)
{
    private static readonly UTF8Encoding WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    public async Task RunAsync(IReadOnlyDictionary<string, string> env, CancellationToken cancellation)
    {
        var folders = job.State.Folders;
        var files = new CommandFiles(folders.CommandFiles);
        var github = job.GithubFor(step.Id, scope.Action, files);
        var context = job.Context(scope, env, github: github);
        if (Text(step.Run, context) is not { } script)
        {
            return;
        }

        // A composite action says its shell itself; the defaults are the job's.
        var shell = Text(step.Shell, context) ?? (scope.IsComposite ? null : job.DefaultShell);
        var folder = Path.GetFullPath(Text(step.WorkingDirectory, context) ?? (scope.IsComposite ? null : job.DefaultFolder) ?? "", folders.Workspace);
        if (execution.HasFailed)
        {
            return;
        }

        if (!Directory.Exists(folder))
        {
            execution.Fail($"{Place(step.WorkingDirectory ?? step.Run)}: the working directory `{Path.GetRelativePath(folders.Workspace, folder)}` does not exist in the workspace");
            return;
        }

        var environment = job.ProcessEnvironment(env, github);
        job.Run.Sandbox.AddProxy(environment);
        var (command, problem) = Shell.Resolve(shell, script, environment["PATH"], extension => Path.Combine(folders.Temp, Guid.NewGuid().ToString("D") + extension));
        if (command is null)
        {
            execution.Fail($"{Place(step.Shell ?? step.Run)}: {problem}");
            return;
        }

        Echo(script);
        var file = command.Arguments.FirstOrDefault(argument => argument.Contains(folders.Temp, StringComparison.Ordinal)) is { } last
            ? last[last.IndexOf(folders.Temp, StringComparison.Ordinal)..].TrimEnd('\'', '"')
            : Path.Combine(folders.Temp, "script");
        await File.WriteAllTextAsync(file, command.Script, WithoutMark, CancellationToken.None);
        var end = await ChildProcess.RunAsync(new ProcessStart(command.Program, command.Arguments, folder, environment), execution.Receive, cancellation);
        File.Delete(file);
        files.Apply(execution);
        switch (end)
        {
            case ProcessEnd.Exited { Code: not 0 } exited:
                foreach (var (program, line) in execution.Missing.Distinct())
                {
                    job.State.Line(LineKind.Help, $"{PlaceInScript(line)}: `{program}` is not installed on this machine; install it with: {MissingProgram.HowToInstall(program)}");
                }

                execution.Fail($"Process completed with exit code {exited.Code}.");
                break;
            case ProcessEnd.NotStarted failed:
                execution.Fail($"{Place(step.Run)}: the shell did not start: {failed.Reason}");
                break;
        }

        if (job.Run.Sandbox.TakeProxied() is { Count: > 0 } hosts)
        {
            job.State.Line(LineKind.Runner, $"the run's proxy answered for {string.Join(", ", hosts)} (a client without endpoint variables; --no-proxy switches this off)");
        }
    }

    private void Echo(string script)
    {
        if (step.Name is null && !script.TrimEnd().Contains('\n'))
        {
            return;
        }

        foreach (var line in script.TrimEnd().Split('\n'))
        {
            job.State.Line(LineKind.Runner, "$ " + line.TrimEnd('\r'));
        }
    }

    private string? Text(Template? template, Language.Workflow.Expressions.EvaluationContext context)
    {
        if (template is null)
        {
            return null;
        }

        var (value, problems) = TemplateEvaluator.Evaluate(template, context);
        if (!problems.IsEmpty)
        {
            execution.Fail(JobRun.Describe(problems));
            return null;
        }

        return value.ToText();
    }

    private static string Place(Template template) => $"{template.Source.Name}:{template.Source.PositionOf(template.Span.Start)}";

    /// <summary>The line of the workflow file that holds a line of the script.</summary>
    private string PlaceInScript(int? line)
    {
        var start = step.Source.PositionOf(step.Run.Span.Start);
        var isBlock = step.Source.Text.AsSpan(step.Run.Span.Start) is ['|' or '>', ..];
        return $"{step.Source.Name}:{(line is { } number && (isBlock || number > 1) ? $"{start.Line + number - (isBlock ? 0 : 1)}:1" : start.ToString())}";
    }
}
