using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint;

/// <summary>Known ways by which a principal widens its own permissions.</summary>
internal static class Escalation
{
    /// <summary>One of these is enough.</summary>
    public static readonly string[] Ways =
    [
        "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy",
        "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:AddUserToGroup", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile",
        "iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary",
    ];

    /// <summary>With a role passed to it, each of these runs something of the caller's choice.</summary>
    public static readonly (string Action, string What)[] Runners =
    [
        ("lambda:CreateFunction", "code"),
        ("ec2:RunInstances", "an instance"),
        ("cloudformation:CreateStack", "a stack"),
        ("glue:CreateDevEndpoint", "an endpoint"),
        ("glue:CreateJob", "a job"),
        ("datapipeline:CreatePipeline", "a pipeline"),
        ("sagemaker:CreateNotebookInstance", "a notebook"),
        ("codebuild:CreateProject", "a build"),
        ("ecs:RunTask", "a task"),
        ("states:CreateStateMachine", "a state machine"),
    ];

    /// <summary>A pattern for everything: other findings speak of it.</summary>
    public static bool IsStar(string pattern) => pattern is "*" or "*:*";

    /// <summary>Whether a statement covers all resources of a kind.</summary>
    public static bool OnEverything(LintedStatement statement, string kind) => statement.Resource is { } resource
        && (resource.Negated || resource.Patterns.Any(r => Glob.IsFree(r.Value)
            || (ArnText.TryParse(r.Value, out var arn) && (Glob.IsFree(arn.Resource) || (kind.Length > 0 && arn.Resource == $"{kind}*")))));

    /// <summary>Whether the policy denies the action everywhere and always.</summary>
    public static bool IsDenied(LintedPolicy policy, string action) =>
        policy.Statements.Any(s => !s.IsAllow && s.Tests.IsEmpty && s.Admits(action) && s.Resource is { Negated: false } r && r.Patterns.Any(p => Glob.IsFree(p.Value)));
}
