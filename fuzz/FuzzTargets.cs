using Fuzz.Targets;

namespace Fuzz;

/// <summary>Every fuzz target, one row each.</summary>
public static class FuzzTargets
{
    public static IReadOnlyList<Target> All { get; } =
    [
        new ChunkedPayload(),
        new JsonDocument(),
        new PolicyDocument(),
        new PolicyEvaluation(),
        new PolicyLint(),
        new QueryForm(),
        new SignatureHeader(),
        new S3Document(),
        new S3Target(),
        new YamlDocument(),
        new WorkflowExpression(),
        new WorkflowDocument(),
        new FilterPatterns(),
        new JsonWebToken(),
    ];
}
