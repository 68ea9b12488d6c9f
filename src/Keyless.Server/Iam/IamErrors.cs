using Keyless.Server.Aws;

namespace Keyless.Server.Iam;

/// <summary>IAM's errors, as recorded on AWS. IAM API Reference, "Common Errors" and the errors of each operation.</summary>
internal static class IamErrors
{
    public static AwsError NoSuchEntity(string message) => new("NoSuchEntity", 404, message);

    public static AwsError EntityAlreadyExists(string message) => new("EntityAlreadyExists", 409, message);

    public static AwsError InvalidInput(string message) => new("InvalidInput", 400, message);

    public static AwsError DeleteConflict(string message) => new("DeleteConflict", 409, message);

    public static AwsError LimitExceeded(string quota, int limit) => new("LimitExceeded", 409, $"Cannot exceed quota for {quota}: {limit}");

    public static AwsError RoleExists(string name) => EntityAlreadyExists($"Role with name {name} already exists.");

    public static AwsError UserExists(string name) => EntityAlreadyExists($"User with name {name} already exists.");

    public static AwsError GroupExists(string name) => EntityAlreadyExists($"Group with name {name} already exists.");

    public static AwsError PolicyExists(string name) =>
        EntityAlreadyExists($"A policy called {name} already exists. Duplicate names are not allowed.");

    public static AwsError NoPolicy(string arn) => NoSuchEntity($"Policy {arn} was not found.");

    public static AwsError NotAttachable(string arn) => NoSuchEntity($"Policy {arn} does not exist or is not attachable.") with
    {
        Reason = ManagedPolicies.WhichThereAre(arn),
    };

    public static AwsError NoBoundary(string arn) => NoSuchEntity($"Scope ARN: {arn} does not exist or is not attachable.") with
    {
        Reason = ManagedPolicies.WhichThereAre(arn),
    };

    public static AwsError NotAttached(string arn) => NoSuchEntity($"Policy {arn} was not found.");

    public static AwsError NoVersion(string arn, string version) => NoSuchEntity($"Policy {arn} version {version} does not exist or is not attachable.");

    public static AwsError NoProvider(string arn) => NoSuchEntity($"OpenIDConnect Provider not found for arn {arn}");

    public static AwsError NoProviderToDelete(string arn) => NoSuchEntity($"OpenId connect Provider {arn} cannot be found.");

    public static AwsError NoAccessKey(string id) => NoSuchEntity($"The Access Key with id {id} cannot be found.");

    /// <summary>Whose key an unknown one is cannot be said, so that nobody may ask: with AWS's own words, which have no colon here.</summary>
    public static AwsError UnknownKeyUse(Caller caller, string id) =>
        CommonErrors.AccessDenied($"User: {caller.Arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}");

    public static AwsError InvalidArn(string arn) => CommonErrors.ValidationError($"ARN {arn} is not valid.");

    public static AwsError TooManyTags() => new("LimitExceeded", 409, "The number of tags has reached the maximum limit.");

    public static AwsError DuplicateTags(bool caseMatters) =>
        InvalidInput("Duplicate tag keys found." + (caseMatters ? "" : " Please note that Tag keys are case insensitive."));

    public static AwsError ReservedTag(string key) =>
        InvalidInput($"The tag key {key} is not valid: tag keys that begin with aws: are reserved for system use.");

    public static AwsError InvalidMarker() => CommonErrors.ValidationError("Invalid Marker.");

    public static AwsError MustName(string field) => CommonErrors.ValidationError(
        $"Must specify {field} when calling with non-User credentials");
}
