using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Lint;
using Keyless.Language.Policy.Parse;
using Xunit;

namespace Language.Tests.Policy.Lint;

/// <summary>
/// What the linter says can never match, the evaluator never allows. The requests are those that can occur: jobs with tokens as GitHub
/// issues them, S3 requests on resources of the right kind.
/// </summary>
public sealed class NeverMatchesLaw
{
    private const string Host = "token.actions.githubusercontent.com";
    private const string Provider = "arn:aws:iam::111122223333:oidc-provider/" + Host;

    /// <summary>Each of them says of a policy with one Allow that nothing passes it.</summary>
    private static readonly string[] Never =
    [
        "policy-grants-nothing", "statement-dead", "condition-unsatisfiable", "github-ref-with-environment", "trust-principal-not-federated", "trust-action-principal-mismatch",
        "resource-not-for-action", "resource-arn-region", "resource-arn-account",
    ];

    /// <summary>Each of them says it of a value, so they count where the test has no other.</summary>
    private static readonly string[] NeverForOneValue =
    [
        "github-sub-star-literal", "github-sub-unrealisable", "github-sub-trailing-colon", "github-key-unexposed", "github-key-unknown", "github-key-provider-mismatch",
        "set-operator-missing", "bool-value-invalid", "numeric-value-invalid", "date-value-invalid", "ip-value-invalid", "binary-value-invalid", "arn-value-malformed", "condition-key-unknown", "action-whitespace",
    ];

    private static readonly Gen<string> Operator = Gen.OneOf(
        "StringEquals", "StringLike", "StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIfExists", "ForAnyValue:StringEquals", "ForAllValues:StringLike",
        "StringEqualsIgnoreCase", "ArnLike", "Bool", "NumericEquals", "NumericLessThan", "DateLessThan", "DateGreaterThan", "IpAddress", "NotIpAddress", "Null", "BinaryEquals");

    private static readonly Gen<string> Key = Gen.OneOf(
        Host + ":sub", Host + ":sub", Host + ":sub", Host + ":ref", Host + ":environment", Host + ":repository", Host + ":repository_id", Host + ":aud", Host + ":event_name",
        Host + ":subject", "https://" + Host + ":sub", "token.actions.githubuser.com:sub", "aws:SourceIp", "aws:SecureTransport", "aws:CurrentTime", "aws:TagKeys", "aws:SourceIPs", "sts:RoleSessionName");

    private static readonly Gen<string> Value = Gen.OneOf(
        "repo:o/r:ref:refs/heads/main", "repo:o/r:ref:main", "repo:o/r:*", "repo:o/r:", "repo:o/*", "repo:o@1/r@2:*", "repo:o/r:environment:prod", "repo:o/r:environment:a:b", "repo:o/r:pull_request",
        "repo:*:ref:refs/heads/*", "o/r:ref:refs/heads/main", "repo:o/r:branch:main", "*", "refs/heads/main", "refs/heads/*", "refs/pull/7/merge", "main", "prod", "o/r", "o/*", "2", "r2", "sts.amazonaws.com",
        "true", "false", "yes", "10", "10k", "2026-01-01", "soon", "2026", "203.0.113.9", "203.0.113.0/24", "203.0.113.0/33", "10.0.0.0/8", "2001:db8::/32", "YWJj", "abc", "arn:aws:s3:::b", "topic", "team", "");

    private static readonly Gen<(string Operator, string Key, string[] Values)> Test = Gen.Select(Operator, Key, Value.Array[1, 2]);

    private static readonly Gen<JobFacts> Job = Gen.Select(
        Gen.OneOf("o/r", "o/s", "p/r"), Gen.OneOf("refs/heads/main", "refs/heads/release/1", "refs/tags/v1"), Gen.OneOf((string?)null, null, "prod", "a:b"),
        Gen.OneOf("push", "pull_request", "schedule"), Gen.Bool,
        (repository, reference, environment, eventName, immutable) => new JobFacts
        {
            Repository = repository,
            RepositoryId = "2",
            OwnerId = "1",
            Ref = eventName == "pull_request" ? "refs/pull/7/merge" : reference,
            Environment = environment,
            EventName = eventName,
            ImmutableSubject = immutable,
        });

    private static readonly Gen<(string Ip, string Secure, string Time, string[] Tags)> Transport = Gen.Select(
        Gen.OneOf("203.0.113.9", "198.51.100.1", "2001:db8::1"), Gen.OneOf("true", "false"), Gen.OneOf("2025-05-05T00:00:00Z", "2026-06-06T00:00:00Z", "1970-01-01T00:10:00Z"),
        Gen.OneOf("team", "cost").Array[0, 2]);

