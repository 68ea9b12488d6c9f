using System.Text;

namespace Keyless.Language.Oidc;

/// <summary>
/// The <c>sub</c> claim. GitHub Docs, "OpenID Connect reference", Example subject claims and "Customizing the token claims".
/// </summary>
public static class Subject
{
    /// <summary>The subject of a job's token: GitHub's default form, or the repository's template.</summary>
    public static string Of(JobFacts job)
    {
        if (job.SubjectTemplate.IsDefaultOrEmpty)
        {
            return $"repo:{Repository(job)}:{Context(job)}";
        }

        var subject = new StringBuilder();
        foreach (var key in job.SubjectTemplate)
        {
            if (subject.Length > 0)
            {
                subject.Append(':');
            }

            _ = key switch
            {
                "repo" => subject.Append("repo:").Append(Repository(job)),
                "context" => subject.Append(Context(job)),
                _ => subject.Append(key).Append(':').Append(Escape(Claims.TemplateValue(job, key) ?? "")),
            };
        }

        return subject.ToString();
    }

    /// <summary>What follows the repository in the default form; the first that applies: environment, pull request, ref.</summary>
    public static string Context(JobFacts job)
    {
        if (job.Environment is { } environment)
        {
            return "environment:" + Escape(environment);
        }

        return job.EventName == "pull_request" || (job.PullRequestTargetIsPullRequest && job.EventName == "pull_request_target")
            ? "pull_request"
            : "ref:" + Escape(job.Ref);
    }

    /// <summary>The repository as subjects name it: <c>owner/name</c>, or <c>owner@1/name@2</c> where subjects are immutable.</summary>
    public static string Repository(JobFacts job)
    {
        if (!job.HasIdsInSubject)
        {
            return job.Repository;
        }

        var slash = job.Repository.IndexOf('/', StringComparison.Ordinal);
        return $"{job.Repository[..slash]}@{job.OwnerId}/{job.Repository[(slash + 1)..]}@{job.RepositoryId}";
    }

    /// <summary>Why GitHub gives this job no token under its template, or null when the template can be filled.</summary>
    public static string? Unfillable(JobFacts job)
    {
        foreach (var key in job.SubjectTemplate.IsDefault ? [] : job.SubjectTemplate)
        {
            if (key is "repo" or "context" || Claims.TemplateValue(job, key) is not null)
            {
                continue;
            }

            return key == "environment"
                ? $"the subject template of `{job.Repository}` contains `environment`, so every job that asks for a token must name an environment"
                : $"the subject template of `{job.Repository}` contains `{key}`, which this job's token does not have";
        }

        return null;
    }

    /// <summary>A colon inside a value would forge the next segment, so it is written <c>%3A</c>; nothing else is encoded.</summary>
    private static string Escape(string value) => value.Replace(":", "%3A", StringComparison.Ordinal);
}
