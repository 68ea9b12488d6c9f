using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Simulation;

/// <summary>
/// Runs actions and resources against policies with the evaluator that decides real requests. IAM User Guide, "IAM policy testing with
/// the IAM policy simulator".
/// </summary>
internal static class Simulator
{
    /// <summary>What both operations are asked, as sent.</summary>
    public sealed record Question(
        IReadOnlyList<string> Boundaries,
        IReadOnlyList<string> Actions,
        IReadOnlyList<string> Resources,
        string? ResourcePolicy,
        string? ResourceOwner,
        string? CallerArn);

    /// <summary>Reads what both operations share; the caller asks <see cref="Constraints.Error"/>.</summary>
    public static Question Read(IamCall call)
    {
        var check = call.Check;
        var question = new Question(
            PolicyInputs.Read(check, "PermissionsBoundaryPolicyInputList"),
            check.RequiredList("ActionNames", int.MaxValue, 3, 128),
            check.List("ResourceArns", int.MaxValue, 1, 2048),
            check.Optional("ResourcePolicy", 1, Documents.MaxLength, ParameterPattern.Document),
            check.Optional("ResourceOwner", 1, 2048),
            check.Optional("CallerArn", 1, 2048));
        check.Optional("ResourceHandlingOption", 1, 64);
        Page<AccessRequest>.ReadParameters(check);
        return question;
    }

    /// <summary>Answers with a page of results.</summary>
    /// <param name="policies">The identity policies and boundary to ask.</param>
    /// <param name="caller">Who asks, unless <c>CallerArn</c> says otherwise.</param>
    /// <param name="given">Keys that the principal brings.</param>
    public static AwsResponse Answer(IamCall call, Question question, PolicySet policies, string caller, IReadOnlyList<KeyValuePair<string, string>> given)
    {
        var (boundaryDocuments, actions, resources, resourcePolicy, owner, callerArn) = question;
        var boundaries = PolicyInputs.Compile(boundaryDocuments, PolicyKind.Boundary, "PermissionsBoundaryPolicyInputList", out var badBoundary);
        if (badBoundary is not null)
        {
            return badBoundary;
        }

        if (actions.FirstOrDefault(action => action.Split(':') is not [{ Length: > 0 }, { Length: > 0 }]) is { } badAction)
        {
            return IamErrors.InvalidInput($"Invalid action name {badAction}: it must have the form service:Action.");
        }

        if (callerArn is null && resourcePolicy is not null && caller.EndsWith(":user/simulated", StringComparison.Ordinal))
        {
            return IamErrors.InvalidInput("CallerArn is required if ResourcePolicy is used.");
        }

        CompiledPolicy? resource = null;
        if (resourcePolicy is not null)
        {
            resource = PolicyInputs.Compile(resourcePolicy, PolicyKind.Resource, "ResourcePolicy", out var badResource);
            if (resource is null)
            {
                return badResource!;
            }
        }

        var set = policies with { Boundaries = boundaries.IsEmpty ? policies.Boundaries : boundaries, Resource = resource };
        var context = Context(call.Parameters, given);
        var missing = ContextKeys.Of(AllOf(set).Select(policy => policy.Document)).Where(key => context[key] is null).ToArray();
        var asked =
            from action in actions
            from arn in resources.Count == 0 ? ["*"] : resources
            select new AccessRequest(action, arn, new Requester.Aws(callerArn ?? caller), context) { ResourceAccount = OwnerOf(owner) };
        var numbered = asked.Select((request, index) => (Key: index.ToString("D7"), Request: request));
        var page = Page<(string Key, AccessRequest Request)>.Of(call.Check, numbered, item => item.Key, StringComparer.Ordinal, out var badPage);
        return page is null ? badPage! : call.Result(xml =>
        {
            xml.Open("EvaluationResults");
            foreach (var (_, request) in page.Items)
            {
                WriteResult(xml, Authorizer.Explain(request, set).Explanation, set, missing, withResource: resources.Count > 0);
            }

            xml.Close("EvaluationResults");
            page.WriteEnd(xml);
        });
    }

    private static IEnumerable<CompiledPolicy> AllOf(PolicySet set) =>
        set.Identity.Concat(set.Boundaries).Concat(set.Resource is { } resource ? [resource] : []);

