using System.Text.Json;

namespace Keyless.Server.Audit;

/// <summary>
/// What the audit log keeps of a decision. A <see cref="DecisionRecord"/> is one, which holds all of it; an exchange that was allowed is
/// one too, so that the most frequent decision is written down without being copied first.
/// </summary>
/// <remarks>
/// The log asks on its own thread, before the append completes. <see cref="CloudTrail"/> gives the record its shape; the methods here
/// each write one member of it, and nothing where CloudTrail has no such member.
/// </remarks>
public interface IAuditEntry
{
    /// <summary>The request's id, <c>x-amzn-RequestId</c>.</summary>
    string Id { get; }

    DateTimeOffset At { get; }

    /// <summary><c>sts.amazonaws.com</c>, <c>iam.amazonaws.com</c>, <c>s3.amazonaws.com</c>.</summary>
    string EventSource { get; }

    /// <summary>The operation: <c>AssumeRoleWithWebIdentity</c>.</summary>
    string EventName { get; }

    /// <summary>The account concerned; null while none can be told.</summary>
    string? Account { get; }

    /// <summary>The code on the wire; null for a success.</summary>
    string? ErrorCode { get; }

    string? ErrorMessage { get; }

    string Region { get; }

    System.Net.IPAddress? SourceAddress { get; }

    string? UserAgent { get; }

    bool ReadOnly { get; }

    /// <summary>The value of <c>userIdentity</c>.</summary>
    void WriteIdentity(Utf8JsonWriter json);

    /// <summary><c>requestParameters</c>: what was asked. Never the token.</summary>
    void WriteParameters(Utf8JsonWriter json);

    /// <summary><c>responseElements</c>: what was answered. Never a secret.</summary>
    void WriteResponse(Utf8JsonWriter json);

    /// <summary><c>additionalEventData</c>.</summary>
    void WriteAdditional(Utf8JsonWriter json);

    /// <summary><c>resources</c>.</summary>
    void WriteResources(Utf8JsonWriter json);

    /// <summary>The value of <c>decision</c>, which AWS does not have: the cause, the checks, the policy evaluation.</summary>
    void WriteDecision(Utf8JsonWriter json);

    /// <summary>The line that the server's log gets once the record is durable; 0 for none.</summary>
    /// <returns>The number of characters written.</returns>
    int WriteLine(Span<char> line);
}
