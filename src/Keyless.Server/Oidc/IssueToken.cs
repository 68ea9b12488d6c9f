using System.Collections.Concurrent;
using Keyless.Language.Oidc;

namespace Keyless.Server.Oidc;

/// <summary>A token that was issued: what may be told about it. The token itself is in no log.</summary>
public sealed record IssuedToken(string Issuer, string Subject, string Audience, string Id, DateTimeOffset Expires);

/// <summary>
/// Issues tokens for jobs: settings, claims, mapped claims, signature. GitHub Docs, "OpenID Connect", How it works.
/// </summary>
public sealed class TokenIssuer(SigningKeys keys, IssuerSettingsFile settings, TimeProvider clock, Func<string> issuer)
{
    private const int MostSeen = 10_000;

    private readonly ConcurrentDictionary<string, JobFacts> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The issuer of tokens that no enterprise claims for itself.</summary>
    public string Issuer => issuer();

    public TimeSpan Lifetime { get; init; } = TokenTerms.DefaultLifetime;

    public string ServerUrl { get; init; } = "https://github.com";

    /// <summary>The subject's <c>repo</c> segment with ids, of repositories that asked for a token here before: nothing else knows their ids.</summary>
    public string? PrefixOf(string repository) =>
        settings.Read().Settings is { } current && _seen.TryGetValue(repository, out var job) ? "repo:" + Subject.Repository(current.Apply(job)) : null;

    /// <summary>A token for a job, or why there is none: settings that cannot be read, a subject or mapping that cannot be filled.</summary>
    public (string? Token, IssuedToken? Issued, string? Fault) Issue(JobFacts job, string? audience)
    {
        var (current, problems) = settings.Read();
        if (current is null)
        {
            return (null, null, $"the issuer's settings cannot be read: {IssuerSettingsFile.Line(problems)}");
        }

        if (_seen.Count < MostSeen)
        {
            _seen[job.Repository] = job;
        }

        job = current.Apply(job);
        if (Subject.Unfillable(job) is { } fault)
        {
            return (null, null, fault);
        }

        var terms = new TokenTerms(current.IssuerOf(job, issuer()), audience, clock.GetUtcNow(), Guid.NewGuid().ToString()) { Lifetime = Lifetime, ServerUrl = ServerUrl };
        var claims = Claims.Of(job, terms);
        if (!current.Mapping.IsEmpty)
        {
            var (extra, unmapped) = MappedClaims.Of(current.Mapping, claims);
            if (unmapped is not null)
            {
                return (null, null, unmapped);
            }

            claims = Claims.Of(job, terms with { Extra = extra });
        }

        var token = keys.Sign(Claims.ToJson(claims));
        return (token, new IssuedToken(terms.Issuer, Subject.Of(job), audience ?? Claims.DefaultAudience(job, ServerUrl), terms.Id, terms.IssuedAt + Lifetime), null);
    }
}
