using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Policy.Prove.Domain;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Prove;

/// <summary>A question in JSON as the conformance corpus writes it, one object: <c>ask</c>, <c>policies</c>, <c>where</c>, <c>domain</c>.</summary>
public static class QuestionReader
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The question and its id; null with the reason when the object is no question.</summary>
    public static (Question? Question, string Id, string? Problem) Read(Node root)
    {
        var id = Text(root, "id") ?? "";
        if (Text(root, "ask") is not { } ask || !Enum.TryParse<Ask>(ask, ignoreCase: true, out var kind))
        {
            return (null, id, $"`ask` is {Said(Text(root, "ask"))}: expected one of `exists`, `covers`, `subset`, `equal`");
        }

        var policies = (root as MappingNode)?["policies"] as MappingNode;
        if (Policy(policies, "A") is not { } a)
        {
            return (null, id, "`policies.A` is no policy");
        }

        var b = Policy(policies, "B");
        if (b is null && kind is Ask.Subset or Ask.Equal)
        {
            return (null, id, $"`{ask}` compares two policies and `policies.B` is no policy");
        }

        var where = ImmutableArray.CreateBuilder<ClaimTest>();
        foreach (var item in Items(root, "where"))
        {
            if (Text(item, "claim") is not { } claim || Text(item, "op") is not { } op || !Enum.TryParse<ClaimOperator>(op, ignoreCase: true, out var test))
            {
                return (null, id, "a test of `where` needs `claim`, and `op`: one of `is`, `not`, `like`, `notlike`, `present`, `absent`, `inCidr`");
            }

            where.Add(new ClaimTest(claim, test, Text(item, "value") ?? ""));
        }

        return (new Question(kind, a, b, where.DrainToImmutable(), Domain((root as MappingNode)?["domain"])), id, null);
    }

    /// <summary>What is known of owners, and the assumptions: <c>templates</c>, <c>names</c>, <c>contextKeys</c>, <c>owners</c>.</summary>
    public static TokenDomain Domain(Node? node) => new()
    {
        Templates = Text(node, "templates") == "any" ? TemplateScope.Any : TemplateScope.Default,
        Names = Text(node, "names") == "recyclable" ? NameLifetime.Recyclable : NameLifetime.Fixed,
        Keys = Text(node, "contextKeys") == "all" ? KeyProfile.All : KeyProfile.Aws,
        Owners =
        [
            .. Items(node, "owners").Where(owner => Text(owner, "name") is not null).Select(owner => new KnownOwner(
                Text(owner, "name")!,
                Text(owner, "id"),
                [
                    .. Items(owner, "repos").Concat(Items(owner, "repositories")).Where(repository => Text(repository, "name") is not null)
                        .Select(repository => new KnownRepository(Text(repository, "name")!, Text(repository, "id"), Text(repository, "visibility"))),
                ])),
        ],
    };

    /// <summary>One line: <c>{"id","answer","counterexample"}</c>.</summary>
    public static string Write(string id, Question question, Answer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            switch (answer)
            {
                case Answer.Proved:
                    json.WriteString("answer", question.Ask == Ask.Equal ? "equal" : "none");
                    break;
                case Answer.Refuted refuted:
                    json.WriteString("answer", "witness");
                    json.WritePropertyName("counterexample");
                    Write(refuted.Counterexample, json);
                    break;
                case Answer.Undecided undecided:
                    json.WriteString("answer", "undecided");
                    json.WriteString("reason", undecided.Reason);
                    break;
                default:
                    break;
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A token as one object: claims by name, other keys beside them.</summary>
    public static void Write(Counterexample counterexample, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (claim, value) in counterexample.Claims)
        {
            json.WriteString(claim, value);
        }

        foreach (var (key, value) in counterexample.Keys)
        {
            json.WritePropertyName(key);
            if (!value.IsMultivalued)
            {
                json.WriteStringValue(value.Values[0]);
                continue;
            }

            json.WriteStartArray();
            foreach (var item in value.Values)
            {
                json.WriteStringValue(item);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static PolicyDocument? Policy(MappingNode? policies, string name)
    {
        if (policies?[name] is not { } node)
        {
            return null;
        }

        // A question may be about a policy that could not be saved; it is judged as it would be evaluated.
        var parsed = PolicyParser.Parse(node, PolicyKind.Trust);
        return parsed.Policy ?? parsed.Partial;
    }

    private static string Said(string? text) => text is null ? "missing" : $"`{text}`";

    private static string? Text(Node? node, string name) => (node as MappingNode)?[name] is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    private static ImmutableArray<Node> Items(Node? node, string name) => (node as MappingNode)?[name] is SequenceNode sequence ? sequence.Items : [];
}
