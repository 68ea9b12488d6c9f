using System.Xml.Linq;
using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary>
/// <c>LifecycleConfiguration</c> of <c>AWS::S3::Bucket</c> as S3 takes it. CloudFormation Template Reference, <c>AWS::S3::Bucket Rule</c>; S3 API
/// Reference, <c>LifecycleRule</c>.
/// </summary>
internal static class BucketLifecycle
{
    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    public static XElement? Document(MappingNode properties) => new(
        S3 + "LifecycleConfiguration",
        properties.Object("LifecycleConfiguration")?.Objects("Rules").Select((rule, index) => new XElement(
            S3 + "Rule",
            // S3 would make up another id each time, and then no rule would be as the template has it.
            new XElement(S3 + "ID", rule.Text("Id") ?? $"rule-{index + 1}"),
            Filter(rule),
            Copy(rule, "Status"),
            Action("Expiration", Copy(rule, "ExpirationDate", "Date"), Copy(rule, "ExpirationInDays", "Days"), Flag(rule, "ExpiredObjectDeleteMarker")),
            Several(rule, "Transition").Select(to =>
                Action("Transition", Copy(to, "TransitionDate", "Date"), Copy(to, "TransitionInDays", "Days"), Copy(to, "StorageClass"))),
            rule.Object("NoncurrentVersionExpiration") is { } expiration
                ? Action("NoncurrentVersionExpiration", Copy(expiration, "NoncurrentDays"), Copy(expiration, "NewerNoncurrentVersions"))
                : Action("NoncurrentVersionExpiration", Copy(rule, "NoncurrentVersionExpirationInDays", "NoncurrentDays")),
            Several(rule, "NoncurrentVersionTransition").Select(to =>
                Action("NoncurrentVersionTransition", Copy(to, "TransitionInDays", "NoncurrentDays"), Copy(to, "NewerNoncurrentVersions"), Copy(to, "StorageClass"))),
            Action("AbortIncompleteMultipartUpload", Copy(rule.Object("AbortIncompleteMultipartUpload"), "DaysAfterInitiation")))));

    /// <summary>No condition, one, or several in an <c>And</c>.</summary>
    private static XElement Filter(MappingNode rule)
    {
        XElement[] conditions =
        [
            .. ((string[])["Prefix"]).Select(name => Copy(rule, name)).OfType<XElement>(),
            .. rule.Objects("TagFilters").Select(tag => new XElement(S3 + "Tag", Copy(tag, "Key"), Copy(tag, "Value"))),
            .. ((string[])["ObjectSizeGreaterThan", "ObjectSizeLessThan"]).Select(name => Copy(rule, name)).OfType<XElement>(),
        ];
        return new XElement(S3 + "Filter", conditions.Length > 1 ? new XElement(S3 + "And", conditions) : conditions);
    }

    /// <summary>The old property holds one, that of the plural a list; both may be there.</summary>
    private static IEnumerable<MappingNode> Several(MappingNode rule, string property) =>
        (rule.Object(property) is { } one ? [one] : Enumerable.Empty<MappingNode>()).Concat(rule.Objects(property + "s"));

    private static XElement? Action(string name, params XElement?[] parts) => parts.Any(part => part is not null) ? new XElement(S3 + name, parts) : null;

    private static XElement? Flag(MappingNode rule, string name) => rule.Text(name) is { } text ? new XElement(S3 + name, text.ToLowerInvariant()) : null;

    private static XElement? Copy(MappingNode? from, string name, string? to = null) => from?.Text(name) is { } text ? new XElement(S3 + (to ?? name), text) : null;
}
