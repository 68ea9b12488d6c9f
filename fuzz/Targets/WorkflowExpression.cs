using Keyless.Language.Workflow.Expressions;

namespace Fuzz.Targets;

/// <summary>The expression language: an error names a place inside the text, and what parses has a value or a reason.</summary>
internal sealed class WorkflowExpression : Target
{
    public override IEnumerable<string> Seeds =>
    [
        "github.event.*.labels[0].name == 'x' && !contains(fromJSON('[1,{\"a\":[]}]'), env.A) || 0x1F >= -1.5e3",
        "format('{0}-{{}}-{1}', toJSON(github), case(true, 1, 2))",
        "join(github.event.list.*.name, ', ')",
        "hashFiles('**/x', '!y') != ''",
    ];

    public override IEnumerable<string> Words => ["&&", "||", "==", "fromJSON(", "toJSON(", "format(", "join(", "'{0}'", "''", ".*", "[*]", "NaN", "Infinity", "null", "github", "'[1,'", "'{\"a\":'"];

    public override void Run(string input)
    {
        var scope = Scope.Of("github", "env").Plus(Function.HashFiles, Function.Always, Function.Success);
        var (expression, error) = ExpressionParser.Parse(input, scope);
        Promise(error is null || (error.Position >= 0 && error.Position <= input.Length && error.Message.Length > 0), "an error lies inside the text");
        Promise(error is null || expression is null, "there is an expression or an error");
        if (expression is not null)
        {
            Promise(expression.Depth <= ExpressionParser.MaxDepth, "the tree is bounded");
            var payload = new ObjectValue { { "list", new ArrayValue([new ObjectValue { { "name", "n" } }, 1.5, Value.Null]) } };
            var (value, problem) = Evaluator.Evaluate(expression, new EvaluationContext { Contexts = new ObjectValue { { "github", new ObjectValue { { "event", payload } } }, { "env", new ObjectValue() } } });
            Promise(problem is not null || ValueJson.Write(value).Length > 0, "a value has a text");
        }
    }
}
