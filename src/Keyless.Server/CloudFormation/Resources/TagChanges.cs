using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary>The calls that turn one set of tags into another: <c>TagRole</c>, <c>UntagRole</c> and their like.</summary>
internal static class TagChanges
{
    public static IEnumerable<ApiCall> Between(MappingNode before, MappingNode after, string kind, string parameter, string id)
    {
        var (old, wanted) = (before.Tags(), after.Tags());
        var removed = old.Keys.Where(key => !wanted.ContainsKey(key)).ToList();
        if (removed.Count > 0)
        {
            yield return ApiCall.Iam("Untag" + kind).With(parameter, id).WithList("TagKeys", removed).Call();
        }

        var changed = wanted.Where(tag => old.GetValueOrDefault(tag.Key) != tag.Value).ToList();
        if (changed.Count > 0)
        {
            yield return ApiCall.Iam("Tag" + kind).With(parameter, id).WithTags(changed).Call();
        }
    }
}
