using System.Collections.Immutable;

namespace Keyless.Server.Aws;

/// <summary>
/// One AWS operation. It declares what it needs; the <see cref="Pipeline"/> authenticates, authorizes, runs, writes. There is no way into
/// <see cref="Run"/> but through the pipeline, and no operation without <see cref="Needs"/>.
/// </summary>
public abstract class Operation
{
    /// <summary>AWS's exact name: <c>CreateRole</c>.</summary>
    public abstract string Name { get; }

    public virtual SignatureRule Signature => SignatureRule.Required;

    /// <summary>Which outcomes the pipeline puts into the audit log.</summary>
    public virtual Recording Recording => Recording.Refusals;

    /// <summary>The permissions the caller must have before <see cref="Run"/>.</summary>
    public abstract Needs Needs(AwsRequest request);

    public abstract ValueTask<AwsResponse> Run(AwsRequest request);
}

/// <summary>What the pipeline records of an operation.</summary>
public enum Recording
{
    /// <summary>Requests that were not authenticated or not authorized, errors about access, and what an answer has a record of.</summary>
    Refusals,

    /// <summary>Everything it answers: writes of IAM, and what gives credentials.</summary>
    Everything,
}

/// <summary>What the pipeline does about a request's signature.</summary>
public enum SignatureRule
{
    /// <summary>An unsigned request is refused.</summary>
    Required,

    /// <summary>An unsigned request has an anonymous caller, whom resource policies may allow: S3.</summary>
    Optional,

    /// <summary>Any signature is ignored: AssumeRoleWithWebIdentity, whose token is the credential.</summary>
    Ignored,
}

/// <summary>What an operation needs before it runs.</summary>
public abstract record Needs
{
    private Needs()
    {
    }

    /// <summary>All of these, each decided by the policies.</summary>
    public sealed record Permissions(ImmutableArray<Permission> All) : Needs;

    /// <summary>
    /// No policy is asked by the pipeline: AWS always allows it (GetCallerIdentity), or the operation asks per item through
    /// <see cref="Access"/> (DeleteObjects, AssumeRole).
    /// </summary>
    /// <param name="Why">For the reader and the completeness test.</param>
    public sealed record Nothing(string Why) : Needs;

    /// <summary>
    /// What the request is about does not exist, or the request makes no sense: S3 says so to anyone, whatever they may do
    /// (<c>NoSuchBucket</c>).
    /// </summary>
    public sealed record Refused(AwsError Error) : Needs;

    public static implicit operator Needs(AwsError error) => new Refused(error);

    public static implicit operator Needs(Permission permission) => new Permissions([permission]);

    public static implicit operator Needs(ImmutableArray<Permission> permissions) => new Permissions(permissions);
}
