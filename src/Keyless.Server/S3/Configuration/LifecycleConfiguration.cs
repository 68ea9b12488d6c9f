using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Keyless.Server.Aws;

namespace Keyless.Server.S3.Configuration;

/// <summary>
/// A bucket's lifecycle rules. They are checked, kept and given back, for tools that manage buckets; nothing here expires or moves objects.
/// API Reference, <c>LifecycleRule</c>.
/// </summary>
/// <param name="MinimumSize">The value of <c>x-amz-transition-default-minimum-object-size</c>.</param>
/// <param name="Rules">Each <c>Rule</c> element, with an id.</param>
public sealed record LifecycleConfiguration(string MinimumSize, ImmutableArray<XmlTree> Rules)
{
    public const string MinimumSizeHeader = "x-amz-transition-default-minimum-object-size";

    private const int MaxRules = 1000;

    private static readonly string[] MinimumSizes = ["all_storage_classes_128K", "varies_by_storage_class"];

    private static readonly string[] StorageClasses = ["GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"];

    /// <summary>The elements that each element may have, in the order in which they are answered. What has none holds text.</summary>
    private static readonly FrozenDictionary<string, string[]> Elements = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Rule"] =
        [
            "ID", "Filter", "Prefix", "Status", "Expiration", "Transition", "NoncurrentVersionExpiration", "NoncurrentVersionTransition",
            "AbortIncompleteMultipartUpload",
        ],
        ["Filter"] = ["Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And"],
        ["And"] = ["Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"],
        ["Tag"] = ["Key", "Value"],
        ["Expiration"] = ["Date", "Days", "ExpiredObjectDeleteMarker"],
        ["Transition"] = ["Date", "Days", "StorageClass"],
        ["NoncurrentVersionExpiration"] = ["NoncurrentDays", "NewerNoncurrentVersions"],
        ["NoncurrentVersionTransition"] = ["NoncurrentDays", "NewerNoncurrentVersions", "StorageClass"],
        ["AbortIncompleteMultipartUpload"] = ["DaysAfterInitiation"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="newId">Makes the id of a rule that is given none.</param>
    public static Parsed<LifecycleConfiguration> Parse(XmlTree? tree, string? minimumSize, Func<string> newId)
    {
        if (minimumSize is not null && !MinimumSizes.Contains(minimumSize))
        {
            return S3Errors.InvalidArgument($"Invalid {MinimumSizeHeader} header", MinimumSizeHeader, minimumSize);
        }

        if (tree is not { Name: "LifecycleConfiguration" } || !tree.HasOnly("Rule") || tree.Children.Length is 0 or > MaxRules)
        {
            return S3Errors.MalformedXml("expected `<LifecycleConfiguration>` with 1 to 1000 `<Rule>`", tree);
        }

        var rules = ImmutableArray.CreateBuilder<XmlTree>(tree.Children.Length);
        foreach (var rule in tree.Children)
        {
            if (Fault(rule) is { } fault)
            {
                return fault;
            }

            rules.Add(rule["ID"] is { Length: > 0 } ? rule : rule with { Children = [new XmlTree("ID", newId(), []), .. rule.Children.Where(c => c.Name != "ID")] });
        }

        return rules.DistinctBy(rule => rule["ID"]).Count() < rules.Count
            ? S3Errors.InvalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", rules.GroupBy(rule => rule["ID"]).First(group => group.Count() > 1).Key!)
            : new LifecycleConfiguration(minimumSize ?? MinimumSizes[0], rules.MoveToImmutable());
    }

    /// <summary>The stored form: the minimum size, and on the next line the document.</summary>
    internal string Stored => $"{MinimumSize}\n{S3Xml.Stored(Write)}";

    internal static (string MinimumSize, string Document) Split(string stored) => (stored[..stored.IndexOf('\n')], stored[(stored.IndexOf('\n') + 1)..]);

    private void Write(XmlOut xml)
    {
        xml.Open("LifecycleConfiguration", S3Xml.Namespace);
        foreach (var rule in Rules)
        {
            Write(xml, rule);
        }

        xml.Close("LifecycleConfiguration");
    }

    private static void Write(XmlOut xml, XmlTree element)
    {
        if (!Elements.TryGetValue(element.Name, out var names))
        {
            xml.Element(element.Name, element.Text);
            return;
        }

        xml.Open(element.Name);
        foreach (var child in names.SelectMany(element.All))
        {
            Write(xml, child);
        }

        xml.Close(element.Name);
    }

    private static AwsError? Fault(XmlTree rule)
    {
        if (Misplaced(rule) is { } misplaced)
        {
            return S3Errors.MalformedXml(misplaced);
        }

        if (rule["Status"] is not ("Enabled" or "Disabled"))
        {
            return S3Errors.MalformedXml("the `<Status>` of a rule is `Enabled` or `Disabled`", rule.Child("Status") ?? rule);
        }

        if ((rule.Child("Filter") is null) == (rule.Child("Prefix") is null))
        {
            return S3Errors.MalformedXml("a rule has either a `<Filter>` or, as of old, a `<Prefix>`", rule);
        }

        if (rule.Child("Filter") is { Children.Length: > 1 })
        {
            return S3Errors.MalformedXml("a `<Filter>` has one condition; several stand in an `<And>`", rule.Child("Filter"));
        }

        if (rule["ID"] is { Length: > 255 } id)
        {
            return S3Errors.InvalidArgument("ID length should not exceed allowed limit of 255", "ID", id);
        }

        return rule.Children.All(child => child.Name is "ID" or "Filter" or "Prefix" or "Status")
            ? S3Errors.InvalidRequest(
                "At least one action needs to be specified in a rule",
                $"the rule{(rule["ID"] is { Length: > 0 } named ? $" `{named}`" : "")} does nothing: it has no `<Expiration>`, `<Transition>` or other action",
                "add one: `\"Expiration\": { \"Days\": 30 }`")
            : rule.Children.Select(ActionFault).FirstOrDefault(fault => fault is not null);
    }

    /// <summary>The first element that its parent may not have, or has too often.</summary>
    private static string? Misplaced(XmlTree element)
    {
        if (!Elements.TryGetValue(element.Name, out var names))
        {
            return element.Children.IsEmpty ? null : $"`<{element.Name}>` holds text";
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var child in element.Children)
        {
            var several = child.Name is "Transition" or "NoncurrentVersionTransition" || (child.Name == "Tag" && element.Name == "And");
            if (!names.Contains(child.Name) || (!seen.Add(child.Name) && !several))
            {
                return $"`<{element.Name}>` may not have this `<{child.Name}>`";
            }

            if (Misplaced(child) is { } deeper)
            {
                return deeper;
            }
        }

        return null;
    }

    private static AwsError? ActionFault(XmlTree action)
    {
        foreach (var days in action.Children.Where(c => c.Name is "Days" or "NoncurrentDays" or "DaysAfterInitiation" or "NewerNoncurrentVersions"))
        {
            // A transition may come at once.
            var least = action.Name is "Transition" or "NoncurrentVersionTransition" && days.Name is not "NewerNoncurrentVersions" ? 0 : 1;
            if (!int.TryParse(days.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least)
            {
                return S3Errors.InvalidArgument($"'{days.Name}' for {action.Name} action must be a {(least == 0 ? "nonnegative" : "positive")} integer", days.Name, days.Text);
            }
        }

        if (action.Name is "Expiration" or "Transition" && action.Children.Count(c => c.Name is "Date" or "Days" or "ExpiredObjectDeleteMarker") != 1)
        {
            return S3Errors.MalformedXml($"`<{action.Name}>` has one of `<Date>` and `<Days>`", action);
        }

        return action["StorageClass"] is { } storage && !StorageClasses.Contains(storage)
            || (action.Name is "Transition" or "NoncurrentVersionTransition" && action["StorageClass"] is null)
            ? S3Errors.MalformedXml($"the `<StorageClass>` of a `<{action.Name}>` is one of {string.Join(", ", StorageClasses)}", action)
            : null;
    }
}
