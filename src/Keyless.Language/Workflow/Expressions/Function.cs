using System.Collections.Immutable;

namespace Keyless.Language.Workflow.Expressions;

/// <summary>A function by name with the number of its arguments. docs.github.com, "Evaluate expressions", section "Functions".</summary>
public sealed record Function(string Name, int MinArguments, int MaxArguments)
{
    public static readonly Function Contains = new("contains", 2, 2);
    public static readonly Function StartsWith = new("startsWith", 2, 2);
    public static readonly Function EndsWith = new("endsWith", 2, 2);
    public static readonly Function Format = new("format", 1, 255);
    public static readonly Function Join = new("join", 1, 2);
    public static readonly Function ToJson = new("toJSON", 1, 1);
    public static readonly Function FromJson = new("fromJSON", 1, 1);
    public static readonly Function Case = new("case", 3, 255);

    /// <summary>Only where steps run: it reads the workspace.</summary>
    public static readonly Function HashFiles = new("hashFiles", 1, 255);

    public static readonly Function Always = new("always", 0, 0);
    public static readonly Function Cancelled = new("cancelled", 0, 0);

    /// <summary>In a step's condition; in a job's condition both take ids of jobs, see <see cref="SuccessOfJobs"/>.</summary>
    public static readonly Function Success = new("success", 0, 0);
    public static readonly Function Failure = new("failure", 0, 0);
    public static readonly Function SuccessOfJobs = new("success", 0, 255);
    public static readonly Function FailureOfJobs = new("failure", 0, 255);

    public static readonly ImmutableArray<Function> Everywhere = [Contains, StartsWith, EndsWith, Format, Join, ToJson, FromJson, Case];

    /// <summary>Whether it tells about the course of the job; a condition without such a function means <c>success() &amp;&amp; (...)</c>.</summary>
    public bool IsStatus => Name is "always" or "cancelled" or "success" or "failure";
}
