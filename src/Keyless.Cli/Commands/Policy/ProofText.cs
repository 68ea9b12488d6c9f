using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Cli.Commands.Policy;

/// <summary>Tokens and assumptions as the proving commands print them.</summary>
internal static class ProofText
{
    public static readonly JsonWriterOptions Json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Always = ["sub", "repository", "ref", "event_name", "environment"];

    /// <summary>The claims worth reading: those everyone knows, ids where names alone mislead, and what the question names.</summary>
    public static string Token(Counterexample token, IEnumerable<string> asked, string indent)
    {
        var text = new StringBuilder();
        var names = Always.Concat(asked).Concat(token.Asked.Order(StringComparer.Ordinal)).Where(name => token.Claims.ContainsKey(name)).Distinct().ToList();
        var width = Math.Max(names.Concat(token.Keys.Keys).Max(name => name.Length), 10);
        foreach (var name in names)
        {
            text.Append(indent).Append(name.PadRight(width)).Append("  ").Append(token.Claims[name]).Append('\n');
        }

        foreach (var (key, value) in token.Keys)
        {
            text.Append(indent).Append(key.PadRight(width)).Append("  ").Append(string.Join(", ", value.Values)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What the evaluator says to the token, in one line.</summary>
    public static string Why(Counterexample token, PolicyDocument policy, KeyProfile profile) => ExplanationText.OneLine(
        Authorizer.Explain(token.Request(profile), new PolicySet { Resource = CompiledPolicy.Compile(policy), ResourcePolicyDelegates = true }).Explanation);

    public static string Assumptions(TokenDomain domain)
    {
        var text = new StringBuilder();
        foreach (var (assumption, i) in domain.Assumptions().Select((assumption, i) => (assumption, i)))
        {
            text.Append(i == 0 ? "  assumes  " : "           ").Append(assumption).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Statements that let others in: every answer leaves them out, so it has to say so.</summary>
    public static string Others(PolicyDocument policy, ImmutableArray<Statement> others)
    {
        var text = new StringBuilder();
        foreach (var statement in others)
        {
            var principals = string.Join(", ", (statement.Principal?.Values ?? []).Select(value => $"`{value.Text}`").Distinct().Take(3));
            text.Append("  note     ").Append(Name(statement)).Append(" (").Append(Place(policy, statement)).Append(") is about ")
                .Append(principals.Length == 0 ? "nobody" : statement.Principal!.Negated ? $"everyone but {principals}" : principals)
                .Append(", not GitHub's jobs: it is left out\n");
        }

        return text.ToString();
    }

    public static string Name(Statement statement) => statement.Sid is { Value.Length: > 0 } sid ? $"statement `{sid.Value}`" : $"statement {statement.Index + 1}";

    public static string Place(PolicyDocument policy, Statement statement)
    {
        var start = policy.Source.PositionOf(statement.Span.Start);
        return $"{policy.Source.Name}:{start.Line}:{start.Column}";
    }

    public static void WriteAssumptions(Utf8JsonWriter json, TokenDomain domain)
    {
        json.WriteStartArray("assumes");
        foreach (var assumption in domain.Assumptions())
        {
            json.WriteStringValue(assumption);
        }

        json.WriteEndArray();
    }

    public static void WriteToken(Utf8JsonWriter json, string name, Counterexample token)
    {
        json.WriteStartObject(name);
        json.WritePropertyName("token");
        QuestionReader.Write(token, json);
        json.WriteString("mint", token.MintCommand());
        json.WriteEndObject();
    }
}
