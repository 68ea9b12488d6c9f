using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>What naming a resource needs: where, which entry, and its evaluated properties.</summary>
public sealed record ResourceNaming(TemplateEnvironment Environment, string LogicalId, MappingNode Properties)
{
    /// <summary>What the name generated must differ by: the physical id of the resource it replaces.</summary>
    public string? Replaced { get; init; }

    /// <summary>The text of a property; null when it is absent or no text.</summary>
    public string? this[string property] => (Properties[property] as ScalarNode)?.Text;

    /// <summary>An ARN of the stack's account and partition.</summary>
    public string IamArn(string resource) => $"arn:{Environment.Partition}:iam::{Environment.AccountId}:{resource}";

    /// <summary>
    /// The name of a resource that is given none: stack, logical id and twelve characters. CloudFormation's are random; ours are the
    /// same for the same stack, so that a plan can name them.
    /// </summary>
    public string GeneratedName(int longest)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{Environment.AccountId}/{Environment.StackName}/{LogicalId}{(Replaced is null ? "" : "/instead of " + Replaced)}"));
        var suffix = string.Create(12, hash, (span, bytes) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = Alphabet[bytes[i] % Alphabet.Length];
            }
        });
        var head = $"{Environment.StackName}-{LogicalId}";
        return $"{head[..Math.Min(head.Length, longest - 13)]}-{suffix}";
    }
}

/// <summary>A supported resource type: its properties, its physical id (what <c>Ref</c> gives) and its attributes.</summary>
public sealed record ResourceType(string Name)
{
    public ImmutableArray<PropertyType> Properties { get; init; } = [];

    /// <summary>Properties of which at least one must be there and not empty; empty when the type has no such rule.</summary>
    public ImmutableArray<string> AtLeastOneOf { get; init; } = [];

    public required Func<ResourceNaming, string> PhysicalId { get; init; }

    /// <summary>Attributes of the real type that only exist once the resource is made, such as random ids; a template here cannot use them.</summary>
    public ImmutableArray<string> LaterAttributes { get; init; } = [];

    public FrozenDictionary<string, Func<ResourceNaming, string, string>> Attributes { get; init; } = FrozenDictionary<string, Func<ResourceNaming, string, string>>.Empty;
}

/// <summary>
/// Every supported type, one row each, and every property, one row each. CloudFormation Template Reference, which also says for each
/// property whether a change replaces the resource.
/// </summary>
public static class ResourceTypes
{
    private static readonly Shape Text = new Shape.Text([]);
    private static readonly Shape Texts = new Shape.ListOf(Text);
    private static readonly Shape Boolean = new Shape.Boolean();
    private static readonly Shape Number = new Shape.Integer(0, int.MaxValue);
    private static readonly Shape Document = new Shape.Document();
    private static readonly Shape Tags = new Shape.ListOf(Object(Needed("Key", Text), Needed("Value", Text)));
    private static readonly Shape InlinePolicies = new Shape.ListOf(Object(Needed("PolicyName", Text), Needed("PolicyDocument", Document)));

    private static readonly Shape StorageClass = OneOf("DEEP_ARCHIVE", "GLACIER", "GLACIER_IR", "INTELLIGENT_TIERING", "ONEZONE_IA", "STANDARD_IA");
    private static readonly Shape Transition = Object(Needed("StorageClass", StorageClass), new("TransitionDate", Text), new("TransitionInDays", Number));
    private static readonly Shape NoncurrentTransition = Object(Needed("StorageClass", StorageClass), Needed("TransitionInDays", Number), new("NewerNoncurrentVersions", Number));

