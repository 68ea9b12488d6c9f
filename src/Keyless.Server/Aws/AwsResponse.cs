using Keyless.Server.Audit;

namespace Keyless.Server.Aws;

/// <summary>
/// What an operation answers: its protocol's success, or an <see cref="AwsError"/>, which converts to one so that operations can
/// return errors plainly.
/// </summary>
public abstract class AwsResponse
{
    /// <summary>The error, when it is one; the service writes its envelope.</summary>
    public virtual AwsError? Error => null;

    /// <summary>What must be in the audit log before the answer leaves, where the operation itself knows it; otherwise null.</summary>
    public virtual IAuditEntry? Record => null;

    /// <summary>What the record says of a success beyond that it was one.</summary>
    public Remarks? Remarks { get; set; }

    /// <summary>Writes status, headers and body. Not called for errors.</summary>
    public abstract ValueTask Write(AwsRequest request);

    public static implicit operator AwsResponse(AwsError error) => new Failure(error, record: null);

    /// <summary>An error with its record.</summary>
    public static AwsResponse Refused(AwsError error, IAuditEntry record) => new Failure(error, record);

    private sealed class Failure(AwsError error, IAuditEntry? record) : AwsResponse
    {
        public override AwsError Error => error;

        public override IAuditEntry? Record => record;

        public override ValueTask Write(AwsRequest request) => throw new InvalidOperationException("the service writes errors");
    }
}

/// <summary>Doubts about what a call that was allowed has done.</summary>
/// <param name="Summary">The first of them, in one sentence.</param>
/// <param name="Text">All of them, for people.</param>
public sealed record Remarks(string Summary, string Text);
