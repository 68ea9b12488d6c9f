using System.Collections.Immutable;
using System.Xml.Linq;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation;

/// <summary>How a resource differs from what its stack made of it.</summary>
/// <param name="Gone">It does not exist.</param>
/// <param name="Properties">The properties that are not as the stack set them. What the stack never set is not its business.</param>
internal sealed record Drift(bool Gone, ImmutableArray<string> Properties)
{
    public static readonly Drift Missing = new(true, []);

    public static readonly Drift None = new(false, []);

    /// <summary>The API would not tell: taken for no difference.</summary>
    public static readonly Drift Unknown = new(false, []) { Known = false };

    public bool Known { get; private init; } = true;
}

/// <summary>Asks the API how things are; a resource type compares the answers with properties.</summary>
internal sealed class Reality(LocalApi api, CancellationToken cancellation)
{
    public Task<ApiAnswer> Ask(ApiCall call) => api.Ask(call, cancellation);

    /// <summary>Why nothing can be asked at all; null when the API answers us.</summary>
    public async Task<ApiAnswer?> Unavailable() => await Ask(ApiCall.Iam("ListAccountAliases").Call()) is { Found: false } refused ? refused : null;
}

/// <summary>Compares what the API answers with what a stack stored.</summary>
internal static class Compare
{
    /// <summary>The text of the first element of that name.</summary>
    public static string? Text(this XElement? answer, string name) => answer?.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;

    public static ImmutableArray<string> Texts(this XElement? answer, string name) =>
        answer is null ? [] : [.. answer.Descendants().Where(e => e.Name.LocalName == name).Select(e => e.Value)];

    /// <summary>A document as IAM answers it, percent-encoded, against the stored one.</summary>
    public static bool SameDocument(string? answered, string? stored) => answered is not null && SameJson(Uri.UnescapeDataString(answered), stored);

    public static bool SameJson(string answered, string? stored) => answered == stored || (stored is not null && Canonical(answered) is { } one && one == Canonical(stored));

    /// <summary>Whether every stored tag is there; others may be.</summary>
    public static bool HasTags(this XElement? answer, MappingNode properties)
    {
        var tags = (answer?.Descendants() ?? []).Where(e => e.Name.LocalName == "Tags").SelectMany(e => e.Elements())
            .ToLookup(e => Text(e, "Key"), e => Text(e, "Value"), StringComparer.Ordinal);
        return properties.Tags().All(tag => tags[tag.Key].Contains(tag.Value));
    }

    /// <summary>Whether two documents say the same, whatever the order of their elements and of entries of a list.</summary>
    public static bool SameXml(XElement? one, XElement? other) =>
        one is not null && other is not null && Leaves(one).Order(StringComparer.Ordinal).SequenceEqual(Leaves(other).Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private static string? Canonical(string json) => JsonReader.Read(new SourceText("document", json)) is { Root: { } root, Diagnostics.IsEmpty: true } ? JsonText.Of(Sorted(root)) : null;

    /// <summary>IAM answers trust policies with their elements in an order of its own.</summary>
    private static Node Sorted(Node node) => node switch
    {
        MappingNode mapping => mapping with
        {
            Members = [.. mapping.Members.Select(m => m with { Value = Sorted(m.Value) }).OrderBy(m => m.Name, StringComparer.Ordinal)],
        },
        SequenceNode list => list with { Items = [.. list.Items.Select(Sorted)] },
        _ => node,
    };

    private static IEnumerable<string> Leaves(XElement element) =>
        element.HasElements
            ? element.Elements().SelectMany(child => Leaves(child).Select(leaf => $"{element.Name.LocalName}/{leaf}"))
            : [$"{element.Name.LocalName}={element.Value}"];
}
