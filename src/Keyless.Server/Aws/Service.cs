using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>One AWS service: its name, its signing rules, its table of operations and its wire format.</summary>
public abstract class Service
{
    /// <summary>The name in credential scopes: <c>sts</c>, <c>iam</c>, <c>s3</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How its requests are signed, and the errors it gives when they are not.</summary>
    public abstract SigningRules Signing { get; }

    /// <summary>Every operation, one row each.</summary>
    public abstract IReadOnlyCollection<Operation> Operations { get; }

    /// <summary>Parses the request as far as needed to know its operation.</summary>
    public abstract ValueTask<Opened> Open(HttpContext http, RawTarget target, DateTimeOffset now);

    /// <summary>Writes an error in the service's envelope.</summary>
    public abstract ValueTask WriteError(AwsRequest request, AwsError error);

    /// <summary>The message for a caller whom the policies do not allow. IAM User Guide, "Troubleshoot access denied error messages".</summary>
    public abstract AwsError Denied(AwsRequest request, Denial denial);

    /// <summary>What was asked, for the audit: CloudTrail's <c>requestParameters</c>, without secrets.</summary>
    public virtual IEnumerable<Audit.TrailField> RequestParameters(AwsRequest request) => [];

    /// <summary>Adds the service's own condition keys; those of every request are there already.</summary>
    public virtual void AddKeys(AwsRequest request, Keyless.Language.Policy.Evaluate.RequestContext context)
    {
    }
}

/// <summary>A parsed request with its operation, or why there is none.</summary>
public readonly record struct Opened(AwsRequest Request, Operation? Operation, AwsError? Error)
{
    /// <summary>What the request calls, where no operation is called so: one line, never long.</summary>
    public string? Called { get; init; }

    /// <summary>For the log and the audit.</summary>
    public string Name => Operation?.Name ?? Called ?? $"{OneLine.Of(Request.Method, 16)} {OneLine.Of(Request.Target.Path, 128)}";
}
