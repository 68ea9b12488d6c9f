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
    /// <summary>How many actions times resources one page answers; the rest is for the next one.</summary>
    private const int MaxDecisions = 1000;

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
        foreach (var number in call.Parameters.Numbers("ContextEntries"))
        {
            check.Optional($"ContextEntries.member.{number}.ContextKeyName", 5, 256);
            check.OneOf(
                $"ContextEntries.member.{number}.ContextKeyType",
                "string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary", "binaryList", "date", "dateList");
        }

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
            return IamErrors.InvalidInput($"Invalid action name {badAction}: it must have the form service:Action.") with { Reason = $"`ActionNames` has `{badAction}`, which is not of the form `service:Action`", Mend = "write it as `s3:GetObject`" };
        }

        if (resources.FirstOrDefault(resource => resource != "*" && !Arn.TryParse(resource, out _)) is { } badArn)
        {
            return IamErrors.InvalidInput($"ResourceNames are not in a valid ARN format: {badArn}.") with { Reason = $"`ResourceArns` has `{badArn}`, which is neither an ARN nor `*`", Mend = "write it as `arn:aws:s3:::BUCKET/KEY`" };
        }

        if (owner is not null && OwnerOf(owner) is null)
        {
            return IamErrors.InvalidInput($"'{owner}' is not a valid as a Resource Owner.") with { Reason = $"`ResourceOwner` is `{owner}`, which is neither an account id nor the ARN of one", Mend = "write `arn:aws:iam::ACCOUNT:root`" };
        }

        // Who the Principal of a resource policy may mean is a user, and nobody else.
        if (callerArn is not null && !IsUser(callerArn))
        {
            return IamErrors.InvalidInput($"Invalid Entity Arn: {callerArn} does not clearly define entity type and name.") with { Reason = $"`CallerArn` is `{callerArn}`, and only a user can be the caller of a simulation with a resource policy", Mend = "write the ARN of a user: `arn:aws:iam::ACCOUNT:user/NAME`" };
        }

        if (callerArn is null && resourcePolicy is not null && !IsUser(caller))
        {
            return IamErrors.InvalidInput("CallerArn is required if ResourcePolicy is used.") with { Reason = "the request has a `ResourcePolicy` and no `CallerArn`: it does not say whom the policy's principals are compared with", Mend = "give the ARN of a user: `--caller-arn arn:aws:iam::ACCOUNT:user/NAME`" };
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
        var requester = new Requester.Aws(callerArn ?? caller);
        var isAll = resources is [] or ["*"];
        var asked = actions.Select((action, index) => (Key: index.ToString("D7"), Requests: (resources is [] ? ["*"] : resources)
            .Select(arn => new AccessRequest(action, arn, requester, context) { ResourceAccount = OwnerOf(owner) })));
        var page = Page<(string Key, IEnumerable<AccessRequest> Requests)>.Of(
            call.Check, asked, item => item.Key, StringComparer.Ordinal, out var badPage, most: Math.Max(1, MaxDecisions / Math.Max(1, resources.Count)));
        return page is null ? badPage! : call.Result(xml =>
        {
            xml.Open("EvaluationResults");
            foreach (var (_, requests) in page.Items)
            {
                WriteResult(xml, [.. requests.Select(request => Authorizer.Explain(request, set).Explanation)], set, missing, isAll);
            }

            xml.Close("EvaluationResults");
            page.WriteEnd(xml);
        });
    }

    private static IEnumerable<CompiledPolicy> AllOf(PolicySet set) =>
        set.Identity.Concat(set.Boundaries).Concat(set.Resource is { } resource ? [resource] : []);

    private static string? OwnerOf(string? arn) => arn?.Split(':') is ["arn", _, "iam", "", { Length: 12 } account, "root"] ? account : null;

    private static bool IsUser(string arn) => arn.Split(':') is ["arn", _, "iam", "", { Length: 12 }, var name] && name.StartsWith("user/", StringComparison.Ordinal);

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

    /// <summary>One action's result: the most restrictive decision of all its resources, then each of them.</summary>
    private static void WriteResult(XmlOut xml, Explanation[] explanations, PolicySet set, string[] missing, bool isAll)
    {
        var verdict = explanations.Max(explanation => Severity(explanation.Verdict));
        var decisive = explanations.Where(explanation => Severity(explanation.Verdict) == verdict).ToArray();
        xml.Open("member")
            .Element("EvalActionName", decisive[0].Request.Action)
            .Element("EvalResourceName", explanations is [var only] ? only.Request.Resource : "*")
            .Element("EvalDecision", DecisionName(decisive[0].Verdict));
        if (!isAll)
        {
            xml.Empty("EvalDecisionDetails");
        }

        WriteMatched(xml, decisive);
        WriteMissing(xml, isAll ? missing : []);
        WriteBoundary(xml, explanations, set);
        if (!isAll)
        {
            xml.Open("ResourceSpecificResults");
            foreach (var explanation in explanations)
            {
                xml.Open("member")
                    .Element("EvalResourceName", explanation.Request.Resource)
                    .Element("EvalResourceDecision", DecisionName(explanation.Verdict));
                WriteMatched(xml, explanation);
                WriteMissing(xml, missing);
                WriteBoundary(xml, [explanation], set);
                xml.Close("member");
            }

            xml.Close("ResourceSpecificResults");
        }

        xml.Close("member");
    }

    private static int Severity(Verdict verdict) => verdict switch
    {
        Verdict.Allow => 0,
        Verdict.ExplicitDeny => 2,
        _ => 1,
    };

    private static string DecisionName(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allowed",
        Verdict.ExplicitDeny => "explicitDeny",
        _ => "implicitDeny",
    };

    /// <summary>The statements that decided: those that allow, or those that deny; each once.</summary>
    private static void WriteMatched(XmlOut xml, params ReadOnlySpan<Explanation> explanations)
    {
        xml.Open("MatchedStatements");
        var written = new HashSet<Statement>(ReferenceEqualityComparer.Instance);
        foreach (var explanation in explanations)
        {
            var effect = explanation.Verdict == Verdict.Allow ? Effect.Allow : Effect.Deny;
            foreach (var policy in explanation.Policies.Where(policy => policy.Consulted && explanation.Verdict != Verdict.ImplicitDeny))
            {
                foreach (var statement in policy.Statements.Where(statement => statement.Applies && statement.Statement.Effect.Value == effect && written.Add(statement.Statement)))
                {
                    xml.Open("member")
                        .Element("SourcePolicyId", policy.Name.StartsWith("arn:", StringComparison.Ordinal) ? ManagedPolicies.NameOf(policy.Name) : policy.Name)
                        .Element("SourcePolicyType", policy.Kind == PolicyKind.Resource ? "Resource Policy" : "IAM Policy");
                    WritePosition(xml, "StartPosition", policy.Source.PositionOf(StartOf(statement.Statement, policy.Source.Text)));
                    WritePosition(xml, "EndPosition", policy.Source.PositionOf(statement.Statement.Span.End));
                    xml.Close("member");
                }
            }
        }

        xml.Close("MatchedStatements");
    }

    /// <summary>
    /// Where AWS lets a statement begin: in a list after the bracket or comma before it, alone after its own brace.
    /// </summary>
    private static int StartOf(Statement statement, string text)
    {
        var before = text.AsSpan(0, statement.Span.Start).TrimEnd();
        return before is [.., '[' or ','] ? before.Length : statement.Span.Start + 1;
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

    private static void WriteBoundary(XmlOut xml, Explanation[] explanations, PolicySet set)
    {
        if (!set.Boundaries.IsEmpty)
        {
            var allows = explanations.SelectMany(explanation => explanation.Policies)
                .Where(policy => policy.Kind == PolicyKind.Boundary)
                .All(policy => policy.Allows && !policy.Denies);
            xml.Open("PermissionsBoundaryDecisionDetail").Element("AllowedByPermissionsBoundary", allows).Close("PermissionsBoundaryDecisionDetail");
        }
    }
}