    public static readonly FrozenDictionary<string, ResourceType> ByName = All().ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>Types of IAM and S3 that people look for here, each with what to do instead.</summary>
    public static readonly FrozenDictionary<string, string> Elsewhere = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS::IAM::AccessKey"] = "make the key of a user with `aws iam create-access-key`: a stack would have to keep its secret",
        ["AWS::IAM::InstanceProfile"] = "there are no machines of EC2 here: leave it out, the role is enough",
        ["AWS::IAM::SAMLProvider"] = "web identities come from OIDC providers here: `AWS::IAM::OIDCProvider`",
        ["AWS::IAM::ServiceLinkedRole"] = "there are no other services here: leave it out, or make an `AWS::IAM::Role`",
        ["AWS::IAM::ServerCertificate"] = "there are no load balancers here: leave it out",
        ["AWS::IAM::VirtualMFADevice"] = "there is no MFA here: leave it out",
        ["AWS::S3::AccessPoint"] = "buckets are reached by their names here: give access with `AWS::S3::BucketPolicy`",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static IEnumerable<ResourceType> All() =>
    [
        new("AWS::IAM::OIDCProvider")
        {
            Properties =
            [
                Needed("Url", Text) with { Replaces = true, Names = true },
                new("ClientIdList", Texts),
                new("ThumbprintList", Texts),
                new("Tags", Tags),
            ],
            PhysicalId = r => r.IamArn("oidc-provider/" + WithoutScheme(r["Url"] ?? "")),
            Attributes = Attributes(("Arn", (_, id) => id)),
        },
        new("AWS::IAM::Role")
        {
            Properties =
            [
                Naming("RoleName"),
                new("Path", Text) { Replaces = true },
                new("Description", Text),
                Needed("AssumeRolePolicyDocument", Document),
                new("MaxSessionDuration", new Shape.Integer(3600, 43200)),
                new("ManagedPolicyArns", Texts),
                new("PermissionsBoundary", Text),
                new("Policies", InlinePolicies),
                new("Tags", Tags),
            ],
            PhysicalId = r => r["RoleName"] ?? r.GeneratedName(64),
            Attributes = Attributes(("Arn", (r, id) => r.IamArn($"role{r["Path"] ?? "/"}{id}"))),
            LaterAttributes = ["RoleId"],
        },
        new("AWS::IAM::RolePolicy")
        {
            Properties = [Needed("PolicyName", Text) with { Replaces = true, Names = true }, Needed("RoleName", Text) with { Replaces = true, Names = true }, Needed("PolicyDocument", Document)],
            PhysicalId = r => $"{r["PolicyName"]}|{r["RoleName"]}",
        },
        new("AWS::IAM::Policy")
        {
            Properties = [Needed("PolicyName", Text), Needed("PolicyDocument", Document), new("Roles", Texts), new("Users", Texts), new("Groups", Texts)],
            AtLeastOneOf = ["Roles", "Users", "Groups"],
            PhysicalId = r => r.GeneratedName(128),
        },
        new("AWS::IAM::ManagedPolicy")
        {
            Properties =
            [
                Naming("ManagedPolicyName"),
                new("Description", Text) { Replaces = true },
                new("Path", Text) { Replaces = true },
                Needed("PolicyDocument", Document),
                new("Roles", Texts),
                new("Users", Texts),
                new("Groups", Texts),
            ],
            PhysicalId = r => r.IamArn($"policy{r["Path"] ?? "/"}{r["ManagedPolicyName"] ?? r.GeneratedName(128)}"),
            Attributes = Attributes(("PolicyArn", (_, id) => id)),
            LaterAttributes = ["AttachmentCount", "CreateDate", "DefaultVersionId", "IsAttachable", "PermissionsBoundaryUsageCount", "PolicyId", "UpdateDate"],
        },
        new("AWS::IAM::User")
        {
            Properties =
            [
                Naming("UserName"),
                new("Path", Text),
                new("Groups", Texts),
                new("ManagedPolicyArns", Texts),
                new("PermissionsBoundary", Text),
                new("Policies", InlinePolicies),
                new("Tags", Tags),
                Ignored("LoginProfile"),
            ],
            PhysicalId = r => r["UserName"] ?? r.GeneratedName(64),
            Attributes = Attributes(("Arn", (r, id) => r.IamArn($"user{r["Path"] ?? "/"}{id}"))),
        },
        new("AWS::IAM::UserPolicy")
        {
            Properties = [Needed("PolicyName", Text) with { Replaces = true, Names = true }, Needed("UserName", Text) with { Replaces = true, Names = true }, Needed("PolicyDocument", Document)],
            PhysicalId = r => $"{r["PolicyName"]}|{r["UserName"]}",
        },
        new("AWS::IAM::Group")
        {
            Properties = [Naming("GroupName"), new("Path", Text), new("ManagedPolicyArns", Texts), new("Policies", InlinePolicies)],
            PhysicalId = r => r["GroupName"] ?? r.GeneratedName(128),
            Attributes = Attributes(("Arn", (r, id) => r.IamArn($"group{r["Path"] ?? "/"}{id}"))),
        },
        new("AWS::IAM::GroupPolicy")
        {
            Properties = [Needed("PolicyName", Text) with { Replaces = true, Names = true }, Needed("GroupName", Text) with { Replaces = true, Names = true }, Needed("PolicyDocument", Document)],
            PhysicalId = r => $"{r["PolicyName"]}|{r["GroupName"]}",
        },
        new("AWS::IAM::UserToGroupAddition")
        {
            Properties = [Needed("GroupName", Text), Needed("Users", Texts)],
            PhysicalId = r => r.GeneratedName(128),
        },
        new("AWS::S3::Bucket")
        {
            Properties =
            [
                Naming("BucketName"),
                new("WebsiteConfiguration", Object(
                    new("IndexDocument", Text),
                    new("ErrorDocument", Text),
                    new("RedirectAllRequestsTo", Object(Needed("HostName", Text), new("Protocol", OneOf("http", "https")))),
                    new("RoutingRules", new Shape.ListOf(Object(
                        new("RoutingRuleCondition", Object(new("HttpErrorCodeReturnedEquals", Text), new("KeyPrefixEquals", Text))),
                        Needed("RedirectRule", Object(
                            new("HostName", Text),
                            new("HttpRedirectCode", Text),
                            new("Protocol", OneOf("http", "https")),
                            new("ReplaceKeyPrefixWith", Text),
                            new("ReplaceKeyWith", Text)))))))),
                new("PublicAccessBlockConfiguration", Object(
                    new("BlockPublicAcls", Boolean),
                    new("IgnorePublicAcls", Boolean),
                    new("BlockPublicPolicy", Boolean),
                    new("RestrictPublicBuckets", Boolean))),
                new("VersioningConfiguration", Object(Needed("Status", OneOf("Enabled", "Suspended")))),
                new("CorsConfiguration", Object(Needed("CorsRules", new Shape.ListOf(Object(
                    new("Id", Text),
                    new("AllowedHeaders", Texts),
                    Needed("AllowedMethods", new Shape.ListOf(OneOf("GET", "PUT", "HEAD", "POST", "DELETE"))),
                    Needed("AllowedOrigins", Texts),
                    new("ExposedHeaders", Texts),
                    new("MaxAge", new Shape.Integer(0, int.MaxValue))))))),
                new("OwnershipControls", Object(Needed("Rules", new Shape.ListOf(Object(
                    Needed("ObjectOwnership", OneOf("ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"))))))),
                new("BucketEncryption", Object(Needed("ServerSideEncryptionConfiguration", new Shape.ListOf(Object(
                    new("BucketKeyEnabled", Boolean),
                    new("BlockedEncryptionTypes", new Shape.Any()),
                    new("ServerSideEncryptionByDefault", Object(
                        Needed("SSEAlgorithm", OneOf("AES256", "aws:kms", "aws:kms:dsse")),
                        new("KMSMasterKeyID", Text)))))))),
                new("LifecycleConfiguration", Object(
                    Ignored("TransitionDefaultMinimumObjectSize"),
                    Needed("Rules", new Shape.ListOf(Object(
                        new("Id", Text),
                        Needed("Status", OneOf("Enabled", "Disabled")),
                        new("Prefix", Text),
                        new("TagFilters", Tags),
                        new("ObjectSizeGreaterThan", Number),
                        new("ObjectSizeLessThan", Number),
                        new("ExpirationDate", Text),
                        new("ExpirationInDays", Number),
                        new("ExpiredObjectDeleteMarker", Boolean),
                        new("Transition", Transition),
                        new("Transitions", new Shape.ListOf(Transition)),
                        new("NoncurrentVersionExpirationInDays", Number),
                        new("NoncurrentVersionExpiration", Object(Needed("NoncurrentDays", Number), new("NewerNoncurrentVersions", Number))),
                        new("NoncurrentVersionTransition", NoncurrentTransition),
                        new("NoncurrentVersionTransitions", new Shape.ListOf(NoncurrentTransition)),
                        new("AbortIncompleteMultipartUpload", Object(Needed("DaysAfterInitiation", Number)))))))),
                new("Tags", Tags),
                Ignored("AbacStatus"),
                Ignored("AccelerateConfiguration"),
                Ignored("AccessControl"),
                Ignored("AnalyticsConfigurations"),
                Ignored("IntelligentTieringConfigurations"),
                Ignored("InventoryConfigurations"),
                Ignored("LoggingConfiguration"),
                Ignored("MetadataConfiguration"),
                Ignored("MetadataTableConfiguration"),
                Ignored("MetricsConfigurations"),
                Ignored("NotificationConfiguration"),
                Ignored("ObjectLockConfiguration"),
                Ignored("ObjectLockEnabled"),
                Ignored("ReplicationConfiguration"),
            ],
            PhysicalId = r => r["BucketName"] ?? r.GeneratedName(63).ToLowerInvariant(),
            Attributes = Attributes(
                ("Arn", (r, id) => $"arn:{r.Environment.Partition}:s3:::{id}"),
                ("DomainName", (_, id) => $"{id}.s3.amazonaws.com"),
                ("RegionalDomainName", (r, id) => $"{id}.s3.{r.Environment.Region}.amazonaws.com"),
                ("DualStackDomainName", (r, id) => $"{id}.s3.dualstack.{r.Environment.Region}.amazonaws.com"),
                ("WebsiteURL", (r, id) => r.Environment.WebsiteUrl?.Invoke(id) ?? $"http://{id}.s3-website-{r.Environment.Region}.amazonaws.com")),
        },
        new("AWS::S3::BucketPolicy")
        {
            Properties = [Needed("Bucket", Text) with { Replaces = true, Names = true }, Needed("PolicyDocument", Document)],
            PhysicalId = r => r["Bucket"] ?? "",
        },
        new("AWS::CDK::Metadata") { Properties = [new("Analytics", new Shape.Any())], PhysicalId = r => r.LogicalId },
    ];

    /// <summary>A name that may be left out; one is generated then.</summary>
    private static PropertyType Naming(string name) => new(name, Text) { Replaces = true, Names = true };

    private static PropertyType Needed(string name, Shape shape) => new(name, shape) { Required = true };

    private static PropertyType Ignored(string name) => new(name, new Shape.Any()) { Ignored = true };

    private static Shape.Object Object(params ImmutableArray<PropertyType> members) => new(members);

    private static Shape.Text OneOf(params ImmutableArray<string> allowed) => new(allowed);

    private static FrozenDictionary<string, Func<ResourceNaming, string, string>> Attributes(params (string Name, Func<ResourceNaming, string, string> Value)[] rows) =>
        rows.ToFrozenDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);

    private static string WithoutScheme(string url) =>
        url.StartsWith("https://", StringComparison.Ordinal) ? url[8..] : url.StartsWith("http://", StringComparison.Ordinal) ? url[7..] : url;
}
