using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class StatusTests
{
    private static readonly Scope Conditions = Scope.None.Plus(Function.Always, Function.Cancelled, Function.SuccessOfJobs, Function.FailureOfJobs);

    [Theory]
    [InlineData("success()", "ok", false, true)]
    [InlineData("success()", "ok bad", false, false)]
    [InlineData("success()", "ok skipped", false, false)]
    [InlineData("success()", "ok", true, false)]
    [InlineData("success('ok')", "ok bad", false, true)]
    [InlineData("success('nobody')", "ok", false, false)]
    [InlineData("failure()", "ok bad", false, true)]
    [InlineData("failure()", "ok skipped", false, false)]
    [InlineData("failure('OK')", "ok bad", false, false)]
    [InlineData("failure('BAD')", "ok bad", false, true)]
    [InlineData("failure()", "bad", true, true)]
    [InlineData("cancelled()", "ok", true, true)]
    [InlineData("always()", "bad skipped", true, true)]
    [InlineData("!cancelled()", "bad", false, true)]
    [InlineData("true", "bad", false, false)]
    public void The_condition_of_a_job_looks_at_its_ancestors(string condition, string ancestors, bool cancelled, bool expected)
    {
        var outcomes = ancestors.Split(' ').ToDictionary(name => name, name => name switch { "ok" => Outcome.Success, "bad" => Outcome.Failure, _ => Outcome.Skipped });
        var (expression, error) = Condition.Parse(condition, Conditions);
        Assert.Null(error);
        Assert.Equal(expected, Evaluator.Evaluate(expression!, new EvaluationContext { Status = Status.OfJob(outcomes, cancelled) }).Value.IsTruthy);
    }
}
