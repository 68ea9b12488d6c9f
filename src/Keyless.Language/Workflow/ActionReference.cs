namespace Keyless.Language.Workflow;

/// <summary>What a step's <c>uses</c> names. docs.github.com, "Workflow syntax for GitHub Actions", <c>jobs.&lt;job_id&gt;.steps[*].uses</c>.</summary>
public abstract record ActionReference
{
    private ActionReference()
    {
    }

    /// <summary><c>owner/repo[/path]@ref</c>.</summary>
    public sealed record InRepository(string Owner, string Repository, string Path, string Ref) : ActionReference
    {
        public string FullName => $"{Owner}/{Repository}";
    }

    /// <summary><c>./path</c>: below the workspace.</summary>
    public sealed record Local(string Path) : ActionReference;

    /// <summary><c>$/path</c>: in the repository and commit of the file that says it.</summary>
    public sealed record BesideFile(string Path) : ActionReference;

    /// <summary><c>docker://image</c>.</summary>
    public sealed record Docker(string Image) : ActionReference;

    /// <summary>The reference, or null when the text has none of the forms.</summary>
    public static ActionReference? Parse(string uses)
    {
        var text = uses.Trim();
        if (text.StartsWith("docker://", StringComparison.OrdinalIgnoreCase))
        {
            return text.Length > 9 ? new Docker(text[9..]) : null;
        }

        if (text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith(".\\", StringComparison.Ordinal))
        {
            return new Local(text[2..].Replace('\\', '/').Trim('/'));
        }

        if (text.StartsWith("$/", StringComparison.Ordinal))
        {
            return new BesideFile(text[2..].Trim('/'));
        }

        var at = text.Split('@');
        var path = at[0].Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        return at.Length == 2 && at[1].Length > 0 && path.Length >= 2 && path[0] is not ("." or "..")
            ? new InRepository(path[0], path[1], string.Join('/', path[2..]), at[1])
            : null;
    }
}

/// <summary>What a job's <c>uses</c> names: a workflow in the same repository and commit, or in another repository.</summary>
public abstract record WorkflowReference
{
    private WorkflowReference()
    {
    }

    /// <summary><c>./.github/workflows/x.yml</c>, or <c>$/.github/workflows/x.yml</c>.</summary>
    public sealed record Local(string Path) : WorkflowReference
    {
        public override string ToString() => Path;
    }

    /// <summary><c>owner/repo/.github/workflows/x.yml@ref</c>.</summary>
    public sealed record Remote(string Owner, string Repository, string Path, string Ref) : WorkflowReference
    {
        public override string ToString() => $"{Owner}/{Repository}/{Path}@{Ref}";
    }

    /// <summary>The reference, or null when the text has neither form.</summary>
    /// <param name="from">The file that says it: in a called file <c>./</c> means that file's repository.</param>
    public static WorkflowReference? Parse(string uses, WorkflowReference? from)
    {
        // `./` and the newer `$/` both mean the repository and commit of the file that says it.
        if (uses.StartsWith("./", StringComparison.Ordinal) || uses.StartsWith("$/", StringComparison.Ordinal))
        {
            var path = uses[2..];
            return from is Remote caller ? caller with { Path = path } : new Local(path);
        }

        var at = uses.LastIndexOf('@');
        var parts = (at < 0 ? uses : uses[..at]).Split('/', 3);
        return at > 0 && at < uses.Length - 1 && parts is [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }]
            ? new Remote(parts[0], parts[1], parts[2], uses[(at + 1)..])
            : null;
    }
}
