using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server.Audit;

namespace Keyless.Server.Aws;

/// <summary>What the pipeline puts into the audit log.</summary>
internal static class Recorded
{
    public static DecisionRecord Of(Service service, string operation, AwsRequest request, AwsError? error, Denial? denial, Remarks? remarks = null) => new()
    {
        Id = request.RequestId,
        At = request.ReceivedAt,
        EventSource = service.Name + ".amazonaws.com",
        EventName = operation,
        Allowed = error is null,
        Summary = OneLine.Of(Summary(operation, request, error, denial) + (remarks is null ? "" : "; " + remarks.Summary), 4000),
        Help = (error?.Mend ?? (denial is null ? null : denial.Explanation?.Change ?? Change(denial))) is { } help ? OneLine.Of(help, 4000) : null,
        Account = request.Caller.Account,
        Identity = CloudTrail.IdentityOf(request.Caller, request.Signature?.AccessKeyId),
        ErrorCode = error?.Code,
        ErrorMessage = error is null ? null : OneLine.Of(FirstLine(error.Message), 2000),
        RequestParameters = [.. service.RequestParameters(request)],
        Resources = denial is null || denial.Permission.Resource == "*" ? [] : [Resource(denial.Permission)],
        ReadOnly = IsRead(operation),
        Region = request.Signature?.Region ?? "us-east-1",
        SourceAddress = request.Http.Connection.RemoteIpAddress,
        UserAgent = request.Header("User-Agent"),
        Inputs = denial is null ? [] :
        [
            new("caller", OneLine.Of(request.Caller.Arn ?? "anonymous", 2000)),
            new("action", denial.Permission.Action),
            new("resource", OneLine.Of(denial.Permission.Resource, 2000)),
        ],
        Explanation = denial?.Explanation is { } explanation ? ExplanationText.Render(explanation) : remarks?.Text,
    };

    private static string Summary(string operation, AwsRequest request, AwsError? error, Denial? denial) =>
        error is null ? $"{operation} by `{request.Caller.Arn}`" : error.Reason ?? denial?.Cause ?? FirstLine(error.Message);

    private static string Change(Denial denial) => denial.Explicit
        ? $"take the Deny out of the {(denial.PolicyArn is { } arn ? $"policy `{arn}`" : "policy")}, or except this request from it"
        : $"allow `{denial.Permission.Action}` on `{denial.Permission.Resource}` in {Where(denial)}";

    // What the caller's own policies say opens nothing to strangers, nor another account's resource.
    private static bool IsOfAnother(Denial denial) => denial.By == PolicyKind.Resource || denial.Caller is Caller.Anonymous;

    private static string Where(Denial denial) => denial switch
    {
        { Permission.Resource: var arn } when IsOfAnother(denial) && arn.StartsWith("arn:aws:s3:::", StringComparison.Ordinal) =>
            $"the bucket's policy for {(denial.Caller.Arn is { } caller ? $"`{(denial.Caller as Caller.WithSession)?.Session.RoleArn ?? caller}`" : "`*`")}: `aws s3api put-bucket-policy --bucket {arn["arn:aws:s3:::".Length..].Split('/')[0]}`",
        _ when IsOfAnother(denial) => "a policy of the resource",
        { By: PolicyKind.Session } => "the session policy, or make the session without one",
        { By: PolicyKind.Boundary } => $"the permissions boundary of {denial.Caller.Called}",
        { By: PolicyKind.Trust } => "the role's trust policy",
        { Caller: Caller.WithSession { Session.RoleArn: { } role } } => $"a policy of {denial.Caller.Called}: `aws iam put-role-policy --role-name {role[(role.LastIndexOf('/') + 1)..]}`",
        { Caller: Caller.User user } => $"a policy of {user.Called}: `aws iam put-user-policy --user-name {user.Name}`",
        _ => "a policy of the caller",
    };

    // A mismatch of signatures carries the whole canonical request, and in it a session token.
    private static string FirstLine(string message) => message.Split('\n', 2)[0];

    private static TrailResource Resource(Permission permission)
    {
        var type = permission.Resource.Split(':') is [_, _, "iam", _, _, var iam, ..] ? iam.Split('/')[0] switch
            {
                "role" => "AWS::IAM::Role",
                "user" => "AWS::IAM::User",
                "policy" => "AWS::IAM::ManagedPolicy",
                "oidc-provider" => "AWS::IAM::OIDCProvider",
                _ => "AWS::IAM",
            }
            : !permission.Resource.StartsWith("arn:aws:s3:::", StringComparison.Ordinal) ? permission.Resource.Split(':').ElementAtOrDefault(2) ?? ""
            : permission.Resource.Contains('/') ? "AWS::S3::Object"
            : "AWS::S3::Bucket";
        return new TrailResource(type, permission.Resource, permission.ResourceAccount);
    }

    // As CloudTrail has it: giving credentials changes nothing.
    private static bool IsRead(string operation) =>
        operation.StartsWith("Get", StringComparison.Ordinal) || operation.StartsWith("List", StringComparison.Ordinal)
        || operation.StartsWith("Assume", StringComparison.Ordinal) || operation.StartsWith("Decode", StringComparison.Ordinal)
        || operation.StartsWith("Head", StringComparison.Ordinal) || operation.StartsWith("Simulate", StringComparison.Ordinal);
}
