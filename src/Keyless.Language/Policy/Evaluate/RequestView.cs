using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>A request taken apart once for all policies, without copying its text.</summary>
internal readonly struct RequestView
{
    private readonly int _colon;

    public RequestView(AccessRequest request, PolicySet policies)
    {
        Request = request;
        _colon = request.Action.IndexOf(':', StringComparison.Ordinal);
        IsStar = request.WildcardOnlyAction || request.Resource == "*";
        _ = Arn.TryParse(request.Resource, out var resource);
        Resource = resource;
        if (request.Requester is Requester.Aws aws && Arn.TryParse(aws.Arn, out var requester))
        {
            RequesterArn = requester;
            SameAccount = request.ResourceAccount is null || requester.Account.SequenceEqual(request.ResourceAccount);
        }

        HasBoundary = !policies.Boundaries.IsEmpty;
    }

    public AccessRequest Request { get; }

    public RequestContext Context => Request.Context;

    public ReadOnlySpan<char> Service => _colon < 0 ? default : Request.Action.AsSpan(0, _colon);

    public ReadOnlySpan<char> ActionName => _colon < 0 ? default : Request.Action.AsSpan(_colon + 1);

    /// <summary>Whether only the resource <c>*</c> stands for what is asked.</summary>
    public bool IsStar { get; }

    /// <summary>Empty when the resource is no ARN.</summary>
    public Arn Resource { get; }

    /// <summary>Empty unless an AWS principal asks.</summary>
    public Arn RequesterArn { get; }

    public bool SameAccount { get; }

    public bool HasBoundary { get; }

    /// <summary>The account's root: identity policies do not limit it.</summary>
    public bool IsRoot => !RequesterArn.IsEmpty && RequesterArn.Resource.SequenceEqual("root") && RequesterArn.Service.SequenceEqual("iam");

    /// <summary>Users and roles of the organisation's accounts; service control policies do not see anybody else.</summary>
    public bool IsAws => Request.Requester is Requester.Aws;
}
