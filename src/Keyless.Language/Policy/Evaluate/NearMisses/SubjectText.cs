using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>
/// A subject, or a policy's pattern for one, split as GitHub writes it: <c>repo:OWNER/NAME:CONTEXT</c>, ids behind <c>@</c> where
/// subjects are immutable. GitHub Docs, "OpenID Connect reference".
/// </summary>
/// <param name="Context">What follows the repository; null when nothing does.</param>
internal sealed record SubjectText(string Repository, string? Context)
{
    public const string Prefix = "repo:";

    /// <summary>Null when the text does not start with <c>repo:</c>.</summary>
    public static SubjectText? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = text[Prefix.Length..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new SubjectText(rest, null) : new SubjectText(rest[..colon], rest[(colon + 1)..]);
    }

    public bool HasIds => Repository.Contains('@', StringComparison.Ordinal);

    /// <summary>The repository without ids.</summary>
    public string PlainRepository => string.Join('/', Repository.Split('/').Select(part => part.Split('@')[0]));

    /// <summary>The repository as the announcement of April 2026 had it, ids behind <c>-</c>; subjects never shipped so.</summary>
    public string DashedRepository => Repository.Replace('@', '-');

    public string Owner => PlainRepository.Split('/')[0];

    public string? Environment => After("environment:");

    public string? Ref => After("ref:");

    public bool IsPullRequest => Context == "pull_request" || Context?.StartsWith("pull_request:", StringComparison.Ordinal) == true;

    /// <summary>Whether what follows the repository begins with no word that subjects have there; a wildcard may stand for one.</summary>
    public bool IsUnknownContext =>
        Context is { Length: > 0 } context
        && context.Split(':')[0] is var word
        && !word.AsSpan().ContainsAny('*', '?')
        && !IsPullRequest
        && ClaimCatalogue.Find(word) is null;

    /// <summary>What the context says, for people.</summary>
    public string Described => this switch
    {
        { IsPullRequest: true } => "a pull request",
        { Environment: "*" } => "any environment",
        { Ref: "refs/heads/*" } => "any branch",
        { Ref: "refs/tags/*" } => "any tag",
        { Environment: { } environment } => $"the environment `{environment}`",
        { Ref: { } reference } when reference.StartsWith("refs/heads/", StringComparison.Ordinal) => $"the branch `{reference["refs/heads/".Length..]}`",
        { Ref: { } reference } when reference.StartsWith("refs/tags/", StringComparison.Ordinal) => $"the tag `{reference["refs/tags/".Length..]}`",
        { Ref: { } reference } => $"the ref `{reference}`",
        { Context: null } => "no context",
        _ => $"`{Context}`",
    };

    private string? After(string prefix) => Context?.StartsWith(prefix, StringComparison.Ordinal) == true ? Context[prefix.Length..] : null;
}
