using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>
/// Tags of IAM entities. Keys of roles and users are unique without case, those of policies and OIDC providers with case; lists are sorted
/// by key. IAM User Guide, "Tags for IAM resources".
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
        return merged.Length > Max ? (present, IamErrors.LimitExceeded("TagsPerResource", Max)) : (merged, null);
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

    /// <summary>The <c>Tags</c> element.</summary>
    public static void Write(XmlOut xml, IEnumerable<Tag> tags)
    {
        xml.Open("Tags");
        foreach (var tag in tags)
        {
            xml.Open("member").Element("Key", tag.Key).Element("Value", tag.Value).Close("member");
        }

        xml.Close("Tags");
    }

    /// <summary>A page of tags sorted by key: the answer of the List...Tags operations.</summary>
    /// <param name="tags">Null when the entity does not exist, which <paramref name="missing"/> then says.</param>
    public static AwsResponse List(IamCall call, ImmutableArray<Tag>? tags, Func<AwsError> missing)
    {
        var page = Page<Tag>.Of(call.Check, Sorted(tags ?? []), tag => tag.Key, StringComparer.Ordinal, out var error);
        return page is null ? error! : tags is null ? missing() : call.Result(xml =>
        {
            Write(xml, page.Items);
            page.WriteEnd(xml);
        });
    }

    /// <summary>Adds <c>aws:RequestTag/KEY</c> and <c>aws:TagKeys</c> for what the request sets.</summary>
    public static Permission WithRequestTags(IamCall call, Permission permission)
    {
        var numbers = call.Parameters.Numbers("Tags");
        if (numbers.Count == 0)
        {
            return permission;
        }

        var keys = permission.Keys.ToBuilder();
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var number in numbers.Take(Max))
        {
            if (call.Parameters.Text($"Tags.member.{number}.Key") is { } key)
            {
                keys.Add(new("aws:RequestTag/" + key, call.Parameters.Text($"Tags.member.{number}.Value") ?? ""));
                names.Add(key);
            }
        }

        return permission with
        {
            Keys = keys.ToImmutable(),
            MultivaluedKeys = permission.MultivaluedKeys.Add(new("aws:TagKeys", names.ToImmutable())),
        };
    }

    /// <summary>Adds <c>aws:TagKeys</c> for what the request removes.</summary>
    public static Permission WithRequestTagKeys(IamCall call, Permission permission) => permission with
    {
        MultivaluedKeys = permission.MultivaluedKeys.Add(new("aws:TagKeys", [.. call.Parameters.List("TagKeys").Take(Max)])),
    };

    /// <summary>Adds <c>aws:ResourceTag/KEY</c> and <c>iam:ResourceTag/KEY</c> for what the entity has.</summary>
    public static Permission WithResourceTags(Permission permission, ImmutableArray<Tag> tags) => tags.IsEmpty ? permission : permission with
    {
        Keys =
        [
            .. permission.Keys,
            .. tags.Select(tag => new KeyValuePair<string, string>("aws:ResourceTag/" + tag.Key, tag.Value)),
            .. tags.Select(tag => new KeyValuePair<string, string>("iam:ResourceTag/" + tag.Key, tag.Value)),
        ],
    };

    private static AwsError? Fault(ImmutableArray<Tag> tags, bool caseMatters)
    {
        var seen = new HashSet<string>(Comparer(caseMatters));
        foreach (var tag in tags)
        {
            if (!seen.Add(tag.Key))
            {
                return IamErrors.DuplicateTags(caseMatters);
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
