using System.Collections.Immutable;

namespace Keyless.Server.Aws;

/// <summary>
/// An error answer of an AWS service: the code that SDKs match, its HTTP status, the message on the wire. Each service writes it in its
/// own envelope. IAM API Reference, "Common Error Types"; S3 API Reference, "Error Responses".
/// </summary>
public sealed record AwsError(string Code, int Status, string Message)
{
    private readonly bool? _isAboutAccess;

    /// <summary>Further elements of the answer, in order: S3's <c>BucketName</c>, <c>StringToSign</c> and so on.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>What the wire does not say: cause, wanted, got, mend. For the log, the decision record and <c>explain</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>What the caller can change, beside <see cref="Reason"/>; null when that says it.</summary>
    public string? Mend { get; init; }

    /// <summary>
    /// Whether it says who may do what, and not that something is absent or malformed: every 403, and what S3's Object Ownership refuses
    /// with another status. Such a refusal has a decision record whichever operation gives it.
    /// </summary>
    public bool IsAboutAccess
    {
        get => _isAboutAccess ?? Status == 403;
        init => _isAboutAccess = value;
    }

    /// <summary>Where a redirect goes; null for every other answer.</summary>
    public string? Location { get; init; }

    public AwsError With(string field, string value) => this with { Fields = Fields.Add(new(field, value)) };
}

/// <summary>The errors that every Query service shares.</summary>
public static class CommonErrors
{
    public static AwsError ValidationError(string message) => new("ValidationError", 400, message);

    public static AwsError AccessDenied(string message) => new("AccessDenied", 403, message);

    public static AwsError MalformedPolicyDocument(string message) => new("MalformedPolicyDocument", 400, message);

    public static AwsError InvalidAction(string action, string? version) =>
        new("InvalidAction", 400, $"Could not find operation {action} for version {version ?? "NO_VERSION_SPECIFIED"}");

    /// <summary>AWS shows a browser that comes along the product's page.</summary>
    public static AwsError MissingAction(string query) => new("MissingAction", 302, "")
    {
        Location = "https://aws.amazon.com/iam" + (query.Length == 0 ? "" : "?" + query),
        Reason = "the request has no `Action`, in the query of a GET or the form of a POST: it calls no operation",
    };

    /// <summary>A call in the JSON protocols, which other services of AWS speak.</summary>
    public static AwsError UnknownOperation(string target) => new("UnknownOperationException", 404, "")
    {
        Reason = $"the request calls `{target}`, an operation of a service that is not here: this server has IAM, STS and S3",
        Mend = "leave that service's endpoint as it is: set `AWS_ENDPOINT_URL_IAM`, `AWS_ENDPOINT_URL_STS` and `AWS_ENDPOINT_URL_S3` in place of `AWS_ENDPOINT_URL`",
    };

    public static AwsError InternalFailure() =>
        new("InternalFailure", 500, "The request processing has failed because of an unknown error, exception or failure.");

    public static AwsError MalformedInput(string what) => new("MalformedInput", 400, what);

    public static AwsError RequestEntityTooLarge(int limit) =>
        new("RequestEntityTooLarge", 413, $"Request size exceeded the limit of {limit} bytes");
}
