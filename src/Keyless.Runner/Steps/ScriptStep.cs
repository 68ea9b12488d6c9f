using System.Text;
using Keyless.Language.Diagnostics;
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

                ExplainMissingBuckets(script);
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

    private void ExplainMissingBuckets(string script)
    {
        var known = job.Run.Template?.Buckets ?? [];
        foreach (var bucket in execution.MissingBuckets)
        {
            var line = script.Split('\n').ToList().FindIndex(text => text.Contains(bucket, StringComparison.Ordinal));
            var near = Suggest.Nearest(bucket, known);
            var mend = near is not null ? $"did you mean `{near}`?"
                : known.Length > 0 ? $"the template makes {string.Join(", ", known.Select(name => $"`{name}`"))}: use that name, or give the bucket this one"
                : "add an `AWS::S3::Bucket` to a template and name that with --stack";
            job.State.Line(LineKind.Help, $"{PlaceInScript(line < 0 ? null : line + 1)}: there is no bucket `{bucket}` in the sandbox; {mend}");
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
        var row = start.Line + (line ?? 1) - (isBlock ? 0 : 1);
        if (line is null || row == start.Line || row > step.Source.LineCount)
        {
            return $"{step.Source.Name}:{start}";
        }

        var text = step.Source.LineText(row);
        return $"{step.Source.Name}:{row}:{text.Length - text.TrimStart().Length + 1}";
    }
}
