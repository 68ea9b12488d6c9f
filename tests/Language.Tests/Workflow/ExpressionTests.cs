using System.Text.Json;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class ExpressionTests
{
    [Fact]
    public void Expressions_have_the_values_and_errors_of_the_corpus() => Corpus.All("expressions.jsonl", Check, atLeast: 1352);

    private static string? Check(JsonElement row)
    {
        var contexts = row.TryGetProperty("context", out var given) ? Corpus.ToObject(given) : [];
        var state = row.TryGetProperty("state", out var s) ? s : default;
        var hasState = state.ValueKind == JsonValueKind.Object;
        var scope = Scope.Of([.. contexts.Members.Select(m => m.Key)]);
        scope = hasState ? scope.Plus(Function.Always, Function.Success, Function.Failure, Function.Cancelled) : scope;
        var text = row.GetProperty("expr").GetString()!;
        var isCondition = hasState && state.TryGetProperty("if_condition", out _);
        var parsed = isCondition ? Condition.Parse(text, scope) : ExpressionParser.Parse(text, scope);
        var expected = row.TryGetProperty("error", out var error) ? error : default;
        if (parsed.Error is { } parseError)
        {
            return Describe(parseError, "parse", expected);
        }

        if (parsed.Expression is null)
        {
            return "no expression";
        }

        var context = new EvaluationContext { Contexts = contexts, Status = hasState ? StatusOf(state) : (_, _) => false };
        var result = Evaluator.Evaluate(parsed.Expression, context);
        if (result.Error is { } evaluationError)
        {
            return Describe(evaluationError, "eval", expected);
        }

        if (!row.TryGetProperty("expected", out var want))
        {
            return $"`{text}` is {ValueJson.Write(result.Value)}, not an error";
        }

        var value = isCondition ? result.Value.IsTruthy : result.Value;
        return value.Kind.ToString() == want.GetProperty("kind").GetString() && Corpus.Same(value, want.GetProperty("value"))
            ? null
            : $"`{text}` is {value.Kind} {ValueJson.Write(value)}, not {want}";
    }

    private static StatusFunction StatusOf(JsonElement state)
    {
        var job = OutcomeOf(state.GetProperty("job_status"));
        return state.TryGetProperty("composite_main_step", out _) ? Status.OfCompositeSteps(job, OutcomeOf(state.GetProperty("action_status"))) : Status.OfSteps(job);
    }

    private static Outcome? OutcomeOf(JsonElement text) => text.GetString() is { } name ? Enum.Parse<Outcome>(name, ignoreCase: true) : null;

    private static string? Describe(ExpressionError error, string phase, JsonElement expected)
    {
        if (expected.ValueKind != JsonValueKind.Object)
        {
            return $"unexpected {phase} error {error.Code}: {error.Message}";
        }

        var same = expected.GetProperty("phase").GetString() == phase && expected.GetProperty("code").GetString() == error.Code
            && (!expected.TryGetProperty("position", out var position) || position.GetInt32() == error.Position)
            && (!expected.TryGetProperty("token", out var token) || token.GetString() == error.Token);
        return same ? null : $"{phase} {error.Code} at {error.Position} `{error.Token}`, not {expected}";
    }
}
