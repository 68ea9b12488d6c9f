using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Cases;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Lint;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary>The kinds of cases that <c>policy eval --cases</c> answers, one row each (<c>testdata/policy/README.md</c>).</summary>
internal static class CaseKinds
{
    /// <summary>Writes the members of the answer behind its <c>id</c>; false when the case cannot be read.</summary>
    public delegate bool Answer(MappingNode @case, Utf8JsonWriter json);

    public static readonly Dictionary<string, Answer> Table = new(StringComparer.Ordinal)
    {
        ["authorize"] = Authorize,
        ["validate"] = Validate,
        ["lint"] = Lint,
        ["analyse"] = Analyse,
    };

    private static bool Authorize(MappingNode @case, Utf8JsonWriter json)
    {
        var reader = new RequestReader();
        if (reader.Request(@case["request"]) is not { } request)
        {
            return false;
        }

        json.WriteString("decision", Authorizer.Decide(request, reader.Policies(@case["policies"], request, tolerant: true)).ToString());
        return true;
    }

    private static bool Validate(MappingNode @case, Utf8JsonWriter json)
    {
        if (@case["document"] is not ScalarNode document)
        {
            return false;
        }

        var (kind, managed) = (@case["policyType"] as ScalarNode)?.Text switch
        {
            "trust" => (PolicyKind.Trust, false),
            "resource" => (PolicyKind.Resource, false),
            "session" => (PolicyKind.Session, false),
            "boundary" => (PolicyKind.Boundary, true),
            "inline" or "identity" => (PolicyKind.Identity, false),
            _ => (PolicyKind.Identity, true),
        };
        var refusal = IamVerdict.Of(document.Text, kind, managed);
        json.WriteBoolean("accepted", refusal is null);
        if (refusal is not null)
        {
            json.WriteString("awsError", refusal.Message);
        }

        return true;
    }

    private static bool Lint(MappingNode @case, Utf8JsonWriter json)
    {
        if (@case["document"] is not ScalarNode document)
        {
            return false;
        }

        var kind = PolicyKinds.Named((@case["policyType"] as ScalarNode)?.Text ?? "identity") ?? PolicyKind.Identity;
        json.WriteStartArray("findings");
        foreach (var id in Linter.Lint(new SourceText("<document>", document.Text), kind).Select(f => f.Diagnostic.Id).Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        return true;
    }

    private static bool Analyse(MappingNode @case, Utf8JsonWriter json)
    {
        var (question, id, _) = QuestionReader.Read(@case);
        if (question is null)
        {
            return false;
        }

        // The prover writes its whole answer: its members go into ours.
        var answer = QuestionReader.Write(id, question, Prover.Decide(question, new Budget()));
        if (JsonReader.Read(new SourceText("<answer>", answer)).Root is MappingNode members)
        {
            foreach (var member in members.Members.Where(m => m.Name != "id"))
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(JsonText.Of(member.Value));
            }
        }

        return true;
    }
}
