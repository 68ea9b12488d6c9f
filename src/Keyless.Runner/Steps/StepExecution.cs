using System.Globalization;
using System.Text.RegularExpressions;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Protocol;

namespace Keyless.Runner.Steps;

/// <summary>
/// One phase of one step while it runs: what it writes, line by line, and what that does. GitHub Docs, "Workflow commands for GitHub
/// Actions".
/// </summary>
public sealed partial class StepExecution(JobState job, string title, IReadOnlyDictionary<string, string> environment)
{
    private const int LongestMessage = 4096;
    private const int MostAnnotationsOfALevel = 10;
    private const int MostMissing = 20;
    private readonly int[] _annotations = new int[3];
    private string? _stoppedBy;
    private bool _echoes;

    public JobState Job { get; } = job;

    public string Title { get; } = title;

    /// <summary>The step's own view of the environment, for the switches that old commands need.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } = environment;

    public bool HasFailed { get; private set; }

    /// <summary>Whether an error has been said, by the step or about it.</summary>
    public bool HasErrors => _annotations[(int)AnnotationLevel.Error] > 0;

    /// <summary><c>steps.ID.outputs</c>.</summary>
    public Dictionary<string, string> Outputs { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the phases of one action hand on, seen as <c>STATE_name</c>.</summary>
    public Dictionary<string, string> State { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The programs that the script's shell did not find, with the line of the script where it names one.</summary>
    public List<(string Program, int? Line)> Missing { get; } = [];

    /// <summary>The names of buckets that S3 said do not exist.</summary>
    public HashSet<string> MissingBuckets { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes a line that the step wrote.</summary>
    public void Receive(string line)
    {
        if (_stoppedBy is { } token)
        {
            if (WorkflowCommand.Resumes(line, token))
            {
                _stoppedBy = null;
                return;
            }
        }
        else if (WorkflowCommand.Parse(line) is { } command)
        {
            if (_echoes && command.Name is not ("debug" or "notice" or "warning" or "error" or "group" or "endgroup" or "add-mask"))
            {
                Write(line);
            }

            Execute(command, line);
            return;
        }

        Write(line);
        if (Missing.Count < MostMissing && MissingProgram.In(line) is { } missing)
        {
            Missing.Add(missing);
        }

        if (MissingBuckets.Count < MostMissing && line.Contains("NoSuchBucket", StringComparison.Ordinal) && BucketUrl().Match(line) is { Success: true } bucket)
        {
            MissingBuckets.Add(bucket.Groups["name"].Value);
        }

        if (Job.Matchers.Match(line) is { } match)
        {
            Annotate(ToAnnotation(match), fails: false, shows: false);
        }
    }

    public void Write(string line) => Job.Line(LineKind.Output, line);

    /// <summary>Says what went wrong and fails the step.</summary>
    public void Fail(string message, string? title = null) => Annotate(new Annotation(AnnotationLevel.Error, message) { Title = title });

    /// <summary>A remark of the runner's own; an error fails the step.</summary>
    public void Annotate(Annotation annotation) => Annotate(annotation, fails: annotation.Level == AnnotationLevel.Error);

    public void Annotate(Annotation annotation, bool fails, bool shows = true)
    {
        HasFailed |= fails;
        if (annotation.Message.Length > LongestMessage)
        {
            annotation = annotation with { Message = annotation.Message[..LongestMessage] };
        }

        annotation = annotation with { Message = Job.Masker.Apply(annotation.Message), Title = annotation.Title is { } t ? Job.Masker.Apply(t) : null };
        if (shows)
        {
            Job.Report(new RunEvent.Annotated(Job.Name, annotation));
        }

        if (++_annotations[(int)annotation.Level] <= MostAnnotationsOfALevel)
        {
            Job.Annotations.Add(annotation);
        }
    }

    /// <summary>Fails the step without a word: what it runs has said why.</summary>
    public void MarkFailed() => HasFailed = true;

    public void SetOutput(string name, string value) => Outputs[name] = value;

    public void AddPath(string folder)
    {
        Job.SearchFolders.Remove(folder);
        Job.SearchFolders.Insert(0, folder);
    }

    private void Execute(WorkflowCommand command, string line)
    {
        switch (command.Name)
        {
            case "add-mask" when command.Data.Trim().Length == 0:
                Annotate(new Annotation(AnnotationLevel.Warning, "can't add secret mask for empty string in ##[add-mask] command"));
                break;
            case "add-mask":
                Job.Masker.Add(command.Data);
                if (_echoes)
                {
                    Write("::add-mask::***");
                }

                break;
            case "debug":
                if (Job.Debug)
                {
                    Job.Line(LineKind.Debug, command.Data);
                }

                break;
            case "notice" or "warning" or "error":
                Annotate(ToAnnotation(command), fails: false);
                break;
            case "group":
                Job.Line(LineKind.Group, command.Data);
                break;
            case "endgroup":
                Job.Line(LineKind.EndGroup, "");
                break;
            case "echo" when command.Data.Trim() is var mode && (mode.Equals("on", StringComparison.OrdinalIgnoreCase) || mode.Equals("off", StringComparison.OrdinalIgnoreCase)):
                _echoes = mode.Equals("on", StringComparison.OrdinalIgnoreCase);
                break;
            case "echo":
                Fail($"unable to process command `{line}`: `echo` takes `on` or `off`");
                break;
            case "stop-commands":
                Stop(command.Data);
                break;
            case "set-output" or "save-state":
                SetByOldCommand(command, line);
                break;
            case "set-env" or "add-path":
                SetByUnsafeCommand(command, line);
                break;
            case "add-matcher":
                AddMatcher(command.Data);
                break;
            case "remove-matcher":
                RemoveMatcher(command);
                break;
        }
    }

    private void Stop(string token)
    {
        var isSafe = token.Length > 0 && !WorkflowCommand.Known.Contains(token) && !token.Equals("pause-logging", StringComparison.OrdinalIgnoreCase);
        if (!isSafe && !IsTrue("ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS"))
        {
            Fail($"invalid token `{token}` for `stop-commands`: take a random text that is no command's name");
            return;
        }

        _stoppedBy = token;
    }

    private void SetByOldCommand(WorkflowCommand command, string line)
    {
        if (command["name"] is not { Length: > 0 } name)
        {
            Fail($"unable to process command `{line}`: it needs `name=`");
            return;
        }

        if (!Job.WarnedOfOldCommands)
        {
            Job.WarnedOfOldCommands = true;
            Annotate(new Annotation(AnnotationLevel.Warning, $"the `{command.Name}` command is deprecated: append to the file in `{(command.Name == "set-output" ? "GITHUB_OUTPUT" : "GITHUB_STATE")}` instead"));
        }

        if (command.Name == "set-output")
        {
            SetOutput(name, command.Data);
        }
        else
        {
            State[name] = command.Data;
        }
    }

    private void SetByUnsafeCommand(WorkflowCommand command, string line)
    {
        if (!IsTrue("ACTIONS_ALLOW_UNSECURE_COMMANDS"))
        {
            Fail($"the `{command.Name}` command is disabled: append to the file in `{(command.Name == "set-env" ? "GITHUB_ENV" : "GITHUB_PATH")}` instead, or set `ACTIONS_ALLOW_UNSECURE_COMMANDS: true`");
        }
        else if (command.Name == "add-path")
        {
            AddPath(command.Data);
        }
        else if (command["name"] is { Length: > 0 } name && !name.Equals("NODE_OPTIONS", StringComparison.OrdinalIgnoreCase))
        {
            Job.Env[name] = command.Data;
        }
        else
        {
            Fail($"unable to process command `{line}`: it needs a `name=` other than `NODE_OPTIONS`");
        }
    }

    private void AddMatcher(string path)
    {
        var full = Path.GetFullPath(path.Trim(), Job.Folders.Workspace);
        var problem = "the file does not exist";
        if (!File.Exists(full) || ProblemMatcher.Read(File.ReadAllText(full), out problem) is not { } matchers)
        {
            Fail($"unable to add the problem matcher `{path}`: {problem}");
            return;
        }

        Job.Matchers.Add(matchers);
    }

    private void RemoveMatcher(WorkflowCommand command)
    {
        if (command["owner"] is { Length: > 0 } owner)
        {
            Job.Matchers.Remove(owner);
        }
        else if (File.Exists(Path.GetFullPath(command.Data.Trim(), Job.Folders.Workspace))
            && ProblemMatcher.Read(File.ReadAllText(Path.GetFullPath(command.Data.Trim(), Job.Folders.Workspace)), out _) is { } matchers)
        {
            foreach (var matcher in matchers)
            {
                Job.Matchers.Remove(matcher.Owner);
            }
        }
    }

    /// <summary>Places that contradict themselves are dropped, as GitHub's agent does.</summary>
    private static Annotation ToAnnotation(WorkflowCommand command)
    {
        int? line = Number(command["line"]), endLine = Number(command["endLine"]), column = Number(command["col"]), endColumn = Number(command["endColumn"]);
        if ((line is null && endLine is not null) || endLine < line)
        {
            (line, endLine, column, endColumn) = (null, null, null, null);
        }
        else if ((endLine is not null && endLine != line) || line is null || endColumn < column)
        {
            (column, endColumn) = (null, null);
        }

        return new Annotation(
            command.Name switch { "error" => AnnotationLevel.Error, "warning" => AnnotationLevel.Warning, _ => AnnotationLevel.Notice }, command.Data)
        {
            Title = command["title"],
            File = command["file"],
            Line = line,
            EndLine = endLine,
            Column = column,
            EndColumn = endColumn,
        };
    }

    private Annotation ToAnnotation(ProblemMatch match)
    {
        var level = match.Severity?.ToUpperInvariant() switch { "WARNING" => AnnotationLevel.Warning, "NOTICE" or "INFO" => AnnotationLevel.Notice, _ => AnnotationLevel.Error };
        return new Annotation(level, match.Code is { Length: > 0 } code ? $"{match.Message} ({code})" : match.Message ?? "")
        {
            File = match.File is { Length: > 0 } file ? InRepository(file, match.FromPath) : null,
            Line = Number(match.Line),
            Column = Number(match.Column),
        };
    }

    /// <summary>The path inside the workspace; null for a file that is not there.</summary>
    private string? InRepository(string file, string? fromPath)
    {
        var workspace = Job.Folders.Workspace;
        var folder = fromPath is { Length: > 0 } ? Path.GetDirectoryName(Path.GetFullPath(fromPath, workspace)) ?? workspace : workspace;
        var full = Path.GetFullPath(file, folder);
        return full.StartsWith(workspace + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(full) ? Path.GetRelativePath(workspace, full) : null;
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private bool IsTrue(string variable) =>
        (Environment.GetValueOrDefault(variable) ?? Job.Env.GetValueOrDefault(variable))?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    [GeneratedRegex("s3://(?<name>[a-z0-9][a-z0-9.-]*)")]
    private static partial Regex BucketUrl();
}