    [Fact]
    public void A_trust_policy_that_the_linter_calls_dead_lets_no_job_in() =>
        Gen.Select(Test.Array[1, 3], Gen.OneOf("Federated", "Federated", "Federated", "AWS"), Gen.OneOf("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole"), Gen.Select(Job, Transport).Array[12])
            .Sample(
                (tests, principal, action, requests) =>
                {
                    var text = Trust(tests, principal == "AWS" ? """{"AWS":"*"}""" : $$"""{"Federated":"{{Provider}}"}""", action);
                    if (CalledDead(text, PolicyKind.Trust, tests.Length == 1 && tests[0].Values.Length == 1 && OperatorName.Parse(tests[0].Operator) is { RequiresKey: true }) is not { } id
                        || PolicyParser.ParseJson(new SourceText("p", text), PolicyKind.Trust).Policy is not { } policy)
                    {
                        return;
                    }

                    var set = new PolicySet { Resource = CompiledPolicy.Compile(policy), ResourcePolicyDelegates = true };
                    foreach (var (job, transport) in requests)
                    {
                        var request = new AccessRequest("sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/r", new Requester.Federated(Provider), Context(job, transport));
                        Assert.True(Authorizer.Decide(request, set) != Verdict.Allow, $"{id} is wrong: {Subject.Of(job)} passes {text}");
                    }
                },
                iter: 1000);

    [Fact]
    public void A_permissions_policy_that_the_linter_calls_dead_allows_no_request() =>
        Gen.Select(
                Gen.OneOf("s3:GetObject", "s3:ListBucket", "s3:Get*", "s3:GetObject ", "s3:*"),
                Gen.OneOf("arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b*", "arn:aws:s3:eu-west-1::b", "arn:aws:s3::111122223333:b/*", "arn:*:s3:::*", "*", "arn:aws:s3:*:*:b/k", "arn:aws:s3:::*/k"))
            .Sample(
                (action, resource) =>
                {
                    var text = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""";
                    if (CalledDead(text, PolicyKind.Identity, oneValue: true) is not { } id)
                    {
                        return;
                    }

                    var policy = PolicyParser.ParseJson(new SourceText("p", text), PolicyKind.Identity).Policy!;
                    var set = new PolicySet { Identity = [CompiledPolicy.Compile(policy)] };
                    foreach (var (asked, on) in new[] { ("s3:GetObject", "arn:aws:s3:::b/k"), ("s3:ListBucket", "arn:aws:s3:::b"), ("s3:GetBucketPolicy", "arn:aws:s3:::b"), ("s3:PutObject", "arn:aws:s3:::bb/k") })
                    {
                        var request = new AccessRequest(asked, on, new Requester.Aws("arn:aws:iam::111122223333:user/u"), new RequestContext()) { ResourceAccount = "111122223333" };
                        Assert.True(Authorizer.Decide(request, set) != Verdict.Allow, $"{id} is wrong: {asked} on {on} passes {text}");
                    }
                },
                iter: 300);

    [Fact]
    public void The_law_is_not_empty()
    {
        Assert.Equal("statement-dead", CalledDead(Trust([("StringEquals", Host + ":sub", ["repo:o/r:ref:main"])], $$"""{"Federated":"{{Provider}}"}""", "sts:AssumeRoleWithWebIdentity"), PolicyKind.Trust, false, only: "statement-dead"));
        Assert.Null(CalledDead(Trust([("StringEquals", Host + ":sub", ["repo:o/r:pull_request"])], $$"""{"Federated":"{{Provider}}"}""", "sts:AssumeRoleWithWebIdentity"), PolicyKind.Trust, true));
    }

    /// <summary>The finding that says so; null when none does.</summary>
    private static string? CalledDead(string text, PolicyKind kind, bool oneValue, string? only = null)
    {
        var ids = Linter.Lint(new SourceText("p", text), kind).Select(f => f.Diagnostic.Id);
        return ids.FirstOrDefault(id => (only is null || id == only) && (Never.Contains(id) || (oneValue && NeverForOneValue.Contains(id))));
    }

    private static string Trust((string Operator, string Key, string[] Values)[] tests, string principal, string action)
    {
        var conditions = tests.GroupBy(t => t.Operator).Select(g =>
            $"{JsonSerializer.Serialize(g.Key)}:{{{string.Join(',', g.DistinctBy(t => t.Key).Select(t => $"{JsonSerializer.Serialize(t.Key)}:{JsonSerializer.Serialize(t.Values)}"))}}}");
        return $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{{principal}},"Action":"{{action}}","Condition":{ {{string.Join(',', conditions)}} } }] }""";
    }

    private static RequestContext Context(JobFacts job, (string Ip, string Secure, string Time, string[] Tags) transport)
    {
        var context = new RequestContext()
            .With(Host + ":sub", Subject.Of(job)).With(Host + ":aud", "sts.amazonaws.com").With(Host + ":ref", job.Ref).With(Host + ":repository", job.Repository)
            .With(Host + ":repository_id", job.RepositoryId).With(Host + ":repository_owner_id", job.OwnerId).With(Host + ":actor", job.Actor).With(Host + ":workflow", job.Workflow)
            .With("aws:SourceIp", transport.Ip).With("aws:SecureTransport", transport.Secure).With("aws:CurrentTime", transport.Time).With("sts:RoleSessionName", "deploy");
        if (job.Environment is { } environment)
        {
            context.With(Host + ":environment", environment);
        }

        return transport.Tags.Length == 0 ? context : context.With("aws:TagKeys", [.. transport.Tags]);
    }
}
