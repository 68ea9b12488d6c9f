using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Server.Audit;
using Keyless.Server.Oidc;
using Keyless.Server.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Server.Tests.Oidc;

public sealed class IssuerTests : IAsyncDisposable
{
    private static readonly JobFacts Job = new() { Repository = "octo-org/site", OwnerId = "7", RepositoryId = "8" };
    private static readonly TokenAccessAnswer Granted = new(Granted: true, "job `deploy` has `id-token: write`");

    private readonly HeldClock _clock = new();
    private readonly AuditLog _audit = AuditLog.Open(null);
    private readonly SigningKeys _keys;
    private readonly IssuerSettingsFile _settings = new(null);
    private readonly TokenIssuer _issuer;
    private readonly JobTokens _jobs;
    private readonly OidcSite _site;

    public IssuerTests()
    {
        _keys = new SigningKeys(null, MasterKey.Ephemeral(), _clock);
        _issuer = new TokenIssuer(_keys, _settings, _clock, () => IssuerUrl.GitHub);
        _jobs = new JobTokens(_issuer, _audit, () => new Uri("http://127.0.0.1:4599"), _clock, NullLogger.Instance);
        _site = new OidcSite(_issuer, _keys, _jobs, new GitHubApi(_settings, _issuer.PrefixOf, "admin-token"));
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _audit.DisposeAsync();
    }

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
        _clock.Advance(SigningKeys.Overlap - TimeSpan.FromSeconds(2));
        Assert.NotNull(_keys.Verifying.Find(jwt.KeyId));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(_keys.Verifying.Find(jwt.KeyId));
        Assert.Equal(2, _keys.Published.Length);
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
    public void Processes_that_rotate_at_once_lose_no_key()
    {
        var folder = Directory.CreateTempSubdirectory("oidc-");
        try
        {
            var master = MasterKey.OfFolder(folder.FullName);
            var processes = Enumerable.Range(0, 4).Select(_ => new SigningKeys(folder.FullName, master, TimeProvider.System)).ToList();
            var tokens = new System.Collections.Concurrent.ConcurrentBag<string>();
            Parallel.ForEach(processes, keys =>
            {
                tokens.Add(keys.Sign("{}"u8));
                keys.Rotate();
                tokens.Add(keys.Sign("{}"u8));
            });
            using var fresh = new SigningKeys(folder.FullName, master, TimeProvider.System);
            Assert.Equal(2 + processes.Count, fresh.Published.Length);
            foreach (var jwt in tokens.Select(token => Jwt.Parse(token, out _)!))
            {
                Assert.True(fresh.Verifying.Find(jwt.KeyId)!.Verifies(jwt.Algorithm, jwt.SigningInput, jwt.Signature));
            }

            processes.ForEach(keys => keys.Dispose());
            File.WriteAllText(Path.Combine(folder.FullName, SigningKeys.FileName), "[{}]");
            using var damaged = new SigningKeys(folder.FullName, master, TimeProvider.System);
            Assert.Contains("is damaged", Assert.Throws<InvalidDataException>(() => damaged.Current).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Every_key_is_published_before_it_signs_through_any_number_of_rotations()
    {
        for (var i = 0; i < 5; i++)
        {
            var (_, jwks) = await Send("GET", "/_keyless/oidc/.well-known/jwks");
            var known = jwks.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).ToList();
            Assert.All(jwks.GetProperty("keys").EnumerateArray(), key => Assert.Equal(["kty", "alg", "use", "kid", "n", "e"], key.EnumerateObject().Select(member => member.Name)));
            _clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(TimeSpan.FromMinutes(10), _keys.Rotate());
            Assert.Contains(Jwt.Parse(_keys.Sign("{}"u8), out _)!.KeyId, known);
        }
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
        const string Auth = "token admin-token";
        const string Repository = "/api/v3/repos/octo-org/site/actions/oidc/customization/sub";
        Assert.Equal(201, (await Send("PUT", "/api/v3/orgs/octo-org/actions/oidc/customization/sub", Auth, """{"include_claim_keys":["repo","event_name"]}""")).Status);
        Assert.Equal("repo:octo-org/site:ref:refs/heads/main", _issuer.Issue(Job, null).Issued!.Subject);
        Assert.Equal(201, (await Send("PUT", Repository, Auth, """{"use_default":false}""")).Status);
        Assert.Equal("repo:octo-org/site:event_name:push", _issuer.Issue(Job, null).Issued!.Subject);
        Assert.Equal(201, (await Send("PUT", Repository, Auth, """{"use_default":false,"include_claim_keys":["repo","actor_id"],"use_immutable_subject":true}""")).Status);
        Assert.Equal("repo:octo-org@7/site@8:actor_id:583231", _issuer.Issue(Job, null).Issued!.Subject);
        var (_, got) = await Send("GET", Repository, Auth);
        Assert.Equal("""{"use_default":false,"include_claim_keys":["repo","actor_id"],"use_immutable_subject":true,"sub_claim_prefix":"repo:octo-org@7/site@8"}""", got.GetRawText());

        // PUT replaces: what is left out is off again.
        Assert.Equal(201, (await Send("PUT", Repository, Auth, """{"use_default":true}""")).Status);
        Assert.Equal("repo:octo-org/site:ref:refs/heads/main", _issuer.Issue(Job, null).Issued!.Subject);
        Assert.Equal("""{"use_default":true,"use_immutable_subject":false,"sub_claim_prefix":"repo:octo-org/site"}""", (await Send("GET", Repository, Auth)).Body.GetRawText());
        Assert.Equal("""{"include_claim_keys":["repo","context"]}""", (await Send("GET", "/api/v3/orgs/nobody/actions/oidc/customization/sub", Auth)).Body.GetRawText());
        Assert.Equal(204, (await Send("PUT", "/_keyless/github/enterprises/acme/actions/oidc/customization/issuer", Auth, """{"include_enterprise_slug":true}""")).Status);
        Assert.Equal(IssuerUrl.OfEnterprise("acme"), _issuer.Issue(Job with { Enterprise = "acme" }, null).Issued!.Issuer);
        Assert.Equal(IssuerUrl.GitHub, _issuer.Issue(Job, null).Issued!.Issuer);
    }

    [Theory]
    [InlineData("orgs/octo-org", "organization")]
    [InlineData("enterprises/acme", "enterprise")]
    public async Task Selected_properties_become_claims(string owner, string source)
    {
        const string Auth = "Bearer admin-token";
        var path = $"/api/v3/{owner}/actions/oidc/customization/properties/repo";
        var job = Job with { Enterprise = "acme", Properties = ImmutableSortedDictionary<string, string>.Empty.Add("team", "pay").Add("other", "x") };
        Assert.Equal("[]", (await Send("GET", path, Auth)).Body.GetRawText());
        var (created, body) = await Send("POST", path, Auth, """{"custom_property_name":"team"}""");
        Assert.Equal((201, $$"""{"custom_property_name":"team","inclusion_source":"{{source}}"}"""), (created, body.GetRawText()));
        Assert.Equal(422, (await Send("POST", path, Auth, """{"custom_property_name":"team"}""")).Status);
        var jwt = Jwt.Parse(_issuer.Issue(job, null).Token!, out _)!;
        Assert.NotNull(jwt.Claim("repo_property_team"u8));
        Assert.Null(jwt.Claim("repo_property_other"u8));
        Assert.Equal(204, (await Send("DELETE", path + "/team", Auth)).Status);
        Assert.Equal(404, (await Send("DELETE", path + "/team", Auth)).Status);
    }

    [Theory]
    [InlineData("GET", "repos/o/r", null, null, 401, "Requires authentication")]
    [InlineData("GET", "repos/o/r", null, "token wrong", 401, "Bad credentials")]
    [InlineData("GET", "repos/o/r", null, "Basic admin-token", 401, "Bad credentials")]
    [InlineData("DELETE", "repos/o/r", null, "token admin-token", 404, "Not Found")]
    [InlineData("PUT", "repos/o", "{}", "token admin-token", 404, "Not Found")]
    [InlineData("PUT", "repos/o/r", "{", "token admin-token", 400, "Problems parsing JSON")]
    [InlineData("PUT", "repos/o/r", "[]", "token admin-token", 400, "Body should be a JSON object")]
    [InlineData("PUT", "repos/o/r", "", "token admin-token", 422, "Invalid request.\n\n\"use_default\" wasn't supplied.")]
    [InlineData("PUT", "repos/o/r", "{}", "token admin-token", 422, "Invalid request.\n\n\"use_default\" wasn't supplied.")]
    [InlineData("PUT", "repos/o/r", """{"use_default":"yes"}""", "token admin-token", 422, "Invalid request.\n\nFor 'properties/use_default', \"yes\" is not a boolean.")]
    [InlineData("PUT", "repos/o/r", """{"use_default":false,"use_immutable_subject":1}""", "token admin-token", 422, "Invalid request.\n\nFor 'properties/use_immutable_subject', 1 is not a boolean.")]
    [InlineData("PUT", "repos/o/r", """{"use_default":false,"include_claim_keys":"repo"}""", "token admin-token", 422, "Invalid request.\n\nFor 'properties/include_claim_keys', \"repo\" is not an array.")]
    [InlineData("PUT", "repos/o/r", """{"use_default":false,"include_claim_keys":["repo",1]}""", "token admin-token", 422, "Invalid request.\n\nFor 'properties/include_claim_keys/1', 1 is not a string.")]
    [InlineData("PUT", "repos/o/r", """{"use_default":false,"include_claim_keys":["repository"]}""", "token admin-token", 422, "claim key `repository` is not accepted: write `repo`")]
    [InlineData("PUT", "repos/o/r", """{"use_default":false,"include_claim_keys":["repo","repo"]}""", "token admin-token", 422, "claim key `repo` occurs twice")]
    [InlineData("PUT", "orgs/o", "{}", "token admin-token", 422, "Invalid request.\n\n\"include_claim_keys\" wasn't supplied.")]
    public async Task The_REST_paths_refuse_as_GitHub_does(string method, string owner, string? body, string? authorization, int status, string message)
    {
        var (answered, error) = await Send(method, $"/api/v3/{owner}/actions/oidc/customization/sub", authorization, body);
        Assert.Equal((status, message), (answered, error.GetProperty("message").GetString()));
        Assert.StartsWith("https://docs.github.com/", error.GetProperty("documentation_url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_bounded() =>
        Assert.Equal(413, (await Send("PUT", "/api/v3/repos/o/r/actions/oidc/customization/sub", "token admin-token", new string(' ', 70_000))).Status);

    [Theory]
    [InlineData("&audience=", 200, "https://github.com/octo-org")]
    [InlineData("&audience=a%20b%26c%3Fd", 200, "a b&c?d")]
    [InlineData("&audience=%C3%BC%E2%82%AC", 200, "ü€")]
    [InlineData("&audience=a&audience=b", 400, "names 2 audiences")]
    [InlineData("&audience=<1001>", 400, "more than 1000")]
    public async Task An_audience_is_taken_as_it_comes(string query, int status, string expected)
    {
        using var job = _jobs.Register(Job, Granted);
        var (answered, body) = await Send("GET", TargetOf(job, query.Replace("<1001>", new string('x', 1001), StringComparison.Ordinal)), "bearer " + job.RequestToken);
        Assert.Equal(status, answered);
        if (status == 200)
        {
            var jwt = Jwt.Parse(body.GetProperty("value").GetString()!, out _)!;
            Assert.Equal(expected, jwt.Text(jwt.Claim("aud"u8)!.Value));
        }
        else
        {
            Assert.Contains(expected, body.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_job_is_refused_is_recorded_with_its_cause()
    {
        _settings.Change(current => current with { Repositories = current.Repositories.SetItem("octo-org/site", new RepositorySettings { Subject = new(UseDefault: false, ["repo", "environment"]) }) });
        using var job = _jobs.Register(Job, Granted);
        Assert.Equal(400, (await Send("GET", TargetOf(job), "bearer " + job.RequestToken)).Status);
        using var reader = AuditReader.Open(_audit.Source);
        var line = DecisionText.Line(reader.Last(allowed: false)!);
        Assert.Contains("RequestIDToken BadRequest: the subject template of `octo-org/site` contains `environment`", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_kept_in_a_file_and_edits_count_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("oidc-");
        try
        {
            var settings = new IssuerSettings
            {
                Organizations = IssuerSettings.None.Organizations.SetItem("o", new OwnerSettings { Properties = ["team"], Enterprise = "acme", EnterpriseId = "2" }),
                Repositories = IssuerSettings.None.Repositories.SetItem("o/r", new RepositorySettings
                {
                    Subject = new(UseDefault: false, ["repo", "actor"]) { UseImmutableSubject = true },
                    Properties = ImmutableSortedDictionary<string, string>.Empty.Add("team", "pay"),
                    ProtectedRefs = ["main", "release/*"],
                }),
                Mapping = new ClaimMapping { Tags = [new("Repository", "{repository}")], SourceIdentity = "{actor}" },
            };
            Assert.Empty(new IssuerSettingsFile(folder.FullName).Change(_ => settings));
            var file = new IssuerSettingsFile(folder.FullName);
            var job = file.Read().Settings!.Apply(new JobFacts { Repository = "O/R", Ref = "refs/heads/release/1" });
            Assert.Equal(["repo", "actor"], job.SubjectTemplate);
            Assert.Equal((true, true, "acme", "2", "pay"), (job.ImmutableSubject, job.RefProtected, job.Enterprise, job.EnterpriseId, job.Properties["team"]));

            var path = Path.Combine(folder.FullName, IssuerSettingsFile.FileName);
            File.WriteAllText(path, "{\"repositories\":{\"o/r\":{\"use_default\":1}}}");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
            Assert.Equal("oidc.json:1:39: `use_default` wants `true` or `false`", IssuerSettingsFile.Line(file.Read().Problems));
            Assert.NotEmpty(file.Change(current => current));
            Assert.Contains("\"use_default\":1", File.ReadAllText(path), StringComparison.Ordinal);
            var (token, _, fault) = new TokenIssuer(_keys, file, _clock, () => IssuerUrl.GitHub).Issue(Job, null);
            Assert.Null(token);
            Assert.Contains("oidc.json:1:39:", fault!.Reason, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("""{"a":{}}""", "1:2: `a` is no section; expected one of organizations, repositories, enterprises, mapping")]
    [InlineData("""{"repositorys":{}}""", "1:2: `repositorys` is no section; write `repositories`")]
    [InlineData("""{"repositories":{"site":{}}}""", "1:18: `site` is no repository; write `owner/name`")]
    [InlineData("""{"repositories":{"o/r":{},"O/R":{}}}""", "`O/R` occurs twice")]
    [InlineData("""{"organizations":{"o":{"include_claim_keys":["actr"]}}}""", "claim key `actr` is no claim of a GitHub token; did you mean `actor`?")]
    [InlineData("""{"mapping":{"tags":{"Repo":"{repositry}"}}}""", "1:28: `{repositry}` is no claim of a token; write `{repository}`")]
    [InlineData("""{"mapping":{"source_identity":"{actor"}}""", "`{` is never closed in `{actor`")]
    [InlineData("""{"mapping":{"roles":"x"}}""", "`roles` wants a list of texts")]
    [InlineData("""{"enterprises":{"a":{"include_enterprise_slug":"yes"}}}""", "`include_enterprise_slug` wants `true` or `false`")]
    [InlineData("""{"organizations":[]""", "oidc.json:1:1: ")]
    public void A_mistake_in_the_settings_is_told_with_its_place(string text, string problem)
    {
        var folder = Directory.CreateTempSubdirectory("oidc-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, IssuerSettingsFile.FileName), text);
            var (settings, problems) = new IssuerSettingsFile(folder.FullName).Read();
            Assert.Null(settings);
            Assert.Contains(problem, IssuerSettingsFile.Line(problems), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_mapped_claim_whose_source_is_absent_is_left_out_and_values_are_never_templates()
    {
        _settings.Change(current => current with { Mapping = new ClaimMapping { Tags = [new("Environment", "{environment}"), new("Workflow", "{workflow}")], TransitiveTagKeys = ["Environment", "Workflow"] } });
        Assert.Equal(
            """{"principal_tags":{"Workflow":["_repository_"]},"transitive_tag_keys":["Workflow"]}""",
            Raw(_issuer.Issue(Job with { Workflow = "{repository}" }, null).Token!, "https://aws.amazon.com/tags"u8));
        _settings.Change(current => current with { Mapping = new ClaimMapping { Roles = ["arn:aws:iam::1:role/{environment}", "arn:aws:iam::1:role/{ref_type}"] } });
        Assert.Equal("""["arn:aws:iam::1:role/branch"]""", Raw(_issuer.Issue(Job, null).Token!, "https://aws.amazon.com/roles"u8));
        _settings.Change(current => current with { Mapping = new ClaimMapping { Roles = ["arn:aws:iam::1:role/{environment}"] } });
        Assert.Contains("no role is left", _issuer.Issue(Job, null).Fault!.Reason, StringComparison.Ordinal);
    }

    private static string Raw(string token, ReadOnlySpan<byte> claim)
    {
        var jwt = Jwt.Parse(token, out _)!;
        return Encoding.UTF8.GetString(jwt.Raw(jwt.Claim(claim)!.Value));
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
