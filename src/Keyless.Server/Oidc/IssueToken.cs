using System.Collections.Concurrent;
using Keyless.Language.Oidc;

namespace Keyless.Server.Oidc;

/// <summary>A token that was issued: what may be told about it. The token itself is in no log.</summary>
public sealed record IssuedToken(string Issuer, string Subject, string Audience, string Id, DateTimeOffset Expires);

/// <summary>Why a job gets no token although it may have one.</summary>
/// <param name="Help">The change that mends it.</param>
public sealed record TokenFault(string Reason, string Help);

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

    /// <summary>The job as its tokens describe it: with what its repository's owners set. As it is while the settings cannot be read.</summary>
    public JobFacts Settle(JobFacts job) => settings.Read().Settings?.Apply(job) ?? job;

    /// <summary>A token for a job, or why there is none: settings that cannot be read, a subject or mapping that cannot be filled.</summary>
    public (string? Token, IssuedToken? Issued, TokenFault? Fault) Issue(JobFacts job, string? audience)
    {
        var (current, problems) = settings.Read();
        if (current is null)
        {
            return (null, null, new($"the issuer's settings cannot be read: {IssuerSettingsFile.Line(problems)}", "correct the file: no token is better than one with a wrong subject"));
        }

        if (_seen.Count < MostSeen)
        {
            _seen[job.Repository] = job;
        }

        job = current.Apply(job);
        if (Subject.Unfillable(job) is { } fault)
        {
            return (null, null, new(fault, $"let the job have that claim, for `environment` by naming one, or take the key out of the template: PUT /repos/{job.Repository}/actions/oidc/customization/sub"));
        }

        var terms = new TokenTerms(current.IssuerOf(job, issuer()), audience, clock.GetUtcNow(), Guid.NewGuid().ToString()) { Lifetime = Lifetime, ServerUrl = ServerUrl };
        var claims = Claims.Of(job, terms);
        if (!current.Mapping.IsEmpty)
        {
            var (extra, unmapped) = MappedClaims.Of(current.Mapping, claims);
            if (unmapped is not null)
            {
                return (null, null, new(unmapped, $"add a role whose claims every job has to `mapping.roles` in {IssuerSettingsFile.FileName}"));
            }

            claims = Claims.Of(job, terms with { Extra = extra });
        }

        var token = keys.Sign(Claims.ToJson(claims));
        return (token, new IssuedToken(terms.Issuer, Subject.Of(job), audience ?? Claims.DefaultAudience(job, ServerUrl), terms.Id, terms.IssuedAt + Lifetime), null);
    }
}
