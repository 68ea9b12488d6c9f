using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Lint;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class LocalActionTests
{
    private const string Action = "name: a\ninputs:\n  target: {required: true}\n  mode: {default: fast}\nruns: {using: node24, main: m.js}\n";

    private static string Findings(string uses) => string.Join("; ", LocalActions.Check(
        WorkflowParser.Parse(new SourceText("w.yml", $"on: push\njobs: {{a: {{runs-on: x, steps: [{uses}]}}}}\n")).Workflow!,
        path => path == "act" ? new SourceText("act/action.yml", Action) : null).Select(d => d.Message));

    [Theory]
    [InlineData("{uses: ./act, with: {target: x, mode: y}}", "")]
    [InlineData("{uses: ./act, with: {targt: x}}", "the action `./act` has no input `targt`; the action `./act` wants the input `target`, which is not given")]
    [InlineData("{uses: ./other}", "the repository has no `action.yml` in `other`")]
    [InlineData("{uses: actions/checkout@v4, with: {any: x}}", "")]
    [InlineData("{uses: actions/checkout@v4, with: {path: ./there}}, {uses: ./there/sub}", "")]
    public void The_use_of_a_local_action_is_held_against_its_metadata(string uses, string expected) => Assert.Equal(expected, Findings(uses));
}