    private static string? OwnerOf(string? arn) => arn?.Split(':') is [_, _, _, _, { Length: 12 } account, ..] ? account : null;

    private static RequestContext Context(QueryParameters parameters, IReadOnlyList<KeyValuePair<string, string>> given)
    {
        var context = new RequestContext();
        foreach (var (key, value) in given)
        {
            context.With(key, value);
        }

        foreach (var number in parameters.Numbers("ContextEntries"))
        {
            var entry = $"ContextEntries.member.{number}";
            if (parameters.Text(entry + ".ContextKeyName") is not { } key)
            {
                continue;
            }

            var values = parameters.List(entry + ".ContextKeyValues");
            var isList = parameters.Text(entry + ".ContextKeyType")?.EndsWith("List", StringComparison.Ordinal) == true;
            _ = isList || values.Count != 1 ? context.With(key, values.ToImmutableArray()) : context.With(key, values[0]);
        }

        return context;
    }

    private static void WriteResult(XmlOut xml, Explanation explanation, PolicySet set, string[] missing, bool withResource)
    {
        xml.Open("member")
            .Element("EvalActionName", explanation.Request.Action)
            .Element("EvalResourceName", explanation.Request.Resource)
            .Element("EvalDecision", DecisionName(explanation.Verdict))
            .Empty("EvalDecisionDetails");
        WriteMatched(xml, explanation);
        WriteMissing(xml, withResource ? [] : missing);
        WriteBoundary(xml, explanation, set);
        if (withResource)
        {
            xml.Open("ResourceSpecificResults").Open("member")
                .Element("EvalResourceName", explanation.Request.Resource)
                .Element("EvalResourceDecision", DecisionName(explanation.Verdict));
            WriteMatched(xml, explanation);
            WriteMissing(xml, missing);
            WriteBoundary(xml, explanation, set);
            xml.Close("member").Close("ResourceSpecificResults");
        }

        xml.Close("member");
    }

    private static string DecisionName(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allowed",
        Verdict.ExplicitDeny => "explicitDeny",
        _ => "implicitDeny",
    };

    /// <summary>The statements that decided: those that allow, or those that deny.</summary>
    private static void WriteMatched(XmlOut xml, Explanation explanation)
    {
        xml.Open("MatchedStatements");
        var effect = explanation.Verdict switch
        {
            Verdict.Allow => Effect.Allow,
            Verdict.ExplicitDeny => Effect.Deny,
            _ => (Effect?)null,
        };
        foreach (var policy in explanation.Policies.Where(policy => policy.Consulted))
        {
            foreach (var statement in policy.Statements.Where(statement => statement.Applies && statement.Statement.Effect.Value == effect))
            {
                var span = statement.Statement.Span;
                xml.Open("member")
                    .Element("SourcePolicyId", policy.Name.StartsWith("arn:", StringComparison.Ordinal) ? ManagedPolicies.NameOf(policy.Name) : policy.Name)
                    .Element("SourcePolicyType", policy.Kind == PolicyKind.Resource ? "Resource Policy" : "IAM Policy");
                WritePosition(xml, "StartPosition", policy.Source.PositionOf(span.Start));
                WritePosition(xml, "EndPosition", policy.Source.PositionOf(span.End));
                xml.Close("member");
            }
        }

        xml.Close("MatchedStatements");
    }

    private static void WritePosition(XmlOut xml, string element, SourcePosition position) =>
        xml.Open(element).Element("Line", position.Line).Element("Column", position.Column).Close(element);

    private static void WriteMissing(XmlOut xml, string[] keys)
    {
        xml.Open("MissingContextValues");
        foreach (var key in keys)
        {
            xml.Element("member", key);
        }

        xml.Close("MissingContextValues");
    }

    private static void WriteBoundary(XmlOut xml, Explanation explanation, PolicySet set)
    {
        if (!set.Boundaries.IsEmpty)
        {
            var allows = explanation.Policies.Where(policy => policy.Kind == PolicyKind.Boundary).All(policy => policy.Allows && !policy.Denies);
            xml.Open("PermissionsBoundaryDecisionDetail").Element("AllowedByPermissionsBoundary", allows).Close("PermissionsBoundaryDecisionDetail");
        }
    }
}
