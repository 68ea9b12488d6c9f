using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Server.Oidc;
using Keyless.Server.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Server.Tests.Oidc;

public sealed class IssuerTests : IDisposable
{
    private static readonly JobFacts Job = new() { Repository = "octo-org/site", OwnerId = "7", RepositoryId = "8" };
    private static readonly TokenAccessAnswer Granted = new(Granted: true, "job `deploy` has `id-token: write`");

    private readonly HeldClock _clock = new();
    private readonly SigningKeys _keys;
    private readonly IssuerSettingsFile _settings = new(null);
    private readonly TokenIssuer _issuer;
    private readonly JobTokens _jobs;
    private readonly OidcSite _site;

    public IssuerTests()
    {
        _keys = new SigningKeys(null, MasterKey.Ephemeral(), _clock);
        _issuer = new TokenIssuer(_keys, _settings, _clock, () => IssuerUrl.GitHub);
        _jobs = new JobTokens(_issuer, () => new Uri("http://127.0.0.1:4599"), NullLogger.Instance);
        _site = new OidcSite(_issuer, _keys, _jobs, new GitHubApi(_settings, "admin-token"));
    }

    public void Dispose() => _keys.Dispose();

    private async Task<(int Status, JsonElement Body)> Send(string method, string target, string? authorization = null, string? body = null)
    {
        var http = new DefaultHttpContext();
        var question = target.IndexOf('?', StringComparison.Ordinal);
        http.Request.Method = method;
        http.Request.Path = question < 0 ? target : target[..question];
        http.Request.QueryString = new QueryString(question < 0 ? "" : target[question..]);
        if (authorization is not null)
        {
            http.Request.Headers.Authorization = authorization;
        }

        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body ?? ""));
        var written = new MemoryStream();
        http.Response.Body = written;
        Assert.True(_site.Owns(http));
        await _site.Serve(http);
        return (http.Response.StatusCode, written.Length == 0 ? default : JsonDocument.Parse(written.ToArray()).RootElement);
    }

    private static string TargetOf(RegisteredJob job, string more = "") => new Uri(job.RequestUrl).PathAndQuery + more;

    [Fact]
    public async Task A_running_job_gets_a_token_that_the_published_keys_verify()
    {
        using var job = _jobs.Register(Job, Granted);
        Assert.Contains("?", job.RequestUrl, StringComparison.Ordinal);
        var (status, body) = await Send("GET", TargetOf(job, "&audience=sts.amazonaws.com"), "bearer " + job.RequestToken);
        Assert.Equal(200, status);
        var jwt = Jwt.Parse(body.GetProperty("value").GetString()!, out _)!;
        Assert.Equal("sts.amazonaws.com", jwt.Text(jwt.Claim("aud"u8)!.Value));
        Assert.Equal(["alg", "kid", "typ", "x5t"], jwt.Headers.ToArray().Select(member => jwt.Name(member)));
        Assert.True(_keys.Verifying.Find(jwt.KeyId)!.Verifies(jwt.Algorithm, jwt.SigningInput, jwt.Signature));

        var (_, jwks) = await Send("GET", "/_keyless/oidc/.well-known/jwks");
        Assert.Equal(2, jwks.GetProperty("keys").GetArrayLength());
        Assert.Contains(jwks.GetProperty("keys").EnumerateArray(), key => key.GetProperty("kid").GetString() == jwt.KeyId);
    }

    [Fact]
    public async Task Without_an_audience_the_owners_page_is_the_audience()
    {
        using var job = _jobs.Register(Job, Granted);
        var (_, body) = await Send("GET", TargetOf(job), "Bearer " + job.RequestToken);
        var jwt = Jwt.Parse(body.GetProperty("value").GetString()!, out _)!;
        Assert.Equal("https://github.com/octo-org", jwt.Text(jwt.Claim("aud"u8)!.Value));
    }

    [Fact]
    public async Task Refusals_are_JSON_with_a_message_and_never_404()
    {
        using var job = _jobs.Register(Job, Granted);
        Assert.Equal(401, (await Send("GET", TargetOf(job))).Status);
        Assert.Equal(401, (await Send("GET", TargetOf(job), "Bearer wrong")).Status);
        Assert.Equal(405, (await Send("POST", TargetOf(job), "Bearer " + job.RequestToken)).Status);
        using var denied = _jobs.Register(Job, TokenAccess.Decide(new TokenAccessQuestion("push", [new TokenAccessLevel("w.yml", "deploy", IdTokenPermission.Unset, IdTokenPermission.Unset)])));
        var (status, body) = await Send("GET", TargetOf(denied), "Bearer " + denied.RequestToken);
        Assert.Equal(403, status);
        Assert.Contains("id-token: write", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        job.Dispose();
        var ended = await Send("GET", TargetOf(job), "Bearer " + job.RequestToken);
        Assert.Equal(403, ended.Status);
        Assert.Contains("while its job runs", ended.Body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_discovery_document_has_GitHubs_members_in_their_order()
    {
        var (_, body) = await Send("GET", "/_keyless/oidc/.well-known/openid-configuration");
        Assert.Equal(
            ["issuer", "jwks_uri", "subject_types_supported", "response_types_supported", "claims_supported", "id_token_signing_alg_values_supported", "scopes_supported"],
            body.EnumerateObject().Select(member => member.Name));
        Assert.Equal(IssuerUrl.GitHub + "/.well-known/jwks", body.GetProperty("jwks_uri").GetString());
        var (_, enterprise) = await Send("GET", "/_keyless/oidc/acme/.well-known/openid-configuration");
        Assert.Equal(IssuerUrl.OfEnterprise("acme"), enterprise.GetProperty("issuer").GetString());
    }

    [Fact]
    public async Task A_rotation_keeps_the_old_key_published_and_signs_with_the_one_that_was_known()
    {
        var before = _keys.Published;
        Assert.Equal(2, before.Length);
        var token = _keys.Sign("{}"u8);
        _clock.Advance(TimeSpan.FromHours(1));
        _keys.Rotate();
        var after = _keys.Published;
        Assert.Equal(3, after.Length);
        Assert.Equal(before[1].Id, _keys.Current.Id);
        var jwt = Jwt.Parse(token, out _)!;
        Assert.True(_keys.Verifying.Find(jwt.KeyId)!.Verifies(jwt.Algorithm, jwt.SigningInput, jwt.Signature));
        _clock.Advance(TimeSpan.FromDays(3));
        _keys.Rotate();
        Assert.Null(_keys.Verifying.Find(jwt.KeyId));
        await Task.CompletedTask;
    }

    [Fact]
    public void Keys_rotate_on_schedule()
    {
        var first = _keys.Current.Id;
        _clock.Advance(TimeSpan.FromDays(89));
        Assert.Equal(first, _keys.Current.Id);
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.NotEqual(first, _keys.Current.Id);
    }

    [Fact]
    public void Keys_are_kept_encrypted_and_shared_by_processes()
    {
        var folder = Directory.CreateTempSubdirectory("oidc-");
        try
        {
            var master = MasterKey.OfFolder(folder.FullName);
            using var one = new SigningKeys(folder.FullName, master, TimeProvider.System);
            var token = one.Sign("{}"u8);
            var text = File.ReadAllText(Path.Combine(folder.FullName, SigningKeys.FileName));
            Assert.DoesNotContain(Convert.ToBase64String(one.Current.Rsa.ExportPkcs8PrivateKey())[..40], text, StringComparison.Ordinal);
            using var other = new SigningKeys(folder.FullName, MasterKey.OfFolder(folder.FullName), TimeProvider.System);
            var jwt = Jwt.Parse(token, out _)!;
            Assert.True(other.Verifying.Find(jwt.KeyId)!.Verifies(jwt.Algorithm, jwt.SigningInput, jwt.Signature));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_REST_paths_change_the_subject_from_the_next_token_on()
    {
        const string auth = "token admin-token";
        Assert.Equal(401, (await Send("GET", "/_keyless/github/repos/octo-org/site/actions/oidc/customization/sub", "token wrong")).Status);
        Assert.Equal(201, (await Send("PUT", "/api/v3/orgs/octo-org/actions/oidc/customization/sub", auth, """{"include_claim_keys":["repo","context"]}""")).Status);
        Assert.Equal("repo:octo-org/site:ref:refs/heads/main", _issuer.Issue(Job, null).Issued!.Subject);
        Assert.Equal(201, (await Send("PUT", "/api/v3/repos/octo-org/site/actions/oidc/customization/sub", auth, """{"use_default":false,"include_claim_keys":["repo","actor_id"],"use_immutable_subject":true}""")).Status);
        Assert.Equal("repo:octo-org@7/site@8:actor_id:583231", _issuer.Issue(Job, null).Issued!.Subject);
        var (_, got) = await Send("GET", "/api/v3/repos/octo-org/site/actions/oidc/customization/sub", auth);
        Assert.False(got.GetProperty("use_default").GetBoolean());
        Assert.Equal("actor_id", got.GetProperty("include_claim_keys")[1].GetString());
        Assert.Equal(201, (await Send("PUT", "/api/v3/repos/octo-org/site/actions/oidc/customization/sub", auth, """{"use_default":true}""")).Status);
        Assert.Equal("repo:octo-org/site:ref:refs/heads/main", _issuer.Issue(Job, null).Issued!.Subject);
        Assert.Equal(422, (await Send("PUT", "/api/v3/repos/octo-org/site/actions/oidc/customization/sub", auth, """{"use_default":false,"include_claim_keys":["nonsense"]}""")).Status);
        Assert.Equal(422, (await Send("PUT", "/api/v3/repos/octo-org/site/actions/oidc/customization/sub", auth, "{}")).Status);
        Assert.Equal(204, (await Send("PUT", "/_keyless/github/enterprises/acme/actions/oidc/customization/issuer", auth, """{"include_enterprise_slug":true}""")).Status);
        Assert.Equal(IssuerUrl.OfEnterprise("acme"), _issuer.Issue(Job with { Enterprise = "acme" }, null).Issued!.Issuer);
        Assert.Equal(201, (await Send("POST", "/_keyless/github/orgs/octo-org/actions/oidc/customization/properties/repo", auth, """{"custom_property_name":"team"}""")).Status);
        var token = _issuer.Issue(Job with { Properties = ImmutableSortedDictionary<string, string>.Empty.Add("team", "pay").Add("other", "x") }, null).Token!;
        var jwt = Jwt.Parse(token, out _)!;
        Assert.NotNull(jwt.Claim("repo_property_team"u8));
        Assert.Null(jwt.Claim("repo_property_other"u8));
    }

    [Fact]
    public void Settings_are_kept_in_a_file_and_mistakes_are_named()
    {
        var folder = Directory.CreateTempSubdirectory("oidc-");
        try
        {
            var file = new IssuerSettingsFile(folder.FullName);
            file.Change(current => current with
            {
                Repositories = current.Repositories.SetItem("o/r", new SubjectCustomization(UseDefault: false, ["repo", "actor"]) { UseImmutableSubject = true }),
                Mapping = new ClaimMapping { Tags = [new("Repository", "{repository}")], SourceIdentity = "{actor}" },
            });
            var again = new IssuerSettingsFile(folder.FullName).Current;
            Assert.Equal(["repo", "actor"], again.Repositories["O/R"].IncludeClaimKeys);
            Assert.Equal("{repository}", again.Mapping.Tags[0].Value);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Contains(":1:", Assert.Throws<InvalidDataException>(() => IssuerSettingsFile.Parse("{\"a\""u8.ToArray(), "oidc.json")).Message, StringComparison.Ordinal);
        Assert.Contains("expected one of", Assert.Throws<InvalidDataException>(() => IssuerSettingsFile.Parse("{\"a\":{}}"u8.ToArray(), "oidc.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mapped_claims_are_what_AWS_accepts()
    {
        _settings.Change(current => current with { Mapping = new ClaimMapping { Tags = [new("Repository", "{repository}")], TransitiveTagKeys = ["Repository"], SourceIdentity = "{actor}", Roles = ["arn:aws:iam::123456789012:role/deploy"] } });
        var jwt = Jwt.Parse(_issuer.Issue(Job with { Actor = "dependabot[bot]" }, null).Token!, out _)!;
        Assert.Equal("""{"principal_tags":{"Repository":["octo-org/site"]},"transitive_tag_keys":["Repository"]}""", Encoding.UTF8.GetString(jwt.Raw(jwt.Claim("https://aws.amazon.com/tags"u8)!.Value)));
        Assert.Equal("dependabot_bot_", jwt.Text(jwt.Claim("https://aws.amazon.com/source_identity"u8)!.Value));
    }
}
