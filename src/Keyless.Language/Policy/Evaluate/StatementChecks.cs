using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>Asks a statement every question, also those behind the first that fails, and keeps the answers.</summary>
internal static class StatementChecks
{
    public static StatementExplanation Of(CompiledStatement statement, in RequestView request)
    {
        var source = statement.Source;
        var conditions = ImmutableArray.CreateBuilder<ConditionCheck>(statement.Conditions.Length);
        foreach (var condition in statement.Conditions)
        {
            conditions.Add(Condition(condition, request.Context, source.Effect.Value));
        }

        return new StatementExplanation(
            source,
            source.Sid is { Value: { Length: > 0 } sid } ? sid : (source.Index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
            statement.Applies(request) != PrincipalMatch.None,
            Action(statement, request),
            Resource(statement, request),
            Principal(statement, request),
            conditions.MoveToImmutable());
    }

    private static ElementCheck Action(CompiledStatement statement, in RequestView request)
    {
        var element = statement.Source.Action;
        var holds = statement.CoversAction(request);
        var matching = -1;
        for (var i = 0; i < statement.Actions.Length && matching < 0; i++)
        {
            matching = statement.Actions[i].Matches(request) ? i : -1;
        }

        return new ElementCheck(
            element.Negated ? "NotAction" : "Action",
            holds,
            Values(element.Patterns),
            request.Request.Action,
            Reason(element.Negated, matching < 0 ? null : element.Patterns[matching].Value, statement.Actions.Select(a => a.Problem)),
            element.Span);
    }

    private static ElementCheck? Resource(CompiledStatement statement, in RequestView request)
    {
        if (statement.Source.Resource is not { } element)
        {
            return statement.CoversResource(request)
                ? null
                : new ElementCheck("Resource", false, [], request.Request.Resource, "the statement names no resource", statement.Source.Span);
        }

        var matching = -1;
        string? unresolved = null;
        for (var i = 0; i < statement.Resources.Length; i++)
        {
            var match = statement.Resources[i].Match(request);
            matching = match == PatternMatch.Yes && matching < 0 ? i : matching;
            unresolved ??= match == PatternMatch.Unresolved ? $"a variable of `{element.Patterns[i].Value}` has no value in this request" : null;
        }

        return new ElementCheck(
            element.Negated ? "NotResource" : "Resource",
            statement.CoversResource(request),
            Values(element.Patterns),
            request.IsStar ? "*" : request.Request.Resource,
            Reason(element.Negated, matching < 0 ? null : element.Patterns[matching].Value, statement.Resources.Select(r => r.Problem).Append(unresolved)),
            element.Span);
    }

    private static ElementCheck? Principal(CompiledStatement statement, in RequestView request)
    {
        var match = statement.MatchPrincipal(request);
        if (statement.Source.Principal is not { } element)
        {
            return match != PrincipalMatch.None ? null : new ElementCheck("Principal", false, [], Requester(request), "the statement names no principal", statement.Source.Span);
        }

        var matching = -1;
        for (var i = 0; i < statement.Principals.Length && matching < 0; i++)
        {
            matching = statement.Principals[i].Match(request) != PrincipalMatch.None ? i : -1;
        }

        var reason = Reason(element.Negated, matching < 0 ? null : Named(element.Values[matching]), statement.Principals.Select(p => p.Problem));
        if (element.Negated && matching >= 0 && match != PrincipalMatch.None)
        {
            reason += ", but with a permissions boundary Deny and NotPrincipal deny always";
        }

        return new ElementCheck(element.Negated ? "NotPrincipal" : "Principal", match != PrincipalMatch.None, [.. element.Values.Select(Named)], Requester(request), reason, element.Span);
    }

    private static ConditionCheck Condition(CompiledCondition condition, RequestContext context, Effect effect)
    {
        var truth = condition.Holds(context);
        var source = condition.Source;
        var got = context[source.Key.Value];
        return new ConditionCheck(
            source,
            source.Operator.Value,
            source.Key.Value,
            truth == Truth.True || (truth == Truth.Failed && effect == Effect.Deny),
            [.. source.Values.Select(v => Wanted(v.Value, condition, context))],
            got?.Values,
            ConditionReason.Of(condition, truth, got, context),
            source.Span);
    }

    /// <summary>A policy's value with its variables filled in, when that makes it another text.</summary>
    private static string Wanted(string text, CompiledCondition condition, RequestContext context)
    {
        if (condition.Use is not { Operator.TakesVariables: true } || condition.Version != PolicyVersion.V20121017 || !text.Contains("${", StringComparison.Ordinal))
        {
            return text;
        }

        var pattern = TextPattern.Parse(text, wildcards: condition.Use.Operator.Name.Contains("Like", StringComparison.Ordinal), variables: true);
        return pattern.Substitute(context)?.Text ?? text;
    }

    private static string Reason(bool negated, string? matching, IEnumerable<string?> problems)
    {
        if (matching is not null)
        {
            return negated ? $"`{matching}` excepts it" : $"`{matching}` matches";
        }

        var problem = problems.FirstOrDefault(p => p is not null);
        return (negated ? "nothing listed excepts it" : "nothing listed matches") + (problem is null ? "" : $": {problem}");
    }

    public static string Requester(in RequestView request) => request.Request.Requester switch
    {
        Requester.Aws aws => aws.Arn,
        Requester.Service service => service.Host,
        Requester.Federated federated => federated.Provider,
        _ => "anonymous",
    };

    private static string Named(PrincipalValue value) => value.Type switch
    {
        PrincipalType.Everyone => "*",
        PrincipalType.Aws => $"AWS: {value.Text}",
        _ => $"{value.Type}: {value.Text}",
    };

    private static ImmutableArray<string> Values(ImmutableArray<Located<string>> located) => [.. located.Select(l => l.Value)];
}
