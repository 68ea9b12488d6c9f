using System.Text;
using Keyless.Runner.Protocol;

namespace Keyless.Runner.Steps;

/// <summary>
/// The environment files of one step, fresh for each, and what the step wrote into them. GitHub Docs, "Workflow commands", environment
/// files.
/// </summary>
public sealed class CommandFiles
{
    private const long LargestSummary = 1024 * 1024;

    public CommandFiles(string folder)
    {
        var suffix = Guid.NewGuid().ToString("D");
        Env = Make("set_env_");
        Output = Make("set_output_");
        Path = Make("add_path_");
        State = Make("save_state_");
        Summary = Make("step_summary_");

        string Make(string prefix)
        {
            var path = System.IO.Path.Combine(folder, prefix + suffix);
            File.WriteAllBytes(path, []);
            return path;
        }
    }

    public string Env { get; }

    public string Output { get; }

    public string Path { get; }

    public string State { get; }

    public string Summary { get; }

    /// <summary>Takes over what the step wrote, also when it failed. A file that cannot be read fails the step; what came before stays.</summary>
    public void Apply(StepExecution step)
    {
        var job = step.Job;
        foreach (var line in (ReadText(Path, step, "path") ?? "").Split('\n'))
        {
            if (line.TrimEnd('\r') is { Length: > 0 } folder)
            {
                step.AddPath(folder);
            }
        }

        ReadPairs(Env, step, "env", (name, value) =>
        {
            // GitHub's runner refuses it because a preloaded module would run inside every later action.
            if (name.Equals("NODE_OPTIONS", StringComparison.OrdinalIgnoreCase))
            {
                step.Annotate(new Annotation(AnnotationLevel.Error, "can't store `NODE_OPTIONS` with the environment file: set it with `env:` in the workflow"), fails: false);
                return;
            }

            job.Env[name] = value;
        });
        if (new FileInfo(Summary) is { Exists: true, Length: > 0 } summary)
        {
            if (summary.Length > LargestSummary)
            {
                step.Annotate(new Annotation(AnnotationLevel.Error, $"the step summary has {summary.Length} bytes and is dropped: at most {LargestSummary} are kept"), fails: false);
            }
            else
            {
                job.Summary.Append(job.Masker.Apply(File.ReadAllText(Summary))).Append('\n');
            }
        }

        ReadPairs(State, step, "state", (name, value) => step.State[name] = value);
        ReadPairs(Output, step, "output", step.SetOutput);
    }

    private static void ReadPairs(string path, StepExecution step, string command, Action<string, string> take)
    {
        if (ReadText(path, step, command) is not { } text)
        {
            return;
        }

        var content = EnvironmentFile.Parse(text);
        foreach (var (name, value) in content.Pairs)
        {
            take(name, value);
        }

        if (content.Problem is { } problem)
        {
            step.Annotate(new Annotation(AnnotationLevel.Error, $"unable to process file command `{command}` successfully: line {problem.Line}: {problem.Message}"));
        }
    }

    private static string? ReadText(string path, StepExecution step, string command)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0)
        {
            return null;
        }

        if (file.Length > EnvironmentFile.MostBytes)
        {
            step.Annotate(new Annotation(AnnotationLevel.Error, $"unable to process file command `{command}` successfully: the file has {file.Length} bytes, at most {EnvironmentFile.MostBytes} are read"));
            return null;
        }

        return File.ReadAllText(path, Encoding.UTF8);
    }
}
