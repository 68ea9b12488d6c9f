using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Server.Audit;
using Keyless.Server.Oidc;
using Keyless.Server.Storage;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>Every cause of a refusal is named exactly, on the decision's first line, whatever the wire says.</summary>
public sealed class CauseTests
{
    private const string Host = "token.actions.githubusercontent.com";

    /// <summary>A way to be refused: the wire's code, and words that only this cause has.</summary>
    public sealed record Cause(string Code, string[] Words, Func<Sandbox, Task<Answer>> Ask, string? Trust = null);

    private static readonly Dictionary<string, Cause> Causes = new()
    {
        ["wrong branch"] = Denied(["branch `other`", "branch `main`"], s => s.Exchange(s.Token(s.Job with { Ref = "refs/heads/other" }))),
        ["environment instead of branch"] = Denied(["environment `production`", "branch `main`"], s => s.Exchange(s.Token(s.Job with { Environment = "production" }))),
        ["pull request"] = Denied(["pull request", "branch `main`"], s => s.Exchange(s.Token(s.Job with { EventName = "pull_request", Ref = "refs/pull/7/merge" }))),
        ["immutable subject against a classic policy"] = Denied(["immutable", "repo:octo-org@123456/site@456789"], s => s.Exchange(s.Token(s.Job with { ImmutableSubject = true }))),
        ["classic subject against an immutable policy"] = Denied(["classic form"], s => s.Exchange(s.Token()), Trust("repo:octo-org@123456/site@456789:ref:refs/heads/main")),
        ["tag instead of branch"] = Denied(["tag `v1`", "branch `main`"], s => s.Exchange(s.Token(s.Job with { Ref = "refs/tags/v1", EventName = "release" }))),
        ["branch instead of environment"] = Denied(["no environment", "`production`"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:environment:production")),
        ["another environment"] = Denied(["environment `staging`", "`production`"], s => s.Exchange(s.Token(s.Job with { Environment = "staging" })), Trust("repo:octo-org/site:environment:production")),
        ["another repository"] = Denied(["`octo-org/other`", "`octo-org/site`"], s => s.Exchange(s.Token(s.Job with { Repository = "octo-org/other" }))),
        ["another owner"] = Denied(["another owner"], s => s.Exchange(s.Token(s.Job with { Repository = "evil/site" }))),
        ["case of the repository"] = Denied(["differ only in case"], s => s.Exchange(s.Token()), Trust("repo:Octo-Org/site:ref:refs/heads/main")),
        ["wildcard under StringEquals"] = Denied(["`*`"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:*", "StringEquals")),
        ["customised subject"] = Denied(["customises the subject to `repository_owner:octo-org`"], s => s.Exchange(s.Token(s.Job with { SubjectTemplate = ["repository_owner"] }))),
        ["customised subject with a context"] = Denied(["customises the subject to `repo:octo-org/site:ref:refs/heads/main:actor:octocat`", "default form"], s => s.Exchange(s.Token(s.Job with { SubjectTemplate = ["repo", "context", "actor"] }))),
        ["customised subject without a context"] = Denied(["customises the subject to `repo:octo-org/site:actor:octocat`"], s => s.Exchange(s.Token(s.Job with { SubjectTemplate = ["repo", "actor"] }))),
        ["policy for a customised subject"] = Denied(["expects a customised subject of `repository_owner`, `repository_visibility`, `actor`", "default form"], s => s.Exchange(s.Token()), Trust("repository_owner:octo-org:repository_visibility:private:actor:octocat")),
        ["policy with the word context"] = Denied(["expects a customised subject of `repo`, `context`"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:context:main")),
        ["claims of the subject in another order"] = Denied(["in the order `actor`, `repository_owner`, the policy in the order `repository_owner`, `actor`"], s => s.Exchange(s.Token(s.Job with { SubjectTemplate = ["actor", "repository_owner"] })), Trust("repository_owner:octo-org:actor:octocat")),
        ["other claims in the subject"] = Denied(["made of `repository_owner`, `actor`, the policy's of `repository_owner`, `workflow`"], s => s.Exchange(s.Token(s.Job with { SubjectTemplate = ["repository_owner", "actor"] })), Trust("repository_owner:octo-org:workflow:deploy")),
        ["another value in a customised subject"] = Denied(["subject has `actor` `octocat`, the policy admits `hubot`"], s => s.Exchange(s.Token(s.Job with { SubjectTemplate = ["repository_owner", "actor"] })), Trust("repository_owner:octo-org:actor:hubot")),
        ["repository that was made again"] = Denied(["the ids differ", "`octo-org@123456/site@456789`"], s => s.Exchange(s.Token(s.Job with { ImmutableSubject = true })), Trust("repo:octo-org@123456/site@111:ref:refs/heads/main")),
        ["values in one text"] = Denied(["is one text with commas, not a list"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:ref:refs/heads/main,repo:octo-org/web:*", "StringEquals")),
        ["pattern of another language"] = Denied(["`*` and `?` only"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:ref:refs/heads/(main|dev)")),
        ["character that does not show"] = Denied(["does not show, U+200B"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:ref:refs/heads/main\u200b")),
        ["variable of another tool"] = Denied(["another tool was to fill it in"], s => s.Exchange(s.Token()), Trust("repo:${var.org}/site:*")),
        ["owner without its repository"] = Denied(["`octo-org` is no repository, which is written `OWNER/NAME`"], s => s.Exchange(s.Token()), Trust("repo:octo-org:ref:refs/heads/main", "StringEquals")),
        ["id of the owner only"] = Denied(["owner and name both carry an id", "`octo-org@123456/site`"], s => s.Exchange(s.Token(s.Job with { ImmutableSubject = true })), Trust("repo:octo-org@123456/site:*")),
        ["provider of another partition"] = Denied(["partition `aws-cn`"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("arn:aws:iam", "arn:aws-cn:iam", StringComparison.Ordinal)),
        ["provider of SAML"] = Denied(["the SAML provider"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("oidc-provider", "saml-provider", StringComparison.Ordinal)),
        ["principal that is a service"] = Denied(["`{ \"Service\": \"ec2.amazonaws.com\" }` names no web identity"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace($"\"Federated\": \"{Sandbox.ProviderArn}\"", "\"Service\": \"ec2.amazonaws.com\"", StringComparison.Ordinal)),
        ["ARN operator on what is no ARN"] = Denied(["`ArnLike` compares ARNs"], s => s.Exchange(s.Token()), TrustWith($$"""{ "ArnLike": { "{{Host}}:ref": "refs/heads/main" } }""")),
        ["workflow file without its ref"] = Denied(["names the workflow file without its ref", "`@refs/heads/main`"], s => s.Exchange(s.Token(s.Job with { JobWorkflowRef = "acme/flows/.github/workflows/deploy.yml@refs/heads/main" })), TrustWith($$"""{ "StringEquals": { "{{Host}}:job_workflow_ref": "acme/flows/.github/workflows/deploy.yml" } }""")),
        ["four conditions at once"] = Denied(["branch `dev`", "`actor`, `repository_id`, `aud` fail too"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEquals": { "{{Host}}:sub": "repo:octo-org/site:ref:refs/heads/dev", "{{Host}}:actor": "hubot", "{{Host}}:repository_id": "1", "{{Host}}:aud": "other" } }""")),
        ["issuer of an enterprise"] = new("InvalidIdentityToken", ["the enterprise's own, `https://token.actions.githubusercontent.com/acme`"], s => s.Exchange(Signed(s, Claims(s, "").Replace(IssuerUrl.GitHub + "\"", IssuerUrl.GitHub + "/acme\"", StringComparison.Ordinal)))),
        ["provider of an enterprise"] = new("InvalidIdentityToken", ["a provider for an enterprise's own only, `https://token.actions.githubusercontent.com/acme`"], s =>
        {
            s.Remove(s.Iam.State.Account(Sandbox.Account).Providers[Sandbox.ProviderArn]);
            s.Put(new OidcProvider { Account = Sandbox.Account, Issuer = IssuerUrl.GitHub + "/acme", CreatedAt = default });
            return s.Exchange(s.Token());
        }),
        ["role ARN of another partition"] = new("ValidationError", ["partition `aws-cn`"], s => s.Exchange(s.Token(), ("RoleArn", "arn:aws-cn:iam::123456789012:role/deploy"))),
        ["role ARN of a session"] = new("ValidationError", ["`sts`, a session's"], s => s.Exchange(s.Token(), ("RoleArn", "arn:aws:sts::123456789012:assumed-role/deploy/x"))),
        ["role ARN without an account"] = new("ValidationError", ["no account of twelve digits"], s => s.Exchange(s.Token(), ("RoleArn", "arn:aws:iam::1234-5678-9012:role/deploy"))),
        ["role ARN with a blank"] = Denied(["the role's ARN has white space around it"], s => s.Exchange(s.Token(), ("RoleArn", Sandbox.RoleArn + " "))),
        ["none of thirty repositories"] = Denied(["`octo-org/site`", "`octo-org/site-07` and 29 others"], s => s.Exchange(s.Token()), TrustOf([.. Enumerable.Range(1, 30).Select(i => i == 7 ? "repo:octo-org/site-07:ref:refs/heads/main" : $"repo:octo-org/service-{i:00}:ref:refs/heads/main")])),
        ["none of thirty branches"] = Denied(["branch `main`", "the branch `maine` and 29 others"], s => s.Exchange(s.Token()), TrustOf([.. Enumerable.Range(1, 30).Select(i => $"repo:octo-org/site:ref:refs/heads/{(i == 9 ? "maine" : $"release-{i:00}")}")])),
        ["audience with a scheme"] = new("InvalidIdentityToken", ["`https://sts.amazonaws.com` has `https://` in front, unlike `sts.amazonaws.com`"], s => s.Exchange(s.Token(audience: "https://sts.amazonaws.com"))),
        ["audience with a slash"] = new("InvalidIdentityToken", ["`sts.amazonaws.com/` has a slash at its end"], s => s.Exchange(s.Token(audience: "sts.amazonaws.com/"))),
        ["audience with capitals"] = new("InvalidIdentityToken", ["`STS.amazonaws.com` has other capitals"], s => s.Exchange(s.Token(audience: "STS.amazonaws.com"))),
        ["audience with white space"] = new("InvalidIdentityToken", ["white space around it"], s => s.Exchange(s.Token(audience: "sts.amazonaws.com\n"))),
        ["client id with a scheme"] = new("InvalidIdentityToken", ["client id `https://sts.amazonaws.com` has `https://` in front"], s =>
        {
            s.Put(s.Iam.State.Account(Sandbox.Account).Providers[Sandbox.ProviderArn] with { ClientIds = ["https://sts.amazonaws.com"] });
            return s.Exchange(s.Token());
        }),
        ["audience of the policy with a scheme"] = Denied(["policy's audience `https://sts.amazonaws.com` has `https://` in front"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("\"sts.amazonaws.com\"", "\"https://sts.amazonaws.com\"", StringComparison.Ordinal)),
        ["token of an HTTP header"] = new("InvalidIdentityToken", ["`Bearer ` in front"], s => s.Exchange("Bearer " + s.Token())),
        ["token in JSON"] = new("InvalidIdentityToken", ["JSON answer to a token request", "its `value`"], s => s.Exchange($$"""{"count":1,"value":"{{s.Token()}}"}""")),
        ["token in quotes"] = new("InvalidIdentityToken", ["stands in quotes"], s => s.Exchange($"\"{s.Token()}\"")),
        ["token with a line break"] = new("InvalidIdentityToken", ["a line break at its end"], s => s.Exchange(s.Token() + "\n")),
        ["token with a blank"] = new("InvalidIdentityToken", ["white space around it"], s => s.Exchange(" " + s.Token())),
        ["token on two lines"] = new("InvalidIdentityToken", ["a line break or white space inside it"], s => s.Exchange(s.Token().Insert(70, "\n"))),
        ["token cut off"] = new("InvalidIdentityToken", ["the signature is missing"], s => s.Exchange(string.Join('.', s.Token().Split('.')[..2]))),
        ["token with padding"] = new("InvalidIdentityToken", ["ends with `=`"], s => s.Exchange(s.Token() + "==")),
        ["token that is null"] = new("InvalidIdentityToken", ["the text sent is `null`"], s => s.Exchange("null")),
        ["token that is a variable"] = new("InvalidIdentityToken", ["nobody filled in"], s => s.Exchange("${{ steps.token.outputs.token }}")),
        ["token that is a file's name"] = new("InvalidIdentityToken", ["the name of a file"], s => s.Exchange("file://token.jwt")),
        ["token that is an address"] = new("InvalidIdentityToken", ["is an address"], s => s.Exchange("https://pipelines.actions.githubusercontent.com/token")),
        ["token for GitHub's API"] = new("InvalidIdentityToken", ["for GitHub's API (`ghs_...`)"], s => s.Exchange("ghs_somethingelse")),
        ["token of three characters"] = new("ValidationError", ["the token has 3 characters"], s => s.Exchange("***")),
        ["claim that AWS does not evaluate"] = Denied(["repository_owner", "no condition key"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEquals": { "{{Host}}:repository_owner": "octo-org", "{{Host}}:sub": "repo:octo-org/site:ref:refs/heads/main" } }""")),
        ["explicit deny"] = Denied(["denied by statement 2"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("""
              }]
            }
            """, """
              }, { "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:octo-org/*" } } }]
            }
            """, StringComparison.Ordinal)),
        ["another provider trusted"] = Denied(["gitlab.com"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace($"oidc-provider/{Host}", "oidc-provider/gitlab.com", StringComparison.Ordinal)),
        ["provider of another account trusted"] = Denied(["account `999999999999`"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("iam::123456789012:oidc", "iam::999999999999:oidc", StringComparison.Ordinal)),
        ["action missing from the trust policy"] = Denied(["sts:AssumeRoleWithWebIdentity", "sts:AssumeRole"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("\"sts:AssumeRoleWithWebIdentity\"", "\"sts:AssumeRole\"", StringComparison.Ordinal)),
        ["role missing"] = Denied(["role `deploi` does not exist", "did you mean `deploy`"], s => s.Exchange(s.Token(), ("RoleArn", "arn:aws:iam::123456789012:role/deploi"))),
        ["role with another path"] = Denied(["another path"], s => s.Exchange(s.Token(), ("RoleArn", "arn:aws:iam::123456789012:role/ci/deploy"))),
        ["role in another account"] = Denied(["is in account `123456789012`, not in `210987654321`"], s =>
        {
            s.Put(new OidcProvider { Account = "210987654321", Issuer = IssuerUrl.GitHub, ClientIds = ["sts.amazonaws.com"], CreatedAt = default });
            return s.Exchange(s.Token(), ("RoleArn", "arn:aws:iam::210987654321:role/deploy"));
        }),
        ["account without anything"] = new("InvalidIdentityToken", ["account `210987654321`"], s => s.Exchange(s.Token(), ("RoleArn", "arn:aws:iam::210987654321:role/deploy"))),
        ["provider missing"] = new("InvalidIdentityToken", ["no OIDC provider for issuer `https://token.actions.githubusercontent.com`", "`https://gitlab.com`"], s =>
        {
            s.Remove(s.Iam.State.Account(Sandbox.Account).Providers[Sandbox.ProviderArn]);
            s.Put(new OidcProvider { Account = Sandbox.Account, Issuer = "https://gitlab.com", CreatedAt = default });
            return s.Exchange(s.Token());
        }),
        ["audience not registered"] = new("InvalidIdentityToken", ["audience `other`", "`sts.amazonaws.com`"], s => s.Exchange(s.Token(audience: "other"))),
        ["default audience"] = new("InvalidIdentityToken", ["`https://github.com/octo-org`"], s => s.Exchange(s.Token(audience: null))),
        ["audience of the policy"] = Denied(["`other`", "`sts.amazonaws.com`"], s =>
        {
            s.Put(s.Iam.State.Account(Sandbox.Account).Providers[Sandbox.ProviderArn] with { ClientIds = ["sts.amazonaws.com", "other"] });
            return s.Exchange(s.Token(audience: "other"));
        }),
        ["duration above the maximum"] = new("ValidationError", ["7200 seconds", "3600"], s => s.Exchange(s.Token(), ("DurationSeconds", "7200"))),
        ["duration out of bounds"] = new("ValidationError", ["`DurationSeconds` is `60`"], s => s.Exchange(s.Token(), ("DurationSeconds", "60"))),
        ["session name"] = new("ValidationError", ["`RoleSessionName` is `a b`"], s => s.Exchange(s.Token(), ("RoleSessionName", "a b"))),
        ["role ARN malformed"] = new("ValidationError", ["no role's ARN"], s => s.Exchange(s.Token(), ("RoleArn", "arn:aws:iam::123456789012:user/somebody"))),
        ["signature"] = new("InvalidIdentityToken", ["signature is not that of key"], s =>
        {
            var parts = s.Token().Split('.');
            return s.Exchange($"{parts[0]}.{parts[1]}.{Base64UrlText.Encode(new byte[256])}");
        }),
        ["changed claims"] = new("InvalidIdentityToken", ["the token was changed"], s =>
        {
            var parts = s.Token(s.Job with { Ref = "refs/heads/other" }).Split('.');
            var forged = Encoding.UTF8.GetString(Base64UrlText.Decode(parts[1])!).Replace("refs/heads/other", "refs/heads/main", StringComparison.Ordinal);
            return s.Exchange($"{parts[0]}.{Base64UrlText.Encode(Encoding.UTF8.GetBytes(forged))}.{parts[2]}");
        }),
        ["unknown key"] = new("InvalidIdentityToken", ["publishes no key `nobody`"], s => s.Exchange(Forge(s, """{"alg":"RS256","kid":"nobody"}"""))),
        ["expired"] = new("ExpiredTokenException", ["expired 10 minutes ago"], s =>
        {
            var token = s.Token();
            s.Clock.Advance(TimeSpan.FromMinutes(15));
            return s.Exchange(token);
        }),
        ["issued in the future"] = new("InvalidIdentityToken", ["issued", "in the future"], s =>
        {
            s.Clock.Advance(TimeSpan.FromHours(1));
            var token = s.Token();
            s.Clock.Advance(TimeSpan.FromHours(-1));
            return s.Exchange(token);
        }),
        ["no JWT"] = new("InvalidIdentityToken", ["one part where a JWT has three"], s => s.Exchange("somethingelse")),
        ["algorithm none"] = new("InvalidIdentityToken", ["algorithm `none` is not accepted"], s => s.Exchange(Forge(s, """{"alg":"none"}""", signature: ""))),
        ["claim missing"] = new("InvalidIdentityToken", ["no `sub` claim"], s => s.Exchange(Signed(s, """{"iss":"https://token.actions.githubusercontent.com","aud":"sts.amazonaws.com","iat":1800000000,"exp":1800000300}"""))),
        ["tags without TagSession"] = Denied(["session tags", "sts:TagSession"], s => s.Exchange(Signed(s, Claims(s, """,{"https://aws.amazon.com/tags":{"principal_tags":{"Squad":["blue"]}}}""")))),
        ["source identity without SetSourceIdentity"] = Denied(["source identity", "sts:SetSourceIdentity"], s => s.Exchange(Signed(s, Claims(s, """,{"https://aws.amazon.com/source_identity":"octocat"}""")))),
        ["tags malformed"] = new("InvalidIdentityToken", ["session tags are malformed"], s => s.Exchange(Signed(s, Claims(s, """,{"https://aws.amazon.com/tags":{"principal_tags":{"Squad":"blue"}}}""")))),
        ["roles claim"] = new("InvalidIdentityToken", ["roles claim does not name"], s => s.Exchange(Signed(s, Claims(s, """,{"https://aws.amazon.com/roles":"arn:aws:iam::123456789012:role/another"}""")))),
        ["session policy"] = new("MalformedPolicyDocument", ["session policy is malformed"], s => s.Exchange(s.Token(), ("Policy", "{\"Statement\":"))),
        ["session policy missing"] = new("ValidationError", ["`PolicyArns`: account `123456789012` has no policy `none`"], s => s.Exchange(s.Token(), ("PolicyArns.member.1.arn", "arn:aws:iam::123456789012:policy/none"))),
        ["provider id"] = new("AccessDenied", ["`ProviderId`"], s => s.Exchange(s.Token(), ("ProviderId", "accounts.google.com"))),
        ["session name missing"] = new("ValidationError", ["`RoleSessionName`"], s => s.Exchange(s.Token(), ("RoleSessionName", ""))),
        ["token missing"] = new("ValidationError", ["`WebIdentityToken`"], s => s.Exchange("")),
        ["signed with a shared secret"] = new("InvalidIdentityToken", ["algorithm `HS256` is not accepted"], s => s.Exchange(Forge(s, """{"alg":"HS256","typ":"JWT"}"""))),
        ["no key id"] = new("InvalidIdentityToken", ["no `kid`", "not exactly one"], s => s.Exchange(Forge(s, """{"alg":"RS256"}"""))),
        ["expiry missing"] = new("InvalidIdentityToken", ["no `exp` claim"], s => s.Exchange(Signed(s, """{"iss":"https://token.actions.githubusercontent.com","sub":"x","aud":"sts.amazonaws.com","iat":1800000000}"""))),
        ["issuer spelt with a slash"] = new("InvalidIdentityToken", ["https://token.actions.githubusercontent.com/"], s => s.Exchange(Signed(s, Claims(s, "").Replace(IssuerUrl.GitHub + "\"", IssuerUrl.GitHub + "/\"", StringComparison.Ordinal)))),
        ["job without the environment that is asked for"] = Denied(["no environment"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEquals": { "{{Host}}:environment": "production" } }""")),
        ["another workflow file"] = Denied(["has `build.yml` where the policy has `deploy.yml`"], s => s.Exchange(s.Token(s.Job with { JobWorkflowRef = "acme/flows/.github/workflows/build.yml@refs/heads/main" })), TrustWith($$"""{ "StringEquals": { "{{Host}}:job_workflow_ref": "acme/flows/.github/workflows/deploy.yml@refs/heads/main" } }""")),
        ["workflow file at another ref"] = Denied(["but at `refs/heads/main`"], s => s.Exchange(s.Token(s.Job with { JobWorkflowRef = "acme/flows/.github/workflows/deploy.yml@refs/heads/main" })), TrustWith($$"""{ "StringEquals": { "{{Host}}:job_workflow_ref": "acme/flows/.github/workflows/deploy.yml@refs/tags/v1" } }""")),
        ["ids joined as announced in April"] = Denied(["joins the ids with `-`"], s => s.Exchange(s.Token(s.Job with { ImmutableSubject = true })), Trust("repo:octo-org-123456/site-456789:ref:refs/heads/main")),
        ["another actor"] = Denied(["`hubot`", "`octocat`"], s => s.Exchange(s.Token(s.Job with { Actor = "hubot" })), TrustWith($$"""{ "StringEquals": { "{{Host}}:actor": "octocat" } }""")),
        ["key misspelt"] = Denied(["no GitHub token has a claim `subb`"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEquals": { "{{Host}}:subb": "repo:octo-org/site:ref:refs/heads/main" } }""")),
        ["operator misspelt"] = Denied(["`StringEqual`"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEqual": { "{{Host}}:sub": "repo:octo-org/site:ref:refs/heads/main" } }""")),
        ["branch without its full name"] = Denied(["`main` is not the full name of the ref"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEquals": { "{{Host}}:ref": "main" } }""")),
        ["session name of the policy"] = Denied(["sts:RoleSessionName", "`GitHubActions`"], s => s.Exchange(s.Token()), TrustWith("""{ "StringEquals": { "sts:RoleSessionName": "deploy" } }""")),
        ["after the policy's last day"] = Denied(["aws:CurrentTime", "2020-01-01T00:00:00Z"], s => s.Exchange(s.Token()), TrustWith("""{ "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }""")),
        ["principal that is no provider"] = Denied(["names no web identity"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace($"\"Federated\": \"{Sandbox.ProviderArn}\"", "\"AWS\": \"*\"", StringComparison.Ordinal)),
        ["subject without ref:"] = Denied(["`refs/heads/main` is no context of a subject"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:refs/heads/main")),
        ["ref misspelt"] = Denied(["`refs/head/main` is no ref"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:ref:refs/head/main")),
        ["address of the repository"] = Denied(["has the repository's address"], s => s.Exchange(s.Token()), Trust("repo:https://github.com/octo-org/site:ref:refs/heads/main")),
        ["organization of the caller"] = Denied(["`aws:PrincipalOrgID` is never there for a caller with a token"], s => s.Exchange(s.Token()), TrustWith("""{ "StringEquals": { "aws:PrincipalOrgID": "o-example" } }""")),
        ["external id"] = Denied(["only `sts:AssumeRole` takes an external id"], s => s.Exchange(s.Token()), TrustWith("""{ "StringEquals": { "sts:ExternalId": "abc" } }""")),
        ["key with a slash"] = Denied(["has a slash after the provider's host"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEquals": { "{{Host}}/:sub": "repo:octo-org/site:ref:refs/heads/main" } }""")),
        ["provider with a slash"] = Denied(["has a slash at its end"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace($"oidc-provider/{Host}", $"oidc-provider/{Host}/", StringComparison.Ordinal)),
        ["two conditions at once"] = Denied(["branch `main`", "besides", "`octo-org/web`"], s => s.Exchange(s.Token()), TrustWith($$"""{ "StringEquals": { "{{Host}}:sub": "repo:octo-org/site:ref:refs/heads/release", "{{Host}}:repository": "octo-org/web" } }""")),
        ["Deny of what is absent"] = Denied(["denied by statement 2", "the job names no environment", "and only `production` is spared"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("""
              }]
            }
            """, """
              }, { "Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": { "StringNotEquals": { "token.actions.githubusercontent.com:environment": "production" } } }]
            }
            """, StringComparison.Ordinal)),
        ["the closest of four statements"] = Denied(["statement `Site`", "branch `release`"], s => s.Exchange(s.Token()), Four),
        ["key id that is no string"] = new("InvalidIdentityToken", ["`kid` that is no string: `5`"], s => s.Exchange(Forge(s, """{"alg":"RS256","kid":5}"""))),
        ["duration that is no number"] = new("MalformedInput", ["`DurationSeconds` is `an hour`", "no whole number"], s => s.Exchange(s.Token(), ("DurationSeconds", "an hour"))),
        ["session policy too long"] = new("ValidationError", ["`Policy` has 2049 characters"], s => s.Exchange(s.Token(), ("Policy", new string(' ', 2049)))),
        ["managed session policy that is no ARN"] = new("ValidationError", ["`ReadOnlyAccess`, which is no ARN"], s => s.Exchange(s.Token(), ("PolicyArns.member.1.arn", "ReadOnlyAccess"))),
        ["white space in the subject"] = Denied(["white space around it"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site:ref:refs/heads/main ")),
        ["subject without its context"] = Denied(["ends with the repository"], s => s.Exchange(s.Token()), Trust("repo:octo-org/site")),
        ["environment with a colon"] = Denied(["%3A"], s => s.Exchange(s.Token(s.Job with { Environment = "prod:eu" })), Trust("repo:octo-org/site:environment:prod:eu")),
        ["Deny of one branch"] = Denied(["denied by statement 2", "refs/heads/main"], s => s.Exchange(s.Token()), Sandbox.MainOnly.Replace("""
              }]
            }
            """, """
              }, { "Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": { "StringNotEquals": { "token.actions.githubusercontent.com:ref": "refs/heads/release" } } }]
            }
            """, StringComparison.Ordinal)),
        ["transitive tag that is none"] = new("InvalidIdentityToken", ["session tags"], s => s.Exchange(Signed(s, Claims(s, """,{"https://aws.amazon.com/tags":{"principal_tags":{"Squad":["blue"]},"transitive_tag_keys":["Team"]}}""")))),
        ["tag with a character that tags have not"] = new("InvalidIdentityToken", ["session tags", "has a value with a character"], s => s.Exchange(Signed(s, Claims(s, """,{"https://aws.amazon.com/tags":{"principal_tags":{"Squad":["blue;red"]}}}""")))),
        ["source identity malformed"] = new("InvalidIdentityToken", ["source identity"], s => s.Exchange(Signed(s, Claims(s, """,{"https://aws.amazon.com/source_identity":"a b"}""")))),
        ["issuer unreachable"] = new("InvalidIdentityToken", ["keys of issuer `https://issuer.invalid` cannot be fetched"], s =>
        {
            s.Put(new OidcProvider { Account = Sandbox.Account, Issuer = "https://issuer.invalid", ClientIds = ["sts.amazonaws.com"], CreatedAt = default });
            return s.Exchange(Signed(s, Claims(s, "").Replace(IssuerUrl.GitHub, "https://issuer.invalid", StringComparison.Ordinal)));
        }),
    };

    public static TheoryData<string> Names => [.. Causes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_first_line_names_the_cause(string name)
    {
        var cause = Causes[name];
        await using var sandbox = new Sandbox(cause.Trust ?? Sandbox.MainOnly);
        var answer = await cause.Ask(sandbox);
        Assert.Equal(cause.Code, answer.Code);
        foreach (var word in cause.Words)
        {
            Assert.Contains(word, answer.Summary, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\n', answer.Summary);
        Assert.InRange(DecisionText.Render(answer.Stored).IndexOf('\n', StringComparison.Ordinal), 1, FirstLine.Longest);
        Assert.DoesNotContain("...", answer.Summary.Replace("ghs_...", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotEmpty(answer.Help ?? "");
        Assert.False(answer.Record.GetProperty("decision").GetProperty("allowed").GetBoolean());
        if (cause.Code == "AccessDenied" && !name.Contains("provider id", StringComparison.Ordinal))
        {
            Assert.Equal("Not authorized to perform sts:AssumeRoleWithWebIdentity", answer.Message);
        }
    }

    [Fact]
    public void There_are_more_than_twenty_five() => Assert.True(Causes.Count > 25, Causes.Count.ToString(CultureInfo.InvariantCulture));

    [Fact]
    public async Task No_token_and_no_secret_is_recorded()
    {
        await using var sandbox = new Sandbox();
        var token = sandbox.Token();
        var answer = await sandbox.Exchange(token);
        var record = answer.Record.GetRawText();
        Assert.DoesNotContain(token.Split('.')[2], record, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Value("SecretAccessKey")!, record, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Value("SessionToken")!, record, StringComparison.Ordinal);
    }

    private static string Four
    {
        get
        {
            var statements = new[] { ("Api", "repo:octo-org/api:ref:refs/heads/main"), ("Docs", "repo:octo-org/docs:environment:production"), ("Site", "repo:octo-org/site:ref:refs/heads/release"), ("Other", "repo:acme/other:pull_request") }
                .Select(pair => $$"""{ "Sid": "{{pair.Item1}}", "Effect": "Allow", "Principal": { "Federated": "{{Sandbox.ProviderArn}}" }, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": { "StringEquals": { "{{Host}}:sub": "{{pair.Item2}}" } } }""");
            return $$"""{ "Version": "2012-10-17", "Statement": [{{string.Join(", ", statements)}}] }""";
        }
    }

    /// <summary>Every refusal of a policy says what to change, all of it.</summary>
    [Theory]
    [InlineData("""{ "StringNotEquals": { "~:actor": "octocat" } }""", "if `octocat` is meant, take it out of the values for `~:actor`")]
    [InlineData("""{ "StringEquals": { "~:actor": "hubot", "~:repository_id": "1" } }""", "if `octocat` is meant, admit it for `~:actor`; and if `456789` is meant, admit it for `~:repository_id`")]
    [InlineData("""{ "Bool": { "aws:SecureTransport": "true" } }""", "call over https")]
    [InlineData("""{ "Null": { "~:sub": "true" } }""", "do not ask for `~:sub` to be absent")]
    [InlineData("""{ "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }""", "if `2027-01-15T08:00:00Z` is meant, widen the condition on `aws:CurrentTime`")]
    public async Task The_help_is_the_whole_change(string condition, string help)
    {
        await using var sandbox = new Sandbox(TrustWith(condition.Replace("~", Host, StringComparison.Ordinal)));
        Assert.Equal(help.Replace("~", Host, StringComparison.Ordinal), (await sandbox.Exchange(sandbox.Token())).Help);
    }

    private static Cause Denied(string[] words, Func<Sandbox, Task<Answer>> ask, string? trust = null) => new("AccessDenied", words, ask, trust);

    private static string Trust(string subject, string op = "StringLike") =>
        Sandbox.MainOnly.Replace("repo:octo-org/site:ref:refs/heads/main", subject, StringComparison.Ordinal).Replace("StringLike", op, StringComparison.Ordinal)
            .Replace("\"StringEquals\": { \"token.actions.githubusercontent.com:aud\": \"sts.amazonaws.com\" },\n      \"StringEquals\"", "\"StringEquals\"", StringComparison.Ordinal);

    private static string TrustOf(string[] subjects) =>
        TrustWith($$"""{ "StringEquals": { "{{Host}}:sub": [{{string.Join(", ", subjects.Select(subject => $"\"{subject}\""))}}] } }""");

    private static string TrustWith(string condition) => $$"""
        { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Federated": "{{Sandbox.ProviderArn}}" }, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{condition}} }] }
        """;

    /// <summary>The usual claims, with the members of a second object added.</summary>
    private static string Claims(Sandbox sandbox, string more)
    {
        var claims = Encoding.UTF8.GetString(Base64UrlText.Decode(sandbox.Token().Split('.')[1])!);
        return more.Length == 0 ? claims : claims[..^1] + "," + more[2..];
    }

    /// <summary>Any claims, signed by the sandbox's own key: the pinned issuer publishes it.</summary>
    private static string Signed(Sandbox sandbox, string claims) => sandbox.Sign(claims);

    private static string Forge(Sandbox sandbox, string header, string? signature = null)
    {
        var parts = sandbox.Token().Split('.');
        return $"{Base64UrlText.Encode(Encoding.UTF8.GetBytes(header))}.{parts[1]}.{signature ?? parts[2]}";
    }
}
