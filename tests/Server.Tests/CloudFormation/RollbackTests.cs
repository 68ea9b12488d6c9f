using System.Net;
using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Server;
using Keyless.Server.Aws;
using Keyless.Server.CloudFormation;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.CloudFormation;

/// <summary>Applies that fail, crash, replace and find things changed: what is left, and what is said.</summary>
public sealed class RollbackTests : IAsyncLifetime
{
    private const string Trust = """AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: "sts:AssumeRole" }] }""";

    private const string Policy = """{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*" }] }""";

    private const string Theirs = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    /// <summary>IAM refuses a principal that does not exist, which only IAM can know.</summary>
    private const string Stranger = """AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:role/nobody" }, Action: "sts:AssumeRole" }] }""";

    private TestServer _server = null!;
    private Stacks _stacks = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.Start(o => o with { Accounts = ["123456789012"] });
        _stacks = _server.Server.OpenStacks();
    }

    public async ValueTask DisposeAsync()
    {
        _stacks.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_failed_create_leaves_nothing()
    {
        var result = await Apply(
            $$"""
            Resources:
              Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site } }
              Deploy: { Type: "AWS::IAM::Role", DependsOn: Site, Properties: { RoleName: deploy, {{Stranger}} } }
            """);
        Assert.Equal("ROLLBACK_COMPLETE", result.Status);
        Assert.Equal(["CREATE_COMPLETE Site", "CREATE_FAILED Deploy", "rollback DELETE_COMPLETE Site"], Events(result));
        var problem = Assert.Single(result.Diagnostics);
        Assert.Equal(new SourcePosition(3, 3), problem.Start);
        Assert.StartsWith(
            "creating `Deploy` (AWS::IAM::Role `deploy`): `CreateRole` answered MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/nobody\"",
            problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("rolled back: `Site`", problem.Help, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await S3("HEAD", "/site")).Status);

        // Nothing of it is remembered either: mended, it is a new stack.
        Assert.Equal("CREATE_COMPLETE", (await Done("Resources:\n  Site: { Type: 'AWS::S3::Bucket', Properties: { BucketName: site } }")).Status);
    }

    [Fact]
    public async Task A_failed_update_returns_every_resource_to_what_it_was()
    {
        var before = $$"""
            Resources:
              One: { Type: "AWS::IAM::Role", Properties: { RoleName: one, Description: first, {{Trust}}, Tags: [{ Key: a, Value: "1" }], Policies: [{ PolicyName: p, PolicyDocument: {{Policy}} }] } }
              Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: { ManagedPolicyName: m, PolicyDocument: {{Policy}} } }
              Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site, WebsiteConfiguration: { IndexDocument: index.html } } }
              Two: { Type: "AWS::IAM::Role", DependsOn: [One, Managed, Site], Properties: { RoleName: two, {{Trust}} } }
            """;
        await Done(before);
        var documents = await Documents();
        var result = await Apply(
            $$"""
            Resources:
              One: { Type: "AWS::IAM::Role", Properties: { RoleName: one, Description: second, MaxSessionDuration: 7200, {{Trust}}, Tags: [{ Key: b, Value: "2" }], Policies: [{ PolicyName: q, PolicyDocument: {{Policy}} }] } }
              Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: { ManagedPolicyName: m, PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } } }
              Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site, VersioningConfiguration: { Status: Enabled } } }
              New: { Type: "AWS::S3::Bucket", Properties: { BucketName: another-site } }
              Two: { Type: "AWS::IAM::Role", DependsOn: [One, Managed, Site, New], Properties: { RoleName: two, {{Stranger}} } }
            """);
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", result.Status);
        Assert.Equal(
            [
                "UPDATE_COMPLETE One", "UPDATE_COMPLETE Managed", "UPDATE_COMPLETE Site", "CREATE_COMPLETE New", "UPDATE_FAILED Two",
                "rollback UPDATE_COMPLETE Two", "rollback DELETE_COMPLETE New", "rollback UPDATE_COMPLETE Site", "rollback UPDATE_COMPLETE Managed", "rollback UPDATE_COMPLETE One",
            ],
            Events(result));
        Assert.Equal(documents, await Documents());
        Assert.Empty((await Done(before)).Changes);

        async Task<string[]> Documents()
        {
            var role = await _server.Root.Iam("GetRole", "RoleName", "one");
            var policy = (await _server.Root.Iam("ListPolicies", "Scope", "Local"))["Arn"]!;
            var version = (await _server.Root.Iam("GetPolicy", "PolicyArn", policy))["DefaultVersionId"]!;
            return
            [
                role["Description"]!, role["MaxSessionDuration"]!, string.Join(',', role.All("Key")), string.Join(',', (await _server.Root.Iam("ListRolePolicies", "RoleName", "one")).All("member")),
                (await _server.Root.Iam("GetPolicyVersion", "PolicyArn", policy, "VersionId", version))["Document"]!,
                (await S3("GET", "/site?website=")).Body,
            ];
        }
    }

    [Fact]
    public async Task A_name_that_somebody_else_has_is_refused_before_anything_changes()
    {
        await _server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", Theirs, "Description", "theirs");
        var template = $$"""
            Resources:
              Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site } }
              Deploy: { Type: "AWS::IAM::Role", DependsOn: Site, Properties: { RoleName: deploy, {{Trust}} } }
            """;
        foreach (var plan in (bool[])[true, false])
        {
            var result = await _stacks.Apply(Request(template) with { PlanOnly = plan }, TestContext.Current.CancellationToken);
            var problem = Assert.Single(result.Diagnostics);
            Assert.Equal("`Deploy` cannot be created: the AWS::IAM::Role `deploy` exists already, and this stack did not make it", problem.Message);
            Assert.Empty(result.Events);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await S3("HEAD", "/site")).Status);
    }

    [Fact]
    public async Task A_name_that_somebody_takes_meanwhile_rolls_back_and_stays_theirs()
    {
        var template = $$"""
            Resources:
              Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site } }
              Deploy: { Type: "AWS::IAM::Role", DependsOn: Site, Properties: { RoleName: deploy, {{Trust}} } }
            """;
        var result = await _stacks.Apply(
            Request(template) with
            {
                OnPlan = _ => _server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", Theirs).Wait(),
            },
            TestContext.Current.CancellationToken);
        Assert.Equal("ROLLBACK_COMPLETE", result.Status);
        Assert.Contains("`CreateRole` answered EntityAlreadyExists: Role with name deploy already exists.", Assert.Single(result.Diagnostics).Message, StringComparison.Ordinal);
        Assert.Equal(200, (await _server.Root.Iam("GetRole", "RoleName", "deploy")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await S3("HEAD", "/site")).Status);
    }

    [Fact]
    public async Task A_resource_that_an_account_limit_stops_half_way_is_removed_again()
    {
        var managed = string.Join('\n', Enumerable.Range(0, 11).Select(i => $$"""  M{{i}}: { Type: "AWS::IAM::ManagedPolicy", Properties: { ManagedPolicyName: m{{i}}, PolicyDocument: {{Policy}} } }"""));
        var arns = string.Join(", ", Enumerable.Range(0, 11).Select(i => $"!Ref M{i}"));
        var result = await Apply($"Resources:\n{managed}\n  Deploy: {{ Type: 'AWS::IAM::Role', Properties: {{ RoleName: deploy, {Trust}, ManagedPolicyArns: [{arns}] }} }}");
        Assert.Equal("ROLLBACK_COMPLETE", result.Status);
        Assert.Contains("`AttachRolePolicy` answered LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10", Assert.Single(result.Diagnostics).Message, StringComparison.Ordinal);
        Assert.Equal("NoSuchEntity", (await _server.Root.Iam("GetRole", "RoleName", "deploy")).Error);
        Assert.Empty((await _server.Root.Iam("ListPolicies", "Scope", "Local")).All("Arn"));
    }

    [Fact]
    public async Task A_bucket_that_is_not_empty_is_deleted_by_the_next_apply_that_can()
    {
        await Done("Resources:\n  Site: { Type: 'AWS::S3::Bucket', Properties: { BucketName: site } }\n  Other: { Type: 'AWS::S3::Bucket', Properties: { BucketName: other } }");
        await S3("PUT", "/site/index.html", "hello");
        const string Without = "Resources:\n  Other: { Type: 'AWS::S3::Bucket', Properties: { BucketName: other } }";
        for (var time = 0; time < 2; time++)
        {
            var refused = await Apply(Without);
            Assert.Equal("UPDATE_COMPLETE", refused.Status);
            Assert.Equal(["DELETE_FAILED Site"], Events(refused));
            var problem = Assert.Single(refused.Diagnostics);
            Assert.Contains("deleting `Site` (AWS::S3::Bucket `site`) was refused: `DeleteBucket` answered BucketNotEmpty", problem.Message, StringComparison.Ordinal);
            Assert.Contains("`aws s3 rm --recursive s3://site`", problem.Help, StringComparison.Ordinal);
        }

        await S3("DELETE", "/site/index.html");
        Assert.Equal(["DELETE_COMPLETE Site"], Events(await Done(Without)));
        Assert.Empty((await Done(Without)).Changes);
    }

    [Fact]
    public async Task What_could_not_be_deleted_is_taken_back_when_the_template_has_it_again()
    {
        const string With = "Resources:\n  Site: { Type: 'AWS::S3::Bucket', Properties: { BucketName: site, Tags: [{ Key: a, Value: b }] } }\n  Other: { Type: 'AWS::S3::Bucket', Properties: { BucketName: other } }";
        await Done(With);
        await S3("PUT", "/site/index.html", "hello");
        Assert.True((await Apply("Resources:\n  Other: { Type: 'AWS::S3::Bucket', Properties: { BucketName: other } }")).Failed);
        await Done(With);
        Assert.Equal("hello", (await S3("GET", "/site/index.html")).Body);
        Assert.Empty((await Done(With)).Changes);
    }

    [Theory]
    [InlineData("CREATE_COMPLETE Site")]
    [InlineData("CREATE_COMPLETE Deploy")]
    public async Task A_crash_while_creating_is_undone_by_the_next_apply(string at)
    {
        var template = $$"""
            Resources:
              Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site } }
              Deploy: { Type: "AWS::IAM::Role", DependsOn: Site, Properties: { RoleName: deploy, {{Trust}} } }
            """;
        await Crash(template, at);

        // A plan says so and changes nothing; then the next apply, of whatever template, begins where the stack was before.
        var plan = await _stacks.Apply(Request(template) with { PlanOnly = true }, TestContext.Current.CancellationToken);
        Assert.False(plan.Failed, TextRenderer.Render(plan.Diagnostics));
        Assert.Equal("the next apply first undoes what that one did", Assert.Single(plan.Diagnostics).Help);
        Assert.Equal(2, plan.Changes.Length);

        var result = await Done("Resources:\n  Elsewhere: { Type: 'AWS::S3::Bucket', Properties: { BucketName: elsewhere } }");
        Assert.StartsWith("an earlier apply of this stack was interrupted while it changed `Site`", Assert.Single(result.Diagnostics).Message, StringComparison.Ordinal);
        Assert.Equal("CREATE_COMPLETE", result.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await S3("HEAD", "/site")).Status);
        Assert.Equal("NoSuchEntity", (await _server.Root.Iam("GetRole", "RoleName", "deploy")).Error);
        Assert.Empty((await Done("Resources:\n  Elsewhere: { Type: 'AWS::S3::Bucket', Properties: { BucketName: elsewhere } }")).Diagnostics);
    }

    [Fact]
    public async Task A_crash_while_changing_or_while_rolling_back_loses_nothing()
    {
        var before = $$"""Resources: { One: { Type: "AWS::IAM::Role", Properties: { RoleName: one, Description: first, {{Trust}} } }, Two: { Type: "AWS::IAM::Role", DependsOn: One, Properties: { RoleName: two, Description: first, {{Trust}} } } }""";
        await Done(before);
        await Crash(before.Replace("first", "second", StringComparison.Ordinal), "UPDATE_COMPLETE Two");
        Assert.Equal("second", (await _server.Root.Iam("GetRole", "RoleName", "two"))["Description"]);

        // The next one crashes while it undoes that, the one after it does the rest.
        await Crash(before, "rollback UPDATE_COMPLETE Two");
        Assert.Equal("second", (await _server.Root.Iam("GetRole", "RoleName", "one"))["Description"]);
        Assert.Empty((await Done(before)).Changes);
        Assert.Equal("first", (await _server.Root.Iam("GetRole", "RoleName", "one"))["Description"]);
        Assert.Equal("first", (await _server.Root.Iam("GetRole", "RoleName", "two"))["Description"]);
    }

    [Fact]
    public async Task A_crash_while_deleting_goes_on_with_the_next_apply()
    {
        await Done("Resources: { One: { Type: 'AWS::S3::Bucket', Properties: { BucketName: one-bucket } }, Two: { Type: 'AWS::S3::Bucket', Properties: { BucketName: two-bucket } } }");
        await Crash("Resources: {}", "DELETE_COMPLETE Two");
        var result = await Done("Resources: {}");
        Assert.Equal("DELETE_COMPLETE", result.Status);
        Assert.Equal(["DELETE_COMPLETE One"], Events(result));
    }

    [Fact]
    public async Task A_rollback_that_is_refused_is_finished_by_the_next_apply()
    {
        var template = $$"""Resources: { Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site } }, Deploy: { Type: "AWS::IAM::Role", DependsOn: Site, Properties: { RoleName: deploy, {{Stranger}} } } }""";
        var result = await _stacks.Apply(
            Request(template) with { OnEvent = e => { if (e.Status == "CREATE_COMPLETE") { S3("PUT", "/site/early.html", "x").Wait(); } } }, TestContext.Current.CancellationToken);
        Assert.Equal("ROLLBACK_FAILED", result.Status);
        Assert.Equal(2, result.Diagnostics.Length);
        Assert.Contains("rolling back `Site` (AWS::S3::Bucket `site`): `DeleteBucket` answered BucketNotEmpty", result.Diagnostics[1].Message, StringComparison.Ordinal);

        var stuck = await Apply("Resources: {}");
        Assert.Equal("UPDATE_ROLLBACK_FAILED", stuck.Status);
        await S3("DELETE", "/site/early.html");
        await Done("Resources: {}");
        Assert.Equal(HttpStatusCode.NotFound, (await S3("HEAD", "/site")).Status);
    }

    [Fact]
    public async Task A_cancelled_apply_is_rolled_back()
    {
        using var cancellation = new CancellationTokenSource();
        var result = await _stacks.Apply(
            Request("Resources: { One: { Type: 'AWS::S3::Bucket', Properties: { BucketName: one-bucket } }, Two: { Type: 'AWS::S3::Bucket', DependsOn: One, Properties: { BucketName: two-bucket } } }")
                with { OnEvent = _ => cancellation.Cancel() },
            cancellation.Token);
        Assert.Equal("apply-cancelled", Assert.Single(result.Diagnostics).Id);
        Assert.Equal("ROLLBACK_COMPLETE", result.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await S3("HEAD", "/one-bucket")).Status);
    }

    [Fact]
    public async Task Two_applies_at_once_do_not_meet()
    {
        StackResult? inner = null;
        await _stacks.Apply(
            Request("Resources: { One: { Type: 'AWS::S3::Bucket', Properties: { BucketName: one-bucket } } }") with { OnPlan = _ => inner = Apply("Resources: {}").Result },
            TestContext.Current.CancellationToken);
        Assert.Equal("apply-busy", Assert.Single(inner!.Diagnostics).Id);
    }

    [Theory]
    [InlineData("Retain", true)]
    [InlineData("RetainExceptOnCreate", false)]
    [InlineData("Delete", false)]
    public async Task A_deletion_policy_decides_what_a_failed_create_leaves(string policy, bool left)
    {
        var result = await Apply($$"""Resources: { Site: { Type: "AWS::S3::Bucket", DeletionPolicy: {{policy}}, Properties: { BucketName: site } }, Deploy: { Type: "AWS::IAM::Role", DependsOn: Site, Properties: { RoleName: deploy, {{Stranger}} } } }""");
        Assert.Equal($"rollback {(left ? "DELETE_SKIPPED" : "DELETE_COMPLETE")} Site", Events(result)[^1]);
        Assert.Equal(left, (await S3("HEAD", "/site")).Status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Retain", true)]
    [InlineData("Delete", false)]
    public async Task A_replacement_makes_the_new_one_before_it_deletes_the_old_one(string policy, bool kept)
    {
        string Template(string name) => $$"""Resources: { Site: { Type: "AWS::S3::Bucket", DeletionPolicy: Retain, UpdateReplacePolicy: {{policy}}, Properties: { BucketName: {{name}} } } }""";
        await Done(Template("first-site"));
        var result = await Done(Template("second-site"));
        var change = Assert.Single(result.Changes);
        Assert.Equal((ChangeKind.Replace, "first-site", "second-site"), (change.Kind, change.ReplacedId, change.PhysicalId));
        Assert.Equal(["BucketName"], change.Replacing);
        Assert.Equal(["UPDATE_COMPLETE Site", kept ? "DELETE_SKIPPED Site" : "DELETE_COMPLETE Site"], Events(result));
        Assert.Equal(kept, (await S3("HEAD", "/first-site")).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_replacement_that_would_keep_its_name_is_refused_and_one_with_a_generated_name_gets_another()
    {
        string Template(string path, string name) => $$"""Resources: { Deploy: { Type: "AWS::IAM::Role", Properties: { Path: {{path}}, {{name}} {{Trust}} } } }""";
        await Done(Template("/a/", "RoleName: deploy,"));
        var refused = Assert.Single((await Apply(Template("/b/", "RoleName: deploy,"))).Diagnostics);
        Assert.Equal("template-replacement-named", refused.Id);
        Assert.Contains("cannot update a stack when a custom-named resource requires replacing", refused.Help, StringComparison.Ordinal);

        await Done(Template("/a/", ""));
        var generated = (await Done(Template("/a/", ""))).Changes;
        Assert.Empty(generated);
        var replaced = Assert.Single((await Done(Template("/b/", ""))).Changes);
        Assert.NotEqual(replaced.ReplacedId, replaced.PhysicalId);
        Assert.Empty((await Done(Template("/b/", ""))).Changes);
        Assert.Equal("/b/", Assert.Single((await _server.Root.Iam("ListRoles")).All("Path")));
    }

    [Fact]
    public async Task A_changed_type_is_refused_at_its_place()
    {
        await Done("Resources: { Thing: { Type: 'AWS::S3::Bucket' } }");
        var problem = Assert.Single((await Apply("Resources: { Thing: { Type: 'AWS::IAM::User' } }")).Diagnostics);
        Assert.Equal("`Thing` is an AWS::S3::Bucket in this stack and cannot become an AWS::IAM::User", problem.Message);
        Assert.Equal(29, problem.Start.Column);
    }

    [Fact]
    public async Task What_was_deleted_outside_the_stack_is_made_again()
    {
        var template = $$"""Resources: { Deploy: { Type: "AWS::IAM::Role", Properties: { RoleName: deploy, {{Trust}} } }, Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site } }, Public: { Type: "AWS::IAM::RolePolicy", Properties: { RoleName: !Ref Deploy, PolicyName: p, PolicyDocument: {{Policy}} } } }""";
        await Done(template);
        await _server.Root.Iam("DeleteRolePolicy", "RoleName", "deploy", "PolicyName", "p");
        await _server.Root.Iam("DeleteRole", "RoleName", "deploy");
        await S3("DELETE", "/site");
        var changes = (await Done(template)).Changes;
        Assert.Equal(3, changes.Length);
        Assert.All(changes, change => Assert.True(change is { Kind: ChangeKind.Create, WasGone: true }));
        Assert.Empty((await Done(template)).Changes);
    }

    [Fact]
    public async Task What_was_changed_outside_the_stack_is_named_and_set_back()
    {
        var template = $$"""
            Resources:
              GitHub: { Type: "AWS::IAM::OIDCProvider", Properties: { Url: "https://token.actions.githubusercontent.com", ClientIdList: [sts.amazonaws.com] } }
              Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: { ManagedPolicyName: m, PolicyDocument: {{Policy}} } }
              Deploy: { Type: "AWS::IAM::Role", Properties: { RoleName: deploy, {{Trust}}, Description: d, ManagedPolicyArns: [!Ref Managed], Tags: [{ Key: a, Value: "1" }], Policies: [{ PolicyName: p, PolicyDocument: {{Policy}} }] } }
              Group: { Type: "AWS::IAM::Group", Properties: { GroupName: staff } }
              User: { Type: "AWS::IAM::User", Properties: { UserName: ann, Groups: [!Ref Group] } }
              Site: { Type: "AWS::S3::Bucket", Properties: { BucketName: site, WebsiteConfiguration: { IndexDocument: index.html }, Tags: [{ Key: a, Value: "1" }], BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: AES256 }, BucketKeyEnabled: true }] },
                CorsConfiguration: { CorsRules: [{ AllowedMethods: [GET], AllowedOrigins: ["*"] }] }, OwnershipControls: { Rules: [{ ObjectOwnership: BucketOwnerEnforced }] }, VersioningConfiguration: { Status: Enabled }, PublicAccessBlockConfiguration: { BlockPublicPolicy: false },
                LifecycleConfiguration: { Rules: [{ Status: Enabled, Prefix: logs/, TagFilters: [{ Key: a, Value: b }], ExpirationInDays: 30, Transitions: [{ StorageClass: GLACIER, TransitionInDays: 1 }] }, { Id: parts, Status: Disabled, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }] } } }
              Open: { Type: "AWS::S3::BucketPolicy", Properties: { Bucket: !Ref Site, PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" }] } } }
            """;
        await Done(template);
        Assert.Empty((await Done(template)).Changes);

        var arn = (await _server.Root.Iam("ListPolicies", "Scope", "Local"))["Arn"]!;
        var provider = (await _server.Root.Iam("ListOpenIDConnectProviders"))["Arn"]!;
        const string Other = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""";
        await _server.Root.Iam("RemoveClientIDFromOpenIDConnectProvider", "OpenIDConnectProviderArn", provider, "ClientID", "sts.amazonaws.com");
        await _server.Root.Iam("CreatePolicyVersion", "PolicyArn", arn, "PolicyDocument", Other, "SetAsDefault", "true");
        await _server.Root.Iam("DetachRolePolicy", "RoleName", "deploy", "PolicyArn", arn);
        await _server.Root.Iam("PutRolePolicy", "RoleName", "deploy", "PolicyName", "p", "PolicyDocument", Other);
        await _server.Root.Iam("UpdateRole", "RoleName", "deploy", "Description", "theirs");
        await _server.Root.Iam("UntagRole", "RoleName", "deploy", "TagKeys.member.1", "a");
        await _server.Root.Iam("RemoveUserFromGroup", "GroupName", "staff", "UserName", "ann");
        await S3("DELETE", "/site?website=");
        await S3("DELETE", "/site?tagging=");
        await S3("DELETE", "/site?lifecycle=");
        await S3("DELETE", "/site?policy=");

        var changes = (await Done(template)).Changes;
        Assert.Equal(
            [
                "Update GitHub ClientIdList", "Update Managed PolicyDocument", "Update Deploy Description,ManagedPolicyArns,Tags,Policies", "Update User Groups",
                "Update Site WebsiteConfiguration,LifecycleConfiguration,Tags", "Create Open ",
            ],
            changes.Select(c => $"{c.Kind} {c.LogicalId} {string.Join(',', c.Drifted)}"));
        Assert.Empty((await Done(template)).Changes);
        Assert.Equal("d", (await _server.Root.Iam("GetRole", "RoleName", "deploy"))["Description"]);
    }

    [Fact]
    public async Task A_stack_is_deleted_backwards_in_the_order_of_its_last_template()
    {
        const string Managed = $$"""Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: { ManagedPolicyName: m, PolicyDocument: {{Policy}} } }""";
        await Done($$"""Resources: { Deploy: { Type: "AWS::IAM::Role", Properties: { RoleName: deploy, {{Trust}} } } }""");
        await Done($$"""Resources: { Deploy: { Type: "AWS::IAM::Role", Properties: { RoleName: deploy, {{Trust}}, ManagedPolicyArns: [!Ref Managed] } }, {{Managed}} }""");
        Assert.Equal(["DELETE_COMPLETE Deploy", "DELETE_COMPLETE Managed"], Events(await Done("Resources: {}")));
    }

    [Fact]
    public async Task A_diff_names_the_smallest_values()
    {
        string Template(string branch) => $$"""Resources: { Deploy: { Type: "AWS::IAM::Role", Properties: { RoleName: deploy, {{Trust.Replace("sts:AssumeRole", "sts:" + branch, StringComparison.Ordinal)}} } } }""";
        await Done(Template("AssumeRole"));
        Assert.Equal(
            new ValueChange("AssumeRolePolicyDocument.Statement[0].Action", "\"sts:AssumeRole\"", "\"sts:TagSession\""),
            Assert.Single(Assert.Single((await Done(Template("TagSession"))).Changes).Values));
    }

    [Fact]
    public async Task A_cause_that_AWS_does_not_tell_stands_beside_its_text()
    {
        var problem = Assert.Single((await Apply("Resources: { Site: { Type: 'AWS::S3::Bucket', Properties: { BucketName: site, BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] } } } }")).Diagnostics);
        Assert.EndsWith(
            "`PutBucketEncryption` answered NotImplemented: A header you provided implies functionality that is not implemented (there is no key management service here: use `AES256`)",
            problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_the_server_does_not_take_are_told_before_anything_else()
    {
        var root = new RootCredentials("123456789012", "AKIAOTHER", new Secret("something else"));
        var (running, stacks) = RunningServer.Of(_server.Folder, root)!.Value;
        using (running)
        using (stacks)
        {
            var problem = Assert.Single((await stacks.Apply(Request("Resources: {}"), TestContext.Current.CancellationToken)).Diagnostics);
            Assert.Equal("apply-credentials", problem.Id);
            Assert.Contains("InvalidClientTokenId: The security token included in the request is invalid.", problem.Message, StringComparison.Ordinal);
            Assert.Contains("KEYLESS_ROOT_ACCESS_KEY_ID", problem.Help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_goes_away_in_the_middle_is_told_and_what_was_done_is_undone_when_it_is_back()
    {
        var folder = TestFolder.New("keyless-away-");
        const string Template = "Resources: { One: { Type: 'AWS::S3::Bucket', Properties: { BucketName: one-bucket } }, Two: { Type: 'AWS::S3::Bucket', DependsOn: One, Properties: { BucketName: two-bucket } } }";
        var server = await TestServer.Start(folder: folder);
        var (running, stacks) = RunningServer.Of(folder)!.Value;
        using (running)
        using (stacks)
        {
            var result = await stacks.Apply(Request(Template) with { OnEvent = e => { if (e.Status == "CREATE_COMPLETE") { server.Server.DisposeAsync().AsTask().Wait(); } } }, TestContext.Current.CancellationToken);
            Assert.Equal("ROLLBACK_FAILED", result.Status);
            Assert.StartsWith("creating `Two` (AWS::S3::Bucket `two-bucket`): the server does not answer `CreateBucket`", result.Diagnostics[0].Message, StringComparison.Ordinal);
            Assert.Equal("apply-no-server", Assert.Single((await stacks.Apply(Request(Template), TestContext.Current.CancellationToken)).Diagnostics).Id);
        }

        await using var again = await TestServer.Start(folder: folder);
        using var later = again.Server.OpenStacks();
        var done = await later.Apply(Request(Template), TestContext.Current.CancellationToken);
        Assert.Equal("CREATE_COMPLETE", done.Status);
        Assert.Equal("apply-interrupted", Assert.Single(done.Diagnostics).Id);
        Assert.Equal("rollback DELETE_COMPLETE One", Shown(done.Events[1]));
    }

    private static StackRequest Request(string template) => new("s", new SourceText("t.yaml", template));

    private Task<StackResult> Apply(string template) => _stacks.Apply(Request(template), TestContext.Current.CancellationToken);

    private async Task<StackResult> Done(string template)
    {
        var result = await Apply(template);
        Assert.False(result.Failed, TextRenderer.Render(result.Diagnostics));
        return result;
    }

    /// <summary>Ends an apply without any of its own clean-up, as a killed process would, right after an event; a new process follows.</summary>
    private async Task Crash(string template, string at)
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _stacks.Apply(
            Request(template) with { OnEvent = e => { if (Shown(e) == at) { throw new InvalidOperationException("killed"); } } }, TestContext.Current.CancellationToken));
        _stacks.Dispose();
        _stacks = _server.Server.OpenStacks();
    }

    private static string[] Events(StackResult result) => [.. result.Events.Select(Shown)];

    private static string Shown(StackEvent happened) => $"{(happened.RollingBack ? "rollback " : "")}{happened.Status} {happened.LogicalId}";

    private async Task<Answer> S3(string method, string path, string body = "")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server.Server.BaseAddress, path)) { Content = new ByteArrayContent(bytes) };
        _server.Root.Sign(request, "s3", bytes);
        return await _server.Root.Send(request);
    }
}
