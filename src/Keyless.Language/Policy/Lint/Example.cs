using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint;

/// <summary>What part of a policy an example shows.</summary>
public enum ExamplePart
{
    Document,
    Statement,

    /// <summary>The <c>Condition</c> of a trust policy for GitHub.</summary>
    GitHubCondition,

    /// <summary>The <c>Condition</c> of a statement that lets an identity read one bucket.</summary>
    Condition,

    /// <summary>A CloudFormation template.</summary>
    Template,

    /// <summary>Settings of the linter, for a trust policy that admits <c>repo:octo-org/site:*</c>.</summary>
    Suppressions,
}

/// <summary>A piece of policy for a page of the catalogue. It is real: tests lint <see cref="Policy"/>.</summary>
public sealed record Example(ExamplePart Part, PolicyKind Kind, string Text)
{
    public const string Provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

    public static Example Document(string text, PolicyKind kind = PolicyKind.Identity) => new(ExamplePart.Document, kind, text);

    public static Example Statement(string text, PolicyKind kind = PolicyKind.Identity) => new(ExamplePart.Statement, kind, text);

    public static Example Trust(string statement) => new(ExamplePart.Statement, PolicyKind.Trust, statement);

    public static Example GitHub(string condition) => new(ExamplePart.GitHubCondition, PolicyKind.Trust, condition);

    /// <summary>The usual good answer where only the subject is at stake.</summary>
    public static Example GitHubSubject(string op, string value) =>
        GitHub(op == "StringEquals"
            ? $$"""
                {
                  "StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:sub": "{{value}}"
                  }
                }
                """
            : $$"""
                {
                  "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
                  "{{op}}": { "token.actions.githubusercontent.com:sub": "{{value}}" }
                }
                """);

    public static Example Condition(string condition) => new(ExamplePart.Condition, PolicyKind.Identity, condition);

    public static Example Template(string yaml) => new(ExamplePart.Template, PolicyKind.Trust, yaml);

    public static Example Suppressions(string yaml) => new(ExamplePart.Suppressions, PolicyKind.Trust, yaml);

    /// <summary>The whole document.</summary>
    public string Policy => Part switch
    {
        ExamplePart.Document or ExamplePart.Template => Text,
        ExamplePart.Statement => Wrap(Text),
        ExamplePart.GitHubCondition => Wrap(
            $$"""{ "Effect": "Allow", "Principal": { "Federated": "{{Provider}}" }, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{Text}} }"""),
        ExamplePart.Suppressions => GitHubSubject("StringLike", "repo:octo-org/site:*").Policy,
        ExamplePart.Condition => Wrap(
            $$"""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-site", "Condition": {{Text}} }"""),
        _ => throw new InvalidOperationException($"no such part: {Part}"),
    };

    private static string Wrap(string statement) => $$"""{ "Version": "2012-10-17", "Statement": [ {{statement}} ] }""";
}
