namespace Keyless.Language.Policy.Evaluate;

/// <summary>One request as policies see it.</summary>
/// <param name="Action"><c>service:Name</c>.</param>
/// <param name="Resource">An ARN, or <c>*</c> for actions without resource types.</param>
public sealed record AccessRequest(string Action, string Resource, Requester Requester, RequestContext Context)
{
    /// <summary>The twelve digits of the resource's owner; null when the resource has no owner or it is the requester's account.</summary>
    public string? ResourceAccount { get; init; }

    /// <summary>True when the action takes no resource type, so that only the resource <c>*</c> can match.</summary>
    public bool WildcardOnlyAction { get; init; }
}

/// <summary>Who asks. IAM User Guide, "AWS JSON policy elements: Principal".</summary>
public abstract record Requester
{
    private Requester()
    {
    }

    /// <summary>A user, a role session, a federated user or an account's root, by ARN.</summary>
    public sealed record Aws(string Arn) : Requester;

    /// <summary>An AWS service by its host name.</summary>
    public sealed record Service(string Host) : Requester;

    /// <summary>A caller whose token an identity provider vouches for; the ARN of that provider, or a built-in host name.</summary>
    public sealed record Federated(string Provider) : Requester;

    public sealed record Anonymous : Requester;
}
