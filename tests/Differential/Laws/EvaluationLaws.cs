using System.Text.Json.Nodes;
using CsCheck;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;
using Xunit;

namespace Differential.Laws;

/// <summary>What holds of every evaluation; listed in <c>docs/laws.md</c>.</summary>
public sealed class EvaluationLaws
{
    private const int Samples = 2_000;

    [Fact]
    public void Adding_a_Deny_never_allows_more() => Holds(@case =>
    {
        var allowed = Cases.Decide(@case) == "Allow";
        return allowed || Cases.PoliciesOf(@case).Select((_, i) => i).All(i => Cases.Decide(@case.With(c =>
        {
            var statements = Statements(Cases.PoliciesOf(c).ElementAt(i));
            var deny = (JsonObject)statements[0]!.DeepClone();
            deny["Effect"] = "Deny";
            statements.Add(deny);
        })) != "Allow");
    });

    [Fact]
    public void Renaming_Sids_changes_nothing() => Same(c =>
    {
        var n = 0;
        foreach (var statement in Cases.PoliciesOf(c).SelectMany(Statements))
        {
            statement!["Sid"] = $"S{n++}";
        }
    });

    [Fact]
    public void The_order_of_statements_does_not_matter() => Same(c =>
    {
        foreach (var statements in Cases.PoliciesOf(c).Select(Statements).ToList())
        {
            var reversed = statements.Reverse().Select(s => s!.DeepClone()).ToArray();
            statements.Clear();
            foreach (var statement in reversed)
            {
                statements.Add(statement);
            }
        }
    });

    [Theory]
    [InlineData("Action")]
    [InlineData("Resource")]
    public void Splitting_a_statement_by_its_values_changes_nothing(string element) => Same(c => Split(c, element));

    [Fact]
    public void One_value_means_the_same_with_and_without_an_array() => Same(c =>
    {
        foreach (var statement in Cases.PoliciesOf(c).SelectMany(Statements).Cast<JsonObject>())
        {
            foreach (var name in new[] { "Action", "NotAction", "Resource", "NotResource" }.Where(n => statement[n] is JsonValue))
            {
                statement[name] = new JsonArray(statement[name]!.DeepClone());
            }
        }
    });

    [Fact]
    public void An_explanation_decides_as_the_decision_and_its_checks_make_up_the_statement() => Holds(@case =>
    {
        var (request, policies) = Cases.Read(@case);
        var decision = Authorizer.Explain(request, policies);
        return decision.Verdict == Authorizer.Decide(request, policies)
            && decision.Explanation.Policies.SelectMany(p => p.Statements).All(s => s.Applies == (s.Failures == 0))
            && (decision.Verdict != Verdict.ExplicitDeny || decision.Explanation.Decisive is { Applies: true })
            && JsonNode.Parse(ExplanationJson.Render(decision.Explanation)) is not null
            && ExplanationText.Render(decision.Explanation, all: true).StartsWith(decision.Explanation.Summary, StringComparison.Ordinal);
    });

    [Fact]
    public void Formatting_a_policy_changes_no_decision_and_formatting_again_changes_nothing() => Same(c =>
    {
        foreach (var policy in Cases.PoliciesOf(c).ToList())
        {
            var text = PolicyFormatter.Format(JsonReader.Read(new SourceText("policy", policy.ToJsonString())).Root!);
            Assert.Equal(text, PolicyFormatter.Format(JsonReader.Read(new SourceText("policy", text)).Root!));
            policy.ReplaceWith(JsonNode.Parse(text));
        }
    });

    private static void Same(Action<JsonObject> change) => Holds(@case => Cases.Decide(@case) == Cases.Decide(@case.With(change)));

    private static void Holds(Func<JsonObject, bool> law) => Generators.Case.Sample(law, iter: Samples, print: c => c.ToJsonString());

    private static JsonArray Statements(JsonObject policy) => (JsonArray)policy["Statement"]!;

    private static void Split(JsonObject @case, string element)
    {
        foreach (var statements in Cases.PoliciesOf(@case).Select(Statements).ToList())
        {
            var split = statements.Cast<JsonObject>().SelectMany(s => s[element] is JsonArray { Count: > 1 } values ? values.Select(v => One(s, element, v!)) : [(JsonObject)s.DeepClone()]).ToList();
            statements.Clear();
            split.ForEach(s => statements.Add((JsonNode)s));
        }
    }

    private static JsonObject One(JsonObject statement, string element, JsonNode value)
    {
        var copy = (JsonObject)statement.DeepClone();
        copy[element] = value.DeepClone();
        return copy;
    }
}
