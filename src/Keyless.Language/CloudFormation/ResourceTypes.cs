using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>What naming a resource needs: where, which entry, and its evaluated properties.</summary>
public sealed record ResourceNaming(TemplateEnvironment Environment, string LogicalId, MappingNode Properties)
{
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
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.AccountId}/{Environment.StackName}/{LogicalId}"));
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
    public ImmutableArray<string> Required { get; init; } = [];

    public ImmutableArray<string> Properties { get; init; } = [];

    /// <summary>Properties of the real type that change nothing here; they are accepted with a warning.</summary>
    public ImmutableArray<string> Ignored { get; init; } = [];

    public required Func<ResourceNaming, string> PhysicalId { get; init; }

    public FrozenDictionary<string, Func<ResourceNaming, string, string>> Attributes { get; init; } = FrozenDictionary<string, Func<ResourceNaming, string, string>>.Empty;
}

/// <summary>Every supported type, one row each. CloudFormation Template Reference.</summary>
public static class ResourceTypes
{
    public static readonly FrozenDictionary<string, ResourceType> ByName = All().ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    private static IEnumerable<ResourceType> All() =>
    [
        new("AWS::IAM::OIDCProvider")
        {
            Properties = ["Url", "ClientIdList", "ThumbprintList", "Tags"],
            Required = ["Url"],
            PhysicalId = r => r.IamArn("oidc-provider/" + WithoutScheme(r["Url"] ?? "")),
            Attributes = Attributes(("Arn", (_, id) => id)),
        },
        new("AWS::IAM::Role")
        {
            Properties = ["RoleName", "Path", "Description", "AssumeRolePolicyDocument", "MaxSessionDuration", "ManagedPolicyArns", "PermissionsBoundary", "Policies", "Tags"],
            Required = ["AssumeRolePolicyDocument"],
            PhysicalId = r => r["RoleName"] ?? r.GeneratedName(64),
            Attributes = Attributes(("Arn", (r, id) => r.IamArn($"role{r["Path"] ?? "/"}{id}"))),
        },
        new("AWS::IAM::RolePolicy")
        {
            Properties = ["PolicyName", "RoleName", "PolicyDocument"],
            Required = ["PolicyName", "RoleName", "PolicyDocument"],
            PhysicalId = r => $"{r["PolicyName"]}|{r["RoleName"]}",
        },
        new("AWS::IAM::Policy")
        {
            Properties = ["PolicyName", "PolicyDocument", "Roles", "Users"],
            Ignored = ["Groups"],
            Required = ["PolicyName", "PolicyDocument"],
            PhysicalId = r => r["PolicyName"] ?? r.GeneratedName(128),
        },
        new("AWS::IAM::ManagedPolicy")
        {
            Properties = ["ManagedPolicyName", "Description", "Path", "PolicyDocument", "Roles", "Users"],
            Ignored = ["Groups"],
            Required = ["PolicyDocument"],
            PhysicalId = r => r.IamArn($"policy{r["Path"] ?? "/"}{r["ManagedPolicyName"] ?? r.GeneratedName(128)}"),
            Attributes = Attributes(("PolicyArn", (_, id) => id)),
        },
        new("AWS::IAM::User")
        {
            Properties = ["UserName", "Path", "ManagedPolicyArns", "PermissionsBoundary", "Policies", "Tags"],
            Ignored = ["Groups", "LoginProfile"],
            PhysicalId = r => r["UserName"] ?? r.GeneratedName(64),
            Attributes = Attributes(("Arn", (r, id) => r.IamArn($"user{r["Path"] ?? "/"}{id}"))),
        },
        new("AWS::IAM::UserPolicy")
        {
            Properties = ["PolicyName", "UserName", "PolicyDocument"],
            Required = ["PolicyName", "UserName", "PolicyDocument"],
            PhysicalId = r => $"{r["PolicyName"]}|{r["UserName"]}",
        },
        new("AWS::S3::Bucket")
        {
            Properties = ["BucketName", "WebsiteConfiguration", "PublicAccessBlockConfiguration", "VersioningConfiguration", "CorsConfiguration", "OwnershipControls", "Tags"],
            Ignored =
            [
                "AccelerateConfiguration", "AccessControl", "AnalyticsConfigurations", "BucketEncryption", "IntelligentTieringConfigurations", "InventoryConfigurations",
                "LifecycleConfiguration", "LoggingConfiguration", "MetricsConfigurations", "NotificationConfiguration", "ObjectLockConfiguration",
                "ObjectLockEnabled", "ReplicationConfiguration",
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
            Properties = ["Bucket", "PolicyDocument"],
            Required = ["Bucket", "PolicyDocument"],
            PhysicalId = r => r["Bucket"] ?? "",
        },
        new("AWS::CDK::Metadata") { Properties = ["Analytics"], PhysicalId = r => r.LogicalId },
    ];

    private static FrozenDictionary<string, Func<ResourceNaming, string, string>> Attributes(params (string Name, Func<ResourceNaming, string, string> Value)[] rows) =>
        rows.ToFrozenDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);

    private static string WithoutScheme(string url) =>
        url.StartsWith("https://", StringComparison.Ordinal) ? url[8..] : url.StartsWith("http://", StringComparison.Ordinal) ? url[7..] : url;
}
