namespace Keyless.Runner.BuiltIn;

/// <summary>
/// What a built-in action may do, in the words of <c>@actions/core</c>, so that it has exactly the effects of a published one.
/// </summary>
public abstract class ActionHost
{
    /// <summary>Which release is asked for.</summary>
    public abstract ActionVersion Version { get; }

    /// <summary>The environment a process of this step would have.</summary>
    public abstract IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The input as text without surrounding blanks; empty when it was not given.</summary>
    public abstract string Input(string name);

    public abstract void Info(string line);

    public abstract void Debug(string line);

    public abstract void Notice(string message);

    public abstract void Warning(string message);

    /// <summary>Fails the step with an error.</summary>
    public abstract void Fail(string message);

    public abstract void SetSecret(string value);

    public abstract void ExportVariable(string name, string value);

    public abstract void SetOutput(string name, string value);

    public abstract void SaveState(string name, string value);

    /// <summary>A state saved by an earlier phase; empty when there is none.</summary>
    public abstract string State(string name);

    /// <summary>A variable of <see cref="Environment"/>; empty when it is not set.</summary>
    public string Variable(string name) => Environment.GetValueOrDefault(name, "");
}
