using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow;

/// <summary>
/// The answers to <c>success()</c>, <c>failure()</c>, <c>cancelled()</c> and <c>always()</c>, which differ between the condition of a step, of a
/// step inside a composite action and of a job. docs.github.com, "Evaluate expressions", section "Status check functions".
/// </summary>
public static class Status
{
    /// <summary>For the steps of a job.</summary>
    /// <param name="job">How the job stands; null before the first step has ended.</param>
    public static StatusFunction OfSteps(Outcome? job) => (function, _) => function.Name switch
    {
        "always" => true,
        "cancelled" => job == Outcome.Cancelled,
        "failure" => job == Outcome.Failure,
        _ => job is null or Outcome.Success,
    };

    /// <summary>For the main steps of a composite action: they look at their own action's course, only a cancellation is the job's.</summary>
    public static StatusFunction OfCompositeSteps(Outcome? job, Outcome? action) => (function, _) => function.Name switch
    {
        "always" => true,
        "cancelled" => job == Outcome.Cancelled,
        "failure" => action == Outcome.Failure,
        _ => action is null or Outcome.Success,
    };

    /// <summary>For the condition of a job.</summary>
    /// <param name="ancestors">The result of every direct and transitive need by job id.</param>
    /// <param name="cancelled">Whether the run is cancelled.</param>
    public static StatusFunction OfJob(IReadOnlyDictionary<string, Outcome> ancestors, bool cancelled) => (function, jobs) => function.Name switch
    {
        "always" => true,
        "cancelled" => cancelled,
        "failure" => Asked(ancestors, jobs).Any(o => o == Outcome.Failure),
        _ => !cancelled && Asked(ancestors, jobs).All(o => o == Outcome.Success),
    };

    private static IEnumerable<Outcome?> Asked(IReadOnlyDictionary<string, Outcome> ancestors, ImmutableArray<string> jobs)
    {
        if (jobs.IsEmpty)
        {
            return ancestors.Values.Cast<Outcome?>();
        }

        return jobs.Select(job => ancestors.Where(a => a.Key.Equals(job, StringComparison.OrdinalIgnoreCase)).Select(a => (Outcome?)a.Value).FirstOrDefault());
    }
}
