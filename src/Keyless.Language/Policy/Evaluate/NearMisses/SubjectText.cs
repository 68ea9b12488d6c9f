using System.Collections.Immutable;
using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>
/// A subject, or a policy's pattern for one, split as GitHub writes it: claims with their values, by default <c>repo:OWNER/NAME:CONTEXT</c>,
/// ids behind <c>@</c> where subjects are immutable. GitHub Docs, "OpenID Connect reference".
/// </summary>
/// <param name="Rest">What follows that is no claim; null when nothing does.</param>
internal sealed record SubjectText(string Text, ImmutableArray<SubjectText.Part> Parts, string? Rest)
{
    public const string Prefix = "repo:";

    private const string PullRequest = "pull_request";

    /// <summary>One claim and its value, which is empty for <c>pull_request</c>.</summary>
    public readonly record struct Part(string Claim, string Value)
    {
        public string Text => Claim == PullRequest ? Claim : $"{Claim}:{Value}";

        /// <summary>Whether it is what the template's <c>context</c> becomes.</summary>
        public bool IsContext => Claim is "ref" or "environment" or PullRequest;
    }

    /// <summary>Null when the text does not start with a claim that subjects are made of.</summary>
    public static SubjectText? Parse(string text)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        var at = 0;
        while (at < text.Length)
        {
            var colon = text.IndexOf(':', at);
            var word = colon < 0 ? text[at..] : text[at..colon];
            if (word == PullRequest)
            {
                parts.Add(new Part(word, ""));
                at = colon < 0 ? text.Length : colon + 1;
                continue;
            }

            if (colon < 0 || !SubjectTemplate.IsKey(word))
            {
                break;
            }

            var end = EndOfValue(text, colon + 1, word == "repo");
            parts.Add(new Part(word, text[(colon + 1)..end]));
            at = Math.Min(end + 1, text.Length);
        }

        return parts.Count == 0 ? null : new SubjectText(text, parts.DrainToImmutable(), at < text.Length ? text[at..] : null);
    }

    /// <summary>The names of the claims, in order.</summary>
    public ImmutableArray<string> Claims => [.. Parts.Select(part => part.Claim)];

    /// <summary>The keys of the template that writes such subjects.</summary>
    public ImmutableArray<string> Template => Parts.Count(part => part.IsContext) > 1 ? Claims : [.. Parts.Select(part => part.IsContext ? "context" : part.Claim)];

    /// <summary>Whether GitHub writes it so where nobody customised the subject; also with a context that is none.</summary>
    public bool IsDefault => Parts[0].Claim == "repo" && (Parts.Length == 1 || (Parts.Length == 2 && Parts[1].IsContext));

    /// <summary>Whether it ends with a wildcard, so that any claims may follow.</summary>
    public bool IsOpen => Text.EndsWith('*');

    public string Repository => Parts.FirstOrDefault(part => part.Claim == "repo").Value ?? "";

    /// <summary>In the default form what follows the repository, else the part that stands for the context; null when there is none.</summary>
    public string? Context => !IsDefault ? Parts.Where(part => part.IsContext).Select(part => part.Text).FirstOrDefault()
        : Parts.Length == 2 ? Parts[1].Text + (Rest is null ? "" : ":" + Rest)
        : Rest;

    public bool HasIds => Repository.Contains('@', StringComparison.Ordinal);

    /// <summary>The repository without ids.</summary>
    public string PlainRepository => string.Join('/', Repository.Split('/').Select(part => part.Split('@')[0]));

    /// <summary>The repository as the announcement of April 2026 had it, ids behind <c>-</c>; subjects never shipped so.</summary>
    public string DashedRepository => Repository.Replace('@', '-');

    public string Owner => PlainRepository.Split('/')[0];

    public string? Environment => After("environment:");

    public string? Ref => After("ref:");

    public bool IsPullRequest => Context == PullRequest || Context?.StartsWith(PullRequest + ":", StringComparison.Ordinal) == true;

    /// <summary>Whether what follows the repository begins with no word that subjects have there; a wildcard may stand for one.</summary>
    public bool IsUnknownContext => Parts.Length == 1 && Rest is { } rest && !rest.Split(':')[0].AsSpan().ContainsAny('*', '?');

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
        { Context: "*" } => "any job",
        _ => $"`{Context}`",
    };

    /// <summary>The same with another repository; one without a context gets any.</summary>
    public string WithRepository(string repository) =>
        Text == Prefix + Repository ? $"{Prefix}{repository}:*" : Text.Replace(Prefix + Repository, Prefix + repository, StringComparison.Ordinal);

    /// <summary>A value holds no colon but one that a policy's author forgot to escape: it lasts until the next claim, a repository's to the next colon.</summary>
    private static int EndOfValue(string text, int start, bool atOnce)
    {
        for (var colon = text.IndexOf(':', start); colon >= 0; colon = text.IndexOf(':', colon + 1))
        {
            var next = text[(colon + 1)..];
            var word = next.Split(':')[0];
            if (atOnce || next.Length == 0 || word is PullRequest || next[0] is '*' or '?' || (word.Length < next.Length && SubjectTemplate.IsKey(word)))
            {
                return colon;
            }
        }

        return text.Length;
    }

    private string? After(string prefix) => Context?.StartsWith(prefix, StringComparison.Ordinal) == true ? Context[prefix.Length..] : null;
}
