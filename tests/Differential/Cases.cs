using System.Text.Json.Nodes;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Cases;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;

namespace Differential;

/// <summary>A generated case for the product.</summary>
internal static class Cases
{
    public static (AccessRequest Request, PolicySet Policies) Read(JsonNode @case)
    {
        var root = (MappingNode)JsonReader.Read(new SourceText("case", @case.ToJsonString())).Root!;
        var reader = new RequestReader();
        var request = reader.Request(root["request"])!;
        return (request, reader.Policies(root["policies"], request, tolerant: true));
    }

    public static string Decide(JsonNode @case)
    {
        var (request, policies) = Read(@case);
        return Authorizer.Decide(request, policies).ToString();
    }

    public static JsonObject With(this JsonObject @case, Action<JsonObject> change)
    {
        var copy = (JsonObject)@case.DeepClone();
        change(copy);
        return copy;
    }

    /// <summary>Every policy of a case.</summary>
    public static IEnumerable<JsonObject> PoliciesOf(JsonObject @case) => All(@case["policies"]!);

    private static IEnumerable<JsonObject> All(JsonNode node) => node switch
    {
        JsonObject policy when policy.ContainsKey("Statement") => [policy],
        JsonObject map => map.SelectMany(m => All(m.Value!)),
        JsonArray list => list.SelectMany(i => All(i!)),
        _ => [],
    };
}
