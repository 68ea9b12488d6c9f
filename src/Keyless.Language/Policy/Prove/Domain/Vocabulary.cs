using System.Collections.Immutable;
using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>The languages of token values, and the claims that stand for themselves.</summary>
internal static class Vocabulary
{
    private static readonly string SessionCharacter = $"(re.union {Smt2Text.Alphanumeric} {Smt2Text.OneOf("_+=,.@-")})";

    private const string Readable = Alphabets.Lower + Alphabets.Digits + Alphabets.Upper;

    /// <summary>GitHub Docs, "Events that trigger workflows", but those whose jobs run on <c>refs/pull/N/merge</c>.</summary>
    public static readonly string[] Events =
    [
        "push", "workflow_dispatch", "schedule", "release", "create", "delete", "deployment", "deployment_status", "pull_request_target",
        "workflow_run", "repository_dispatch", "issues", "issue_comment", "merge_group", "check_run", "check_suite", "discussion",
        "discussion_comment", "fork", "gollum", "label", "milestone", "page_build", "public", "registry_package", "status", "watch",
        "branch_protection_rule",
    ];

    public static WordLanguage Login(params string[] plausible) => new Login { Plausible = plausible };

    public static WordLanguage Repository(params string[] plausible) => new RepositoryName { Plausible = plausible };

    public static WordLanguage Id(params string[] plausible) =>
        new Characters(char.IsAsciiDigit, "(re.++ (re.range \"1\" \"9\") (re.* (re.range \"0\" \"9\")))", ["1234567890"], 18, c => c is >= '1' and <= '9', special: "0") { Plausible = plausible, AreDigits = true };

    /// <summary>A count from nothing up.</summary>
    public static WordLanguage Number(params string[] plausible) =>
        new Count { Plausible = plausible, AreDigits = true };

    public static WordLanguage Ref(params string[] plausible) => new RefName { Plausible = plausible };

    public static WordLanguage File(params string[] plausible) => new WorkflowFile { Plausible = plausible };

    /// <summary>Free text without control characters.</summary>
    public static WordLanguage Text(int maxLength, params string[] plausible) =>
        new Characters(c => c is >= ' ' and not '\x7f', $"(re.+ {Smt2Text.NoControl})", [Readable + "_-./ +=,@!#$%&'()\";<>|{}[]^~`?*\\" + Alphabets.Remote], maxLength, special: ":") { Plausible = plausible };

    /// <summary>Text that may also be empty.</summary>
    public static WordLanguage AnyText(int maxLength, params string[] plausible) =>
        new Characters(c => c is >= ' ' and not '\x7f', $"(re.* {Smt2Text.NoControl})", [Readable + "_-./ +=,@!#$%&'()\";<>|{}[]^~`?*\\" + Alphabets.Remote], maxLength, minLength: 0, special: ":") { Plausible = plausible };

    public static WordLanguage Sha(params string[] plausible) =>
        new Characters(char.IsAsciiHexDigitLower, "((_ re.^ 40) (re.union (re.range \"0\" \"9\") (re.range \"a\" \"f\")))", ["abcdef0123456789"], 40, minLength: 40) { Plausible = plausible };

    /// <summary>Session names and source identities. STS API Reference, AssumeRoleWithWebIdentity.</summary>
    public static WordLanguage SessionName(params string[] plausible) =>
        new Characters(c => char.IsAsciiLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal), $"(re.++ {SessionCharacter} (re.+ {SessionCharacter}))", [Readable + "_+=,.@-"], 64, minLength: 2) { Plausible = plausible };

    /// <summary>Claims that no other claim depends on; optional ones exist in some tokens only.</summary>
    public static ImmutableDictionary<string, KeyMeaning.Free> FreeClaims { get; } = new KeyMeaning.Free[]
    {
        Free("actor", new Characters(c => char.IsAsciiLetterOrDigit(c) || "-_[]".Contains(c, StringComparison.Ordinal), $"(re.++ {Smt2Text.Alphanumeric} (re.* (re.union {Smt2Text.Alphanumeric} {Smt2Text.OneOf("-_[]")})))", [Readable, "-", "_", "[", "]"], 64, char.IsAsciiLetterOrDigit)
        {
            Plausible = ["octocat", "mallory"],
        }),
        Free("actor_id", Id("583231", "9")),
        Free("workflow", Text(255, "deploy", "ci")),
        Free("enterprise", Text(60, "acme-corp"), optional: true),
        Free("enterprise_id", Id("7", "8"), optional: true),
        Free("sha", Sha(new string('a', 40))),
        Free("job_workflow_sha", Sha(new string('b', 40))),
        Free("run_id", Id("1")),
        Free("run_number", Id("1")),
        Free("run_attempt", Id("1", "2")),
        Free("check_run_id", Id("1")),
        Free("runner_environment", new OneOf("github-hosted", "self-hosted") { Plausible = ["github-hosted", "self-hosted"] }),
        Free("ref_protected", new OneOf("false", "true") { Plausible = ["false", "true"] }),
        Free("jti", Text(64, "00000000-0000-4000-8000-000000000000")),
    }.ToImmutableDictionary(free => free.Name);

    /// <summary>Claims that a shape builds.</summary>
    public static ImmutableHashSet<string> ShapedClaims { get; } =
    [
        "sub", "repository", "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "ref", "ref_type", "environment",
        "environment_node_id", "event_name", "head_ref", "base_ref", "workflow_ref", "workflow_sha", "job_workflow_ref", "iss", "aud",
    ];

    /// <summary>Whether a name is a claim at all, of the job or of the token.</summary>
    public static bool IsClaim(string name) => ShapedClaims.Contains(name) || FreeClaims.ContainsKey(name) || name.StartsWith("repo_property_", StringComparison.Ordinal);

    /// <summary>The claims that may stand in a subject template. `repo` and `context` are its own words.</summary>
    public static ImmutableArray<string> TemplateKeys { get; } =
        ["repo", "context", .. ClaimCatalogue.JobClaims.Where(name => name is not "repository")];

    private static KeyMeaning.Free Free(string name, WordLanguage language, bool optional = false) => new(name, new Variable(name, language), optional);
}
