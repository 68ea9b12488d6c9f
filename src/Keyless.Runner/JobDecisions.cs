using System.Text.Json;
using Keyless.Server.Audit;

namespace Keyless.Runner;

/// <summary>
/// Whose decision is whose: jobs run side by side, and a refusal must be told by the job that caused it. A token belongs to the job it was
/// issued to, keys to the job whose token, or whose keys, they were given for.
/// </summary>
internal sealed class JobDecisions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private List<(DecisionRecord Decision, string? Job)> _waiting = [];

    /// <summary>Remembers whom a token was issued to.</summary>
    public void Issued(string tokenId, string job)
    {
        lock (_gate)
        {
            _owners[tokenId] = job;
        }
    }

    public void Add(DecisionRecord decision)
    {
        lock (_gate)
        {
            var job = OwnerOf(decision);
            if (job is not null && decision.Allowed && KeysOf(decision) is { } keys)
            {
                _owners[keys] = job;
            }

            _waiting.Add((decision, job));
        }
    }

    /// <summary>What is the job's, or nobody's, since the last call.</summary>
    public IReadOnlyList<DecisionRecord> Take(string? job)
    {
        lock (_gate)
        {
            var taken = _waiting.Where(waiting => waiting.Job is null || waiting.Job == job).Select(waiting => waiting.Decision).ToList();
            if (taken.Count > 0)
            {
                _waiting = [.. _waiting.Where(waiting => waiting.Job is not null && waiting.Job != job)];
            }

            return taken;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _waiting.Clear();
        }
    }

    private string? OwnerOf(DecisionRecord decision)
    {
        foreach (var (name, value) in decision.Inputs)
        {
            if (name == "job")
            {
                return value;
            }

            if (name == "jti" && _owners.TryGetValue(value, out var byToken))
            {
                return byToken;
            }
        }

        return decision.Identity.AccessKeyId is { } key ? _owners.GetValueOrDefault(key) : null;
    }

    /// <summary>The id of the keys that the decision gave away; null for none.</summary>
    private static string? KeysOf(DecisionRecord decision)
    {
        foreach (var field in decision.ResponseElements)
        {
            if (field is { Name: "credentials", IsJson: true })
            {
                using var credentials = JsonDocument.Parse(field.Value);
                return credentials.RootElement.TryGetProperty("accessKeyId", out var id) ? id.GetString() : null;
            }
        }

        return null;
    }
}
