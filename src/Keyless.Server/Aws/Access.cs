using System.Runtime.CompilerServices;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Storage;

namespace Keyless.Server.Aws;

/// <summary>
/// The one authorization path: asks the policies whether the caller of a request has a permission. The pipeline asks for what an
/// operation declares; operations that decide per item (DeleteObjects, AssumeRole) ask here themselves.
/// </summary>
public sealed class Access(IamStore iam)
{
    // Resource policies live as documents with their owners; each is compiled once for as long as it lives.
    private readonly ConditionalWeakTable<PolicyDocument, CompiledPolicy> _compiled = [];

    /// <summary>Null when allowed.</summary>
    public Denial? Check(Service service, AwsRequest request, Permission permission)
    {
        var caller = request.Caller;
        if (caller is Caller.Root root && permission.ResourcePolicy is null && (permission.ResourceAccount ?? root.AccountId) == root.AccountId)
        {
            return null;
        }

        var policies = PolicySetOf(caller, permission);
        var asked = Ask(service, request, permission);
        if (Authorizer.Decide(asked, policies) is var verdict and not Verdict.Allow)
        {
            var explanation = Authorizer.Explain(asked, policies).Explanation;
            return new Denial(permission, caller, explanation.DecidedBy ?? PolicyKind.Identity, verdict == Verdict.ExplicitDeny)
            {
                PolicyArn = verdict == Verdict.ExplicitDeny && explanation.DecisivePolicy is { } name && name.StartsWith("arn:", StringComparison.Ordinal) ? name : null,
                Explanation = explanation,
            };
        }

        return null;
    }

    /// <summary>The request as policies see it, with every condition key it has.</summary>
    public AccessRequest Ask(Service service, AwsRequest request, Permission permission)
    {
        var context = RequestKeys.Of(request, iam.State);
        service.AddKeys(request, context);
        if ((permission.ResourceAccount ?? request.Caller.Account) is { } owner)
        {
            context.With("aws:ResourceAccount", owner);
        }

        foreach (var (key, value) in permission.Keys)
        {
            context.With(key, value);
        }

        foreach (var (key, values) in permission.MultivaluedKeys)
        {
            context.With(key, values);
        }

        return new AccessRequest(permission.Action, permission.Resource, RequesterOf(request.Caller), context)
        {
            ResourceAccount = permission.ResourceAccount,
        };
    }

    private static Requester RequesterOf(Caller caller) => caller.Arn is { } arn ? new Requester.Aws(arn) : new Requester.Anonymous();

    /// <summary>Every policy that has a say about a caller and a resource.</summary>
    private PolicySet PolicySetOf(Caller caller, Permission permission)
    {
        var set = CallerPolicies.Of(iam.State, caller);
        return permission.ResourcePolicy is { } document
            ? set with
            {
                Resource = _compiled.GetValue(document, static document => CompiledPolicy.Compile(document)),
                ResourcePolicyDelegates = document.Kind == PolicyKind.Trust,
            }
            : set;
    }
}
