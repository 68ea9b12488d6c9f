using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>
/// The owners and repositories that policies spell out. Naming them changes no answer, every login may exist either way, but makes answers
/// speak of <c>octo-org</c> instead of some login.
/// </summary>
public static class KnownNames
{
    /// <summary>More than these are left to the general case.</summary>
    private const int MostRepositories = 200;

    public static TokenDomain In(TokenDomain domain, params IEnumerable<PolicyDocument> policies)
    {
        if (!domain.Owners.IsEmpty)
        {
            return domain;
        }

        var owners = new Dictionary<string, Owner>(StringComparer.OrdinalIgnoreCase);
        var count = 0;
        foreach (var (owner, repository) in policies.SelectMany(policy => policy.Statements).SelectMany(statement => statement.Conditions).SelectMany(Named))
        {
            if (!owners.TryGetValue(owner.Text, out var known))
            {
                owners.Add(owner.Text, known = new Owner(owner.Text));
            }

            known.Ids.Add(owner.Id);
            if (repository is not { } named)
            {
                continue;
            }

            if (!known.Repositories.TryGetValue(named.Text, out var ids) && count++ < MostRepositories)
            {
                known.Repositories.Add(named.Text, ids = []);
            }

            ids?.Add(named.Id);
        }

        return domain with
        {
            Owners =
            [
                .. owners.Values.Select(owner => new KnownOwner(
                    owner.Name, Only(owner.Ids), [.. owner.Repositories.Select(pair => new KnownRepository(pair.Key, Only(pair.Value), null))])),
            ],
        };
    }

    /// <summary>The one id that is written beside a name; null when none or several are.</summary>
    private static string? Only(HashSet<string?> ids) => ids.OfType<string>().ToList() is [var id] ? id : null;

    /// <summary>Owners, with repositories where one is named, in the values of <c>sub</c>, <c>repository</c> and <c>job_workflow_ref</c>.</summary>
    private static IEnumerable<(Name Owner, Name? Repository)> Named(Condition condition)
    {
        var claim = condition.Key.Value[(condition.Key.Value.LastIndexOf(':') + 1)..].ToLowerInvariant();
        foreach (var value in condition.Values)
        {
            var text = claim switch
            {
                "sub" => After(value.Value, "repo:") ?? After(value.Value, "job_workflow_ref:"),
                "repository" or "job_workflow_ref" => value.Value,
                "repository_owner" => value.Value + "/",
                _ => null,
            };
            if (text is null)
            {
                continue;
            }

            // `octo-org*` means octo-org, and lets others in by mistake.
            var slash = text.IndexOfAny(['/', '*', '?', ':']);
            var owner = Name.Of(slash < 0 ? text : text[..slash]);
            if (!Vocabulary.Login().Contains(owner.Text))
            {
                continue;
            }

            var rest = slash >= 0 && text[slash] == '/' ? text[(slash + 1)..] : "";
            var repository = Name.Of(rest.IndexOfAny([':', '/']) is var end and >= 0 ? rest[..end] : rest);
            yield return (owner, Vocabulary.Repository().Contains(repository.Text) ? repository : null);
        }
    }

    private static string? After(string text, string start) => text.StartsWith(start, StringComparison.Ordinal) ? text[start.Length..] : null;

    private readonly record struct Name(string Text, string? Id)
    {
        /// <summary><c>octo-org@11</c>, or the name alone.</summary>
        public static Name Of(string text)
        {
            var at = text.IndexOf('@', StringComparison.Ordinal);
            var id = at < 0 ? "" : text[(at + 1)..];
            return new Name(at < 0 ? text : text[..at], Vocabulary.Id().Contains(id) ? id : null);
        }
    }

    private sealed record Owner(string Name)
    {
        public HashSet<string?> Ids { get; } = [];

        public SortedDictionary<string, HashSet<string?>> Repositories { get; } = new(StringComparer.OrdinalIgnoreCase);
    }
}
