using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow.Schema;

/// <summary>The places of an <c>action.yml</c> that may hold expressions. docs.github.com, "Metadata syntax for GitHub Actions".</summary>
public static class ActionSchema
{
    private static readonly Scope InsideScope = Scope.Of("github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env").Plus(Function.HashFiles);
    private static readonly Scope IfScope = InsideScope.Plus(Function.Always, Function.Cancelled, Function.Success, Function.Failure);

    public static readonly Definition InputDefault = new("`default`")
    {
        Text = true,
        Scope = Scope.Of("github", "strategy", "matrix", "job", "runner").Plus(Function.HashFiles),
    };

    public static readonly Definition OutputValue = new("`value`")
    {
        Text = true,
        Scope = Scope.Of("github", "strategy", "matrix", "steps", "inputs", "job", "runner", "env"),
    };

    /// <summary><c>pre-if</c> and <c>post-if</c>.</summary>
    public static readonly Definition PhaseIf = new("a condition") { Text = true, IsCondition = true, Scope = IfScope };

    public static readonly Definition CompositeSteps = MakeSteps();

    private static Definition MakeSteps()
    {
        var text = new Definition("a text") { Text = true, Scope = InsideScope };
        var key = new Definition("a name") { Text = true, NonEmpty = true };
        var texts = new Definition("a mapping of texts") { Scope = InsideScope, Shapes = [new([], key, new Definition("a text") { Text = true })] };
        ImmutableArray<Property> common =
        [
            new("id", new Definition("a step id") { Text = true, NonEmpty = true }),
            new("name", text),
            new("if", new Definition("`if`") { Text = true, IsCondition = true, Scope = IfScope }),
            new("continue-on-error", new Definition("`true` or `false`") { Boolean = true, Scope = InsideScope }),
            new("env", texts),
        ];
        return new Definition("`steps`")
        {
            Items = new Definition("a step of a composite action")
            {
                Shapes =
                [
                    new([new("run", text, Required: true), .. common, new("working-directory", text), new("shell", text, Required: true)]),
                    new([new("uses", new Definition("`uses`") { Text = true, NonEmpty = true }, Required: true), .. common, new("with", texts)]),
                ],
            },
        };
    }
}
