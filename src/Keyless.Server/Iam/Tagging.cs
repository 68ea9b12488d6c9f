using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>
/// Tags of IAM entities. Keys of roles and users are unique without case, those of policies and OIDC providers with case; lists are sorted
/// by key, those of policies by its length first. IAM User Guide, "Tags for IAM resources".
/// </summary>
internal static class Tagging
{
    public const int Max = 50;

    /// <summary>The tags of a create request, in its order.</summary>
    public static ImmutableArray<Tag> OfCreate(IamCall call, bool caseMatters, out AwsError? error)
    {
        var tags = Read(call, required: false);
        error = call.Check.Error ?? Fault(tags, caseMatters);
        return tags;
    }

    /// <summary>Adds or replaces. A key in another case replaces too, and its new spelling stays.</summary>
    public static (ImmutableArray<Tag> Tags, AwsError? Error) Merge(ImmutableArray<Tag> present, ImmutableArray<Tag> added, bool caseMatters)
    {
        if (Fault(added, caseMatters) is { } fault)
        {
            return (present, fault);
        }

        var comparer = Comparer(caseMatters);
        ImmutableArray<Tag> merged = [.. present.Where(tag => !added.Any(other => comparer.Equals(other.Key, tag.Key))), .. added];
        return merged.Length > Max ? (present, IamErrors.TooManyTags(merged.Length)) : (merged, null);
    }

    public static ImmutableArray<Tag> Without(ImmutableArray<Tag> present, IReadOnlyList<string> keys, bool caseMatters)
    {
        var comparer = Comparer(caseMatters);
        return [.. present.Where(tag => !keys.Contains(tag.Key, comparer))];
    }

    /// <summary>The <c>Tags</c> parameter, optional when something is created.</summary>
    public static ImmutableArray<Tag> Read(IamCall call, bool required) =>
        [.. call.Check.Tags("Tags", Max, required).Select(tag => new Tag(tag.Key, tag.Value))];

    public static IReadOnlyList<string> ReadKeys(IamCall call) => call.Check.RequiredList("TagKeys", Max, 1, 128, ParameterPattern.TagKey);

    public static IEnumerable<Tag> Sorted(ImmutableArray<Tag> tags) => tags.OrderBy(tag => tag.Key, StringComparer.Ordinal);

    /// <summary>The order of a managed policy's tags: shorter keys come first.</summary>
    public static IComparer<string> ByLength { get; } =
        Comparer<string>.Create((left, right) => left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right));

    /// <summary>The <c>Tags</c> element.</summary>
    public static void Write(XmlOut xml, IEnumerable<Tag> tags)
    {
        xml.Open("Tags");
        foreach (var tag in tags)
        {
            Write(xml, tag);
        }

        xml.Close("Tags");
    }

    private static void Write(XmlOut xml, Tag tag) => xml.Open("member").Element("Key", tag.Key).Element("Value", tag.Value).Close("member");

    /// <summary>A page of tags sorted by key: the answer of the List...Tags operations.</summary>
    /// <param name="tags">Null when the entity does not exist, which <paramref name="missing"/> then says.</param>
    /// <param name="order">Of the keys; ordinal when null.</param>
    public static AwsResponse List(IamCall call, ImmutableArray<Tag>? tags, Func<AwsError> missing, IComparer<string>? order = null)
    {
        order ??= StringComparer.Ordinal;
        return call.List("Tags", (tags ?? []).OrderBy(tag => tag.Key, order), tag => tag.Key, order, Write, () => tags is null ? missing() : null);
    }

    /// <summary>The tags that a request sets, before anything is checked of them: as policies see them.</summary>
    public static IReadOnlyList<Tag> Requested(QueryParameters parameters) =>
    [
        .. from number in parameters.Numbers("Tags").Take(Max)
           let key = parameters.Text($"Tags.member.{number}.Key")
           where key is not null
           select new Tag(key, parameters.Text($"Tags.member.{number}.Value") ?? ""),
    ];

    private static AwsError? Fault(ImmutableArray<Tag> tags, bool caseMatters)
    {
        var seen = new HashSet<string>(Comparer(caseMatters));
        foreach (var tag in tags)
        {
            if (!seen.Add(tag.Key))
            {
                return IamErrors.DuplicateTags(tag.Key, caseMatters);
            }

            if (tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                return IamErrors.ReservedTag(tag.Key);
            }
        }

        return null;
    }

    private static StringComparer Comparer(bool caseMatters) => caseMatters ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
}
