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

        var owners = new Dictionary<string, (string Name, SortedDictionary<string, string> Repositories)>(StringComparer.OrdinalIgnoreCase);
        var count = 0;
        foreach (var (owner, repository) in policies.SelectMany(policy => policy.Statements).SelectMany(statement => statement.Conditions).SelectMany(Named))
        {
            if (!owners.TryGetValue(owner, out var known))
            {
                known = (owner, new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase));
                owners.Add(owner, known);
            }

            if (repository is not null && count < MostRepositories && known.Repositories.TryAdd(repository, repository))
            {
                count++;
            }
        }

        return domain with
        {
            Owners = [.. owners.Values.Select(owner => new KnownOwner(owner.Name, null, [.. owner.Repositories.Values.Select(name => new KnownRepository(name, null, null))]))],
        };
    }

    /// <summary>Owners, with repositories where one is named, in the values of <c>sub</c> and <c>repository</c>.</summary>
    private static IEnumerable<(string Owner, string? Repository)> Named(Condition condition)
    {
        var claim = condition.Key.Value[(condition.Key.Value.LastIndexOf(':') + 1)..].ToLowerInvariant();
        foreach (var value in condition.Values)
        {
            var text = claim switch
            {
                "sub" when value.Value.StartsWith("repo:", StringComparison.Ordinal) => value.Value[5..],
                "repository" => value.Value,
                "repository_owner" => value.Value + "/*",
                _ => null,
            };
            if (text is null)
            {
                continue;
            }

            var slash = text.IndexOf('/', StringComparison.Ordinal);
            if (slash <= 0)
            {
                continue;
            }

            var owner = Before(text[..slash], '@');
            var repository = Before(Before(text[(slash + 1)..], ':'), '@');
            if (Vocabulary.Login().Contains(owner))
            {
                yield return (owner, Vocabulary.Repository().Contains(repository) ? repository : null);
            }
        }
    }

    private static string Before(string text, char end) => text.IndexOf(end, StringComparison.Ordinal) is var at and >= 0 ? text[..at] : text;
}
