using System.Xml.Linq;
using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary><c>AWS::S3::Bucket</c>; its physical id is its name. Each configuration is a subresource of its own.</summary>
internal sealed class Bucket : ResourceCalls
{
    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>Property, subresource, operation, and the document that sets it.</summary>
    private static readonly (string Property, string Subresource, string Operation, Func<MappingNode, XElement?> Document)[] Configurations =
    [
        ("OwnershipControls", "ownershipControls", "BucketOwnershipControls", Ownership),
        ("PublicAccessBlockConfiguration", "publicAccessBlock", "PublicAccessBlock", PublicAccess),
        ("VersioningConfiguration", "versioning", "BucketVersioning", Versioning),
        ("WebsiteConfiguration", "website", "BucketWebsite", Website),
        ("CorsConfiguration", "cors", "BucketCors", Cors),
        ("BucketEncryption", "encryption", "BucketEncryption", Encryption),
        ("LifecycleConfiguration", "lifecycle", "BucketLifecycleConfiguration", BucketLifecycle.Document),
        ("Tags", "tagging", "BucketTagging", Tagging),
    ];

    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) =>
    [
        ApiCall.Put("CreateBucket", physicalId, null),
        .. Configurations.Where(c => IsSet(properties, c.Property)).Select(c => ApiCall.Put("Put" + c.Operation, physicalId, c.Subresource, c.Document(properties))),
    ];

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after)
    {
        foreach (var (property, subresource, operation, document) in Configurations)
        {
            if (before.Json(property) == after.Json(property))
            {
                continue;
            }

            if (IsSet(after, property))
            {
                yield return ApiCall.Put("Put" + operation, physicalId, subresource, document(after));
            }
            else if (subresource == "versioning")
            {
                // Versioning cannot be removed, only suspended.
                yield return ApiCall.Put("Put" + operation, physicalId, subresource, new XElement(S3 + "VersioningConfiguration", new XElement(S3 + "Status", "Suspended")));
            }
            else
            {
                // S3 has PutBucketLifecycleConfiguration, but DeleteBucketLifecycle.
                yield return ApiCall.Delete("Delete" + operation.Replace("Configuration", "", StringComparison.Ordinal), physicalId, subresource);
            }
        }
    }

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) => [ApiCall.Delete("DeleteBucket", physicalId, null)];

    public override async Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties)
    {
        var head = await reality.Ask(new ApiCall.S3("HeadBucket", "HEAD", physicalId, null, ""));
        if (!head.Found)
        {
            return head.Gone ? Drift.Missing : Drift.Unknown;
        }

        var differing = new List<string>();
        foreach (var (property, subresource, operation, document) in Configurations.Where(c => IsSet(properties, c.Property)))
        {
            var stored = await reality.Ask(ApiCall.Get("Get" + operation, physicalId, subresource));
            if (!Compare.SameXml(stored.Xml, document(properties)))
            {
                differing.Add(property);
            }
        }

        return new Drift(false, [.. differing]);
    }

    /// <summary>Names are the same for all accounts: what is not ours may not be looked at, but is there.</summary>
    public override async Task<bool> IsTaken(Reality reality, string physicalId, MappingNode properties) =>
        await reality.Ask(new ApiCall.S3("HeadBucket", "HEAD", physicalId, null, "")) is { Found: true } or { Status: 403 };

    /// <summary>An empty list sets nothing: S3 has no empty set of tags.</summary>
    private static bool IsSet(MappingNode properties, string property) => properties[property] is not (null or SequenceNode { Items.IsEmpty: true });

    private static XElement? Encryption(MappingNode properties) => new(
        S3 + "ServerSideEncryptionConfiguration",
        properties.Object("BucketEncryption")?.Objects("ServerSideEncryptionConfiguration").Select(rule => new XElement(
            S3 + "Rule",
            new XElement(
                S3 + "ApplyServerSideEncryptionByDefault",
                new XElement(S3 + "SSEAlgorithm", rule.Object("ServerSideEncryptionByDefault")?.Text("SSEAlgorithm") ?? "AES256"),
                rule.Object("ServerSideEncryptionByDefault")?.Text("KMSMasterKeyID") is { } key ? new XElement(S3 + "KMSMasterKeyID", key) : null),
            new XElement(S3 + "BucketKeyEnabled", (rule.Text("BucketKeyEnabled") ?? "false").ToLowerInvariant()))));

    private static XElement? Ownership(MappingNode properties) => new(
        S3 + "OwnershipControls",
        properties.Object("OwnershipControls")?.Objects("Rules").Select(rule => new XElement(S3 + "Rule", Copy(rule, "ObjectOwnership"))));

    private static XElement? PublicAccess(MappingNode properties)
    {
        var block = properties.Object("PublicAccessBlockConfiguration");
        string[] flags = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
        return new XElement(
            S3 + "PublicAccessBlockConfiguration",
            flags.Select(flag => new XElement(S3 + flag, (block?.Text(flag) ?? "false").ToLowerInvariant())));
    }

    private static XElement? Versioning(MappingNode properties) =>
        new(S3 + "VersioningConfiguration", Copy(properties.Object("VersioningConfiguration"), "Status"));

    private static XElement? Website(MappingNode properties)
    {
        var website = properties.Object("WebsiteConfiguration");
        return new XElement(
            S3 + "WebsiteConfiguration",
            website?.Text("IndexDocument") is { } index ? new XElement(S3 + "IndexDocument", new XElement(S3 + "Suffix", index)) : null,
            website?.Text("ErrorDocument") is { } error ? new XElement(S3 + "ErrorDocument", new XElement(S3 + "Key", error)) : null,
            website?.Object("RedirectAllRequestsTo") is { } all ? new XElement(S3 + "RedirectAllRequestsTo", Copy(all, "HostName"), Copy(all, "Protocol")) : null,
            website?["RoutingRules"] is null
                ? null
                : new XElement(
                    S3 + "RoutingRules",
                    website.Objects("RoutingRules").Select(rule => new XElement(
                        S3 + "RoutingRule",
                        rule.Object("RoutingRuleCondition") is { } when
                            ? new XElement(S3 + "Condition", Copy(when, "HttpErrorCodeReturnedEquals"), Copy(when, "KeyPrefixEquals"))
                            : null,
                        rule.Object("RedirectRule") is { } to
                            ? new XElement(
                                S3 + "Redirect",
                                Copy(to, "HostName"), Copy(to, "HttpRedirectCode"), Copy(to, "Protocol"), Copy(to, "ReplaceKeyPrefixWith"), Copy(to, "ReplaceKeyWith"))
                            : null))));
    }

    private static XElement? Cors(MappingNode properties) => new(
        S3 + "CORSConfiguration",
        properties.Object("CorsConfiguration")?.Objects("CorsRules").Select(rule => new XElement(
            S3 + "CORSRule",
            rule.Text("Id") is { } id ? new XElement(S3 + "ID", id) : null,
            rule.Texts("AllowedHeaders").Select(header => new XElement(S3 + "AllowedHeader", header)),
            rule.Texts("AllowedMethods").Select(method => new XElement(S3 + "AllowedMethod", method)),
            rule.Texts("AllowedOrigins").Select(origin => new XElement(S3 + "AllowedOrigin", origin)),
            rule.Texts("ExposedHeaders").Select(header => new XElement(S3 + "ExposeHeader", header)),
            rule.Text("MaxAge") is { } age ? new XElement(S3 + "MaxAgeSeconds", age) : null)));

    private static XElement? Tagging(MappingNode properties) => new(
        S3 + "Tagging",
        new XElement(S3 + "TagSet", properties.Tags().Select(tag => new XElement(S3 + "Tag", new XElement(S3 + "Key", tag.Key), new XElement(S3 + "Value", tag.Value)))));

    private static XElement? Copy(MappingNode? from, string name) => from?.Text(name) is { } text ? new XElement(S3 + name, text) : null;
}

/// <summary><c>AWS::S3::BucketPolicy</c>; its physical id is the bucket's name.</summary>
internal sealed class BucketPolicy : ResourceCalls
{
    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) =>
        [new ApiCall.S3("PutBucketPolicy", "PUT", physicalId, "policy", properties.Json("PolicyDocument") ?? "")];

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after) => Create(physicalId, after);

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) => [ApiCall.Delete("DeleteBucketPolicy", physicalId, "policy")];

    public override async Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties)
    {
        var found = await reality.Ask(ApiCall.Get("GetBucketPolicy", physicalId, "policy"));
        return found.Gone ? Drift.Missing
            : !found.Found ? Drift.Unknown
            : !Compare.SameJson(found.Body, properties.Json("PolicyDocument")) ? new Drift(false, ["PolicyDocument"])
            : Drift.None;
    }
}
