using System.Collections.Immutable;
using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation;

/// <summary>Reads a resource's evaluated properties. Absent and of another shape are the same: the API judges what is missing.</summary>
internal static class Properties
{
    public static string? Text(this MappingNode properties, string name) => (properties[name] as ScalarNode)?.Text;

    public static string? Json(this MappingNode properties, string name) => properties[name] switch
    {
        null => null,

        // A document given as text is JSON already.
        ScalarNode scalar => scalar.Text,
        var document => JsonText.Of(document),
    };

    public static ImmutableArray<string> Texts(this MappingNode properties, string name) => properties[name] switch
    {
        SequenceNode list => [.. list.Items.OfType<ScalarNode>().Select(item => item.Text)],
        ScalarNode one => [one.Text],
        _ => [],
    };

    public static MappingNode? Object(this MappingNode properties, string name) => properties[name] as MappingNode;

    public static IEnumerable<MappingNode> Objects(this MappingNode properties, string name) =>
        properties[name] is SequenceNode list ? list.Items.OfType<MappingNode>() : [];

    public static ImmutableSortedDictionary<string, string> Tags(this MappingNode properties)
    {
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var tag in properties.Objects("Tags"))
        {
            tags[tag.Text("Key") ?? ""] = tag.Text("Value") ?? "";
        }

        return tags.ToImmutable();
    }

    /// <summary>Inline policies by name: the <c>Policies</c> of a role or user.</summary>
    public static ImmutableSortedDictionary<string, string> InlinePolicies(this MappingNode properties)
    {
        var policies = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var policy in properties.Objects("Policies"))
        {
            policies[policy.Text("PolicyName") ?? ""] = policy.Json("PolicyDocument") ?? "";
        }

        return policies.ToImmutable();
    }
}
