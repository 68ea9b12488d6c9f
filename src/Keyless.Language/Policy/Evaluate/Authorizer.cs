using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>
/// Decides requests. IAM User Guide, "Policy evaluation logic": 1. a Deny anywhere wins; 2. service control policies, 3. resource
/// control policies and 4. the endpoint's policies must let it through; 5. then something must grant it.
/// </summary>
public static partial class Authorizer
{
    // Whose Allow each way of being named needs, in the order in which a missing one is blamed.
    private static readonly PolicyKind[] ResourceAlone = [PolicyKind.Resource];
    private static readonly PolicyKind[] ParentNamed = [PolicyKind.Resource, PolicyKind.Boundary, PolicyKind.Session];
    private static readonly PolicyKind[] OwnPolicies = [PolicyKind.Identity, PolicyKind.Boundary, PolicyKind.Session];
    private static readonly PolicyKind[] AcrossAccounts = [PolicyKind.Resource, .. OwnPolicies];

    /// <summary>The verdict alone; nothing is allocated for a typical trust policy.</summary>
    public static Verdict Decide(AccessRequest request, PolicySet policies) => Judge(new RequestView(request, policies), policies).Verdict;

    private static Judgement Judge(in RequestView request, PolicySet policies)
    {
        // No policy can take it away: AWS STS API Reference, GetCallerIdentity.
        if (request.Request.Action.Equals("sts:GetCallerIdentity", StringComparison.OrdinalIgnoreCase))
        {
            return new Judgement(Verdict.Allow, null);
        }

        var say = new Say(request, policies);

        // 1.
        if (say.FirstDenial is { } denial)
        {
            return new Judgement(Verdict.ExplicitDeny, denial);
        }

        // 2. to 4. (AWS's own full-access policy supplies the Allow of resource control policies.)
        if (!say.ServiceControl.Allows)
        {
            return new Judgement(Verdict.ImplicitDeny, PolicyKind.ServiceControl);
        }

        if (!say.Endpoint.Allows)
        {
            return new Judgement(Verdict.ImplicitDeny, PolicyKind.Endpoint);
        }

        // 5.
        if (!request.IsAws)
        {
            return say.Require(ResourceAlone);
        }

        if (!request.SameAccount)
        {
            return say.Require(AcrossAccounts);
        }

        return say.Resource.Grant switch
        {
            PrincipalMatch.Direct => say.Require(ResourceAlone),
            PrincipalMatch.Parent => say.Require(ParentNamed),
            PrincipalMatch.None when policies.ResourcePolicyDelegates => say.Require(ResourceAlone),
            _ => say.Require(OwnPolicies),
        };
    }

    /// <summary>What each kind of policy says to one request. Kinds that do not concern the requester say nothing against it.</summary>
    private readonly struct Say
    {
        private static readonly PolicyOutcome NoLimit = new(Denies: false, PrincipalMatch.Direct);

        private readonly PolicyKind _resourceKind;

        public Say(in RequestView request, PolicySet policies)
        {
            _resourceKind = policies.Resource?.Document.Kind ?? PolicyKind.Resource;
            Resource = policies.Resource?.Evaluate(request) ?? default;
            ResourceControl = DeniesOnly(PolicyOutcome.EachLevelOf(policies.ResourceControl, request));
            Endpoint = PolicyOutcome.EachOf(policies.Endpoints, request);
            Identity = Boundary = Session = ServiceControl = NoLimit;
            if (request.IsAws)
            {
                ServiceControl = PolicyOutcome.EachLevelOf(policies.ServiceControl, request);
                Identity = PolicyOutcome.AnyOf(policies.Identity, request);
                Identity = request.IsRoot ? DeniesOnly(Identity) : Identity;
                Boundary = PolicyOutcome.EachOf(policies.Boundaries, request);
                Session = policies.Session.IsEmpty ? NoLimit : PolicyOutcome.AnyOf(policies.Session, request);
            }
        }

        public PolicyOutcome ServiceControl { get; }

        public PolicyOutcome ResourceControl { get; }

        public PolicyOutcome Endpoint { get; }

        public PolicyOutcome Resource { get; }

        private PolicyOutcome Identity { get; }

        private PolicyOutcome Boundary { get; }

        private PolicyOutcome Session { get; }

        /// <summary>The kind whose Deny applies, the outermost first; null when none does.</summary>
        public PolicyKind? FirstDenial =>
            ServiceControl.Denies ? PolicyKind.ServiceControl
            : ResourceControl.Denies ? PolicyKind.ResourceControl
            : Endpoint.Denies ? PolicyKind.Endpoint
            : Resource.Denies ? _resourceKind
            : Identity.Denies ? PolicyKind.Identity
            : Boundary.Denies ? PolicyKind.Boundary
            : Session.Denies ? PolicyKind.Session
            : null;

        /// <summary>Allowed when every kind named allows; else the first that does not has decided. An allowance is the first kind's.</summary>
        public Judgement Require(ReadOnlySpan<PolicyKind> kinds)
        {
            foreach (var kind in kinds)
            {
                if (!Of(kind).Allows)
                {
                    return new Judgement(Verdict.ImplicitDeny, Named(kind));
                }
            }

            return new Judgement(Verdict.Allow, Named(kinds[0]));
        }

        private PolicyOutcome Of(PolicyKind kind) => kind switch
        {
            PolicyKind.Identity => Identity,
            PolicyKind.Boundary => Boundary,
            PolicyKind.Session => Session,
            _ => Resource,
        };

        private PolicyKind Named(PolicyKind kind) => kind == PolicyKind.Resource ? _resourceKind : kind;

        private static PolicyOutcome DeniesOnly(PolicyOutcome outcome) => outcome with { Grant = PrincipalMatch.Direct };
    }
}
