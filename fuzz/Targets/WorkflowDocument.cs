using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Lint;

namespace Fuzz.Targets;

/// <summary>Workflow files and the rules about them: a workflow or a problem with a place, whatever comes.</summary>
internal sealed class WorkflowDocument : Target
{
    public override IEnumerable<string> Seeds =>
    [
        "on: {push: {branches: [main]}, schedule: [{cron: '5 4 * * *'}], workflow_dispatch: {inputs: {a: {type: choice, options: [x]}}}}\npermissions: {id-token: write}\njobs:\n  a:\n    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [x, y], include: [{os: z}]}}\n    steps:\n      - id: s\n        if: ${{ always() }} x\n        run: echo ${{ steps.t.outputs.x }}\n      - uses: actions/checkout@v4\n        with: {a: 1}\n  b: {needs: [a], uses: ./.github/workflows/c.yml, secrets: inherit}\n",
        "on: push\nenv: {${{ insert }}: ${{ fromJSON('{}') }}}\njobs: {a: {runs-on: {group: x}, container: {image: y}, services: {s: {image: z}}, outputs: {o: \"${{ needs.x }}\"}}}\n",
    ];

    public override IEnumerable<string> Words => ["${{ ", " }}", "needs: ", "uses: ", "run: ", "if: ", "matrix: ", "&a ", "*a", "~", "true", "5", "[]", "{}", "'", "\n    "];

    public override void Run(string input)
    {
        var parsed = WorkflowParser.Parse(new SourceText("fuzz.yml", input), new WorkflowParseOptions { ResolveCallee = reference => new SourceText(reference.ToString()!, input), MaxCallDepth = 3 });
        Promise(parsed.Workflow is not null || !parsed.Diagnostics.IsEmpty, "without a workflow there is a problem");
        foreach (var problem in parsed.Diagnostics.AddRange(parsed.Workflow is { } workflow ? WorkflowLinter.Check(workflow) : []))
        {
            Promise(problem.Span.Start >= 0 && problem.Span.Length >= 0 && problem.Span.End <= problem.Source.Text.Length, "a problem lies inside its text");
            _ = TextRenderer.Render([problem]);
        }
    }
}
