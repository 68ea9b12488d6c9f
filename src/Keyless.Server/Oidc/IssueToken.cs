using Keyless.Language.Oidc;

namespace Keyless.Server.Oidc;

/// <summary>A token that was issued: what may be told about it. The token itself is in no log.</summary>
public sealed record IssuedToken(string Issuer, string Subject, string Audience, string Id, DateTimeOffset Expires);

/// <summary>
/// Issues tokens for jobs: settings, claims, mapped claims, signature. GitHub Docs, "OpenID Connect", How it works.
/// </summary>
public sealed class TokenIssuer(SigningKeys keys, IssuerSettingsFile settings, TimeProvider clock, Func<string> issuer)
{
    /// <summary>The issuer of tokens that no enterprise claims for itself.</summary>
    public string Issuer => issuer();

    public TimeSpan Lifetime { get; init; } = TokenTerms.DefaultLifetime;

    public string ServerUrl { get; init; } = "https://github.com";

    /// <summary>A token for a job, or why its subject cannot be written.</summary>
    public (string? Token, IssuedToken? Issued, string? Fault) Issue(JobFacts job, string? audience)
    {
        var current = settings.Current;
        job = current.Apply(job);
        if (Subject.Unfillable(job) is { } fault)
        {
            return (null, null, fault);
        }

        var terms = new TokenTerms(current.IssuerOf(job, issuer()), audience, clock.GetUtcNow(), Guid.NewGuid().ToString()) { Lifetime = Lifetime, ServerUrl = ServerUrl };
        var claims = Claims.Of(job, terms);
        if (!current.Mapping.IsEmpty)
        {
            claims = Claims.Of(job, terms with { Extra = MappedClaims.Of(current.Mapping, claims) });
        }

        var token = keys.Sign(Claims.ToJson(claims));
        return (token, new IssuedToken(terms.Issuer, Subject.Of(job), audience ?? Claims.DefaultAudience(job, ServerUrl), terms.Id, terms.IssuedAt + Lifetime), null);
    }
}
