using System.Collections.Immutable;
using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;

namespace Language.Tests.Policy.Prove;

/// <summary>Questions as people might ask them, and stranger ones, made from a seed.</summary>
internal sealed class RandomQuestions(int seed)
{
    private const string Host = "token.actions.githubusercontent.com";
    private const string Provider = $"arn:aws:iam::210987654321:oidc-provider/{Host}";

    public static readonly TokenDomain Domain = new()
    {
        Owners = [new KnownOwner("octo-org", "11", [new KnownRepository("octo-repo", "22", "private"), new KnownRepository("platform", "33", "public")])],
    };

    private static readonly string[] Subjects =
    [
        "repo:octo-org/octo-repo:*", "repo:octo-org/*", "repo:octo-org*", "repo:*", "*", "repo:octo-org/octo-repo:ref:refs/heads/main",
        "repo:octo-org@11/octo-repo@22:*", "repo:octo-org@11/*", "*:pull_request", "*:environment:prod*", "repo:octo-org/octo-*:ref:refs/heads/*",
        "repo:octo-org/octo-repo:environment:prod", "repo:octo-org/?cto-repo:pull_request", "repo:*/octo-repo:*", "*:ref:refs/tags/v*", "repo:octo-org/*:ref:refs/heads/release/*",
        "repo:octo-org@*/octo-repo@*:ref:refs/heads/main", "*octo*main*", "repo:octo-org/octo-repo:ref:refs/*/main", "repo:acme/site:*", "repo:octo-org/platform:*",
        "repo:a*b*c*:*", "*%3A*", "repo:octo-org/octo-repo:ref:refs/heads/*/*", "environment:prod", "repo:OCTO-ORG/octo-repo:*",
    ];

    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["ref"] = ["refs/heads/main", "refs/heads/*", "refs/tags/v*", "refs/pull/*", "refs/heads/release/*", "*"],
        ["environment"] = ["prod", "prod*", "staging", "*", "a:b"],
        ["repository"] = ["octo-org/octo-repo", "octo-org/*", "*/octo-repo", "octo-org/platform", "acme/*"],
        ["repository_id"] = ["22", "33", "2*", "4"],
        ["repository_owner_id"] = ["11", "12"],
        ["repository_owner"] = ["octo-org", "octo*"],
        ["actor"] = ["octocat", "mallory", "*bot*"],
        ["workflow"] = ["deploy", "*"],
        ["event_name"] = ["pull_request", "push"],
        ["job_workflow_ref"] = ["octo-org/platform/.github/workflows/*@refs/heads/main", "octo-org/octo-repo/*", "*@refs/tags/v*"],
        ["subject"] = ["repo:octo-org/*"],
    };

    private readonly Random _random = new(seed);

    public Question Next()
    {
        var ask = (Ask)_random.Next(4);
        var b = ask is Ask.Subset or Ask.Equal ? (Maybe(0.3) ? Policy() : null) : null;
        var a = Policy();
        if (ask is Ask.Subset or Ask.Equal)
        {
            b ??= Related(a);
        }

        var domain = Domain with
        {
            Names = Maybe(0.25) ? NameLifetime.Recyclable : NameLifetime.Fixed,
            Keys = Maybe(0.2) ? KeyProfile.All : KeyProfile.Aws,
        };
        return new Question(ask, Parse(a), b is null ? null : Parse(b), [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Where())], domain);
    }

    public static PolicyDocument Parse(string text)
    {
        var parsed = PolicyParser.ParseJson(new SourceText("policy.json", text), PolicyKind.Trust);
        return parsed.Policy ?? throw new InvalidOperationException(TextRenderer.Render(parsed.Diagnostics) + text);
    }

    /// <summary>A token that policies of these questions may tell from others.</summary>
    public Dictionary<string, string> Words(IEnumerable<string> names) => names.ToDictionary(name => name, _ => Word());

    public string Word() => Pick(
        "main", "octo-org", "octo-repo", "acme", "a", "prod", "staging", "release/1", "v1", "a:b", "octo", "site", "octo-orga", "production", "1", "22", "33", "11", "12", "4", "9",
        "deploy", "mallory", "octocat", "x", "a-b-c", "abc", "deploy.yml", "b/c", "public", "private", "push", "schedule", "dependabot[bot]");

    public int Below(int limit) => _random.Next(limit);

    private ClaimTest Where()
    {
        var (claim, values) = Maybe(0.4) ? ("sub", Subjects) : Values.ElementAt(_random.Next(Values.Count)) is var pair ? (pair.Key, pair.Value) : default;
        return new ClaimTest(claim, (ClaimOperator)_random.Next(6), Pick(values));
    }

    private string Policy()
    {
        var statements = new List<string> { Statement("Allow") };
        while (Maybe(0.35))
        {
            statements.Add(Statement(Maybe(0.5) ? "Allow" : "Deny"));
        }

        return Document(statements);
    }

    /// <summary>A policy near another: a statement more, or one condition changed.</summary>
    private string Related(string policy)
    {
        var at = policy.IndexOf("\"Statement\":[", StringComparison.Ordinal) + "\"Statement\":[".Length;
        return Maybe(0.5) ? policy[..at] + Statement(Maybe(0.6) ? "Deny" : "Allow") + "," + policy[at..]
            : Maybe(0.5) ? policy.Replace("refs/heads/*", "refs/heads/main", StringComparison.Ordinal).Replace("prod*", "prod", StringComparison.Ordinal)
            : policy.Replace("octo-org/*", "octo-org/octo-repo:*", StringComparison.Ordinal);
    }

    private static string Document(IEnumerable<string> statements) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";

    private string Statement(string effect)
    {
        var blocks = new Dictionary<string, Dictionary<string, string>>();
        if (effect == "Allow" && Maybe(0.85))
        {
            Add("StringEquals", $"{Host}:aud", "\"sts.amazonaws.com\"");
        }

        for (var i = 0; i <= _random.Next(3); i++)
        {
            AddCondition();
        }

        var conditions = string.Join(',', blocks.Select(block => $"\"{block.Key}\":{{{string.Join(',', block.Value.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}"));
        return $$"""{"Effect":"{{effect}}","Principal":{"Federated":"{{Provider}}"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{ {{conditions}} } }""";

        void AddCondition()
        {
            if (Maybe(0.6))
            {
                Add(StringOperator(), $"{Host}:sub", List(Subjects));
            }
            else if (Maybe(0.75))
            {
                var (claim, values) = Values.ElementAt(_random.Next(Values.Count));
                Add(StringOperator(), $"{Host}:{claim}", List(values));
            }
            else
            {
                switch (_random.Next(6))
                {
                    case 0: Add(Pick("IpAddress", "NotIpAddress"), "aws:SourceIp", List(["203.0.113.0/24", "203.0.113.128/25", "0.0.0.0/0", "2001:db8::/32"])); break;
                    case 1: Add(Pick("DateLessThan", "DateGreaterThanEquals", "DateEquals"), "aws:CurrentTime", List(["2026-01-01T00:00:00Z", "2027-01-01"])); break;
                    case 2: Add("Null", $"{Host}:environment", Pick("\"true\"", "\"false\"")); break;
                    case 3: Add(Pick("NumericLessThan", "NumericEquals", "NumericGreaterThanEquals", "NumericNotEquals"), $"{Host}:repository_id", List(["22", "30", "1e1", "22.5"])); break;
                    case 4: Add(Pick("ForAnyValue:StringLike", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals"), "aws:TagKeys", List(["team", "cost", "t*"])); break;
                    default: Add(StringOperator(), "aws:RequestTag/team", List(["web", "w*", "api"])); break;
                }
            }
        }

        void Add(string name, string key, string value)
        {
            if (!blocks.TryGetValue(name, out var block))
            {
                blocks.Add(name, block = []);
            }

            block.TryAdd(key, value);
        }
    }

    private string StringOperator()
    {
        var name = new StringBuilder(Pick("", "", "", "", "", "ForAllValues:", "ForAnyValue:"));
        name.Append(Pick("StringEquals", "StringLike", "StringLike", "StringLike", "StringNotLike", "StringNotEquals", "StringEqualsIgnoreCase"));
        return name.Append(Pick("", "", "", "", "IfExists")).ToString();
    }

    private string List(string[] values)
    {
        var chosen = Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => $"\"{Pick(values)}\"").Distinct().ToList();
        return chosen.Count == 1 ? chosen[0] : $"[{string.Join(',', chosen)}]";
    }

    private bool Maybe(double chance) => _random.NextDouble() < chance;

    private string Pick(params string[] words) => words[_random.Next(words.Length)];
}
