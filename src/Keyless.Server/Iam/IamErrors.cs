using Keyless.Language.Diagnostics;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>
/// IAM's errors, as recorded on AWS, each with the cause and the mend that AWS does not tell. IAM API Reference, "Common Errors" and the
/// errors of each operation.
/// </summary>
internal static class IamErrors
{
    public static AwsError NoSuchEntity(string message) => new("NoSuchEntity", 404, message);

    public static AwsError EntityAlreadyExists(string message) => new("EntityAlreadyExists", 409, message);

    public static AwsError InvalidInput(string message) => new("InvalidInput", 400, message);

    public static AwsError DeleteConflict(string message, string cause, string mend) => new("DeleteConflict", 409, message) { Reason = cause, Mend = mend };

    /// <param name="of">Whose quota it is, as a sentence begins: <c>user `ann` has</c>.</param>
    /// <param name="what">What it has so many of.</param>
    public static AwsError LimitExceeded(string quota, int limit, string of, string what, string mend) =>
        new("LimitExceeded", 409, $"Cannot exceed quota for {quota}: {limit}") { Reason = $"{of} {limit} {what} already, and no more are allowed", Mend = mend };

    public static AwsError RoleExists(string name, Role present) =>
        Exists($"Role with name {name} already exists.", "role", name, present.Arn, $"`aws iam update-assume-role-policy --role-name {present.Name}`");

    public static AwsError UserExists(string name, User present) =>
        Exists($"User with name {name} already exists.", "user", name, present.Arn, $"`aws iam update-user --user-name {present.Name}`");

    public static AwsError GroupExists(string name, Group present) =>
        Exists($"Group with name {name} already exists.", "group", name, present.Arn, $"`aws iam update-group --group-name {present.Name}`");

    public static AwsError PolicyExists(string name, ManagedPolicy present) => Exists(
        $"A policy called {name} already exists. Duplicate names are not allowed.", "policy", name, present.Arn,
        $"`aws iam create-policy-version --policy-arn {present.Arn} --set-as-default`");

    /// <summary>The name as the request has it: what is there may be spelled in another case.</summary>
    private static AwsError Exists(string message, string word, string name, string arn, string change) => EntityAlreadyExists(message) with
    {
        Reason = $"there is a {word} `{name}` already, `{arn}`: names are unique in an account, whatever their case and path",
        Mend = $"take another name, or change the one there is: {change}",
    };

    public static AwsError ProviderExists(string issuer, OidcProvider present) => EntityAlreadyExists($"Provider with url {issuer} already exists.") with
    {
        Reason = $"account `{present.Account}` has a provider for `{issuer}` already, `{present.Arn}`",
        Mend = $"use it, or add a client id: `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {present.Arn} --client-id ID`",
    };

    /// <summary>No entity of that name is there, but perhaps one that was meant.</summary>
    /// <param name="list">The command that lists those there are.</param>
    public static AwsError Absent(string message, string account, string word, string name, IEnumerable<string> names, string list)
    {
        var near = Suggest.Nearest(name, names);
        return NoSuchEntity(message) with
        {
            Reason = $"account `{account}` has no {word} `{name}`" + (near is null ? "" : $"; did you mean `{near}`?"),
            Mend = near is null ? $"create it, or take one that `{list}` has" : $"write `{near}`",
        };
    }

    public static AwsError NoPolicy(IamAccount account, string arn) => AbsentPolicy($"Policy {arn} was not found.", account, arn);

    public static AwsError NotAttachable(IamAccount account, string arn) => AbsentPolicy($"Policy {arn} does not exist or is not attachable.", account, arn);

    public static AwsError NoBoundary(IamAccount account, string arn) => AbsentPolicy($"Scope ARN: {arn} does not exist or is not attachable.", account, arn);

    private static AwsError AbsentPolicy(string message, IamAccount account, string arn)
    {
        var (cause, mend) = ManagedPolicies.WhyAbsent(account, arn);
        return NoSuchEntity(message) with { Reason = cause, Mend = mend };
    }

    public static AwsError NotAttached(Identity identity, IdentityKind kind, string arn)
    {
        var near = Suggest.Nearest(arn, identity.AttachedPolicies);
        return NoSuchEntity($"Policy {arn} was not found.") with
        {
            Reason = $"`{ManagedPolicies.NameOf(arn)}` (`{arn}`) is not attached to {kind.Word} `{identity.Name}`"
                + (identity.AttachedPolicies.IsEmpty ? ", which has no managed policy" : near is null ? "" : $"; did you mean `{near}`?"),
            Mend = near is null ? $"see what is: `aws iam list-attached-{kind.Word}-policies {kind.Option} {identity.Name}`" : $"write `{near}`",
        };
    }

    public static AwsError NoVersion(IamAccount account, string arn, string version)
    {
        var message = $"Policy {arn} version {version} does not exist or is not attachable.";
        return ManagedPolicies.Find(account, arn) is not { } policy ? AbsentPolicy(message, account, arn) : NoSuchEntity(message) with
        {
            Reason = $"policy `{policy.Name}` has no version `{version}`, only {string.Join(", ", policy.Versions.Select(v => $"`{v.Id}`"))}",
            Mend = $"take one of those; `v{policy.DefaultVersion}` is the default",
        };
    }

    public static AwsError NoProvider(IamAccount account, string arn) => AbsentProvider($"OpenIDConnect Provider not found for arn {arn}", account, arn);

    public static AwsError NoProviderToDelete(IamAccount account, string arn) => AbsentProvider($"OpenId connect Provider {arn} cannot be found.", account, arn);

    private static AwsError AbsentProvider(string message, IamAccount account, string arn) =>
        Absent(message, account.Id, "OIDC provider", arn, account.Providers.Keys, "aws iam list-open-id-connect-providers");

    /// <param name="owner">The user whose key it is; null when the account has no such key.</param>
    public static AwsError NoAccessKey(string id, string? owner, string? asked) => NoSuchEntity($"The Access Key with id {id} cannot be found.") with
    {
        Reason = owner is null ? $"no user of the account has the access key `{id}`" : $"the access key `{id}` is of user `{owner}`, not of `{asked}`",
        Mend = owner is null ? "see which there are: `aws iam list-access-keys --user-name NAME`" : $"pass `--user-name {owner}`",
    };

    /// <summary>Whose key an unknown one is cannot be said, so that nobody may ask: with AWS's own words, which have no colon here.</summary>
    public static AwsError UnknownKeyUse(Caller caller, string id) =>
        CommonErrors.AccessDenied($"User: {caller.Arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}") with
        {
            Reason = $"account `{caller.Account}` has no access key `{id}`, and nobody may ask after one that is not there",
            Mend = "see which there are: `aws iam list-access-keys --user-name NAME`",
        };

    public static AwsError InvalidArn(string arn) => CommonErrors.ValidationError($"ARN {arn} is not valid.") with
    {
        Reason = ArnForm.Policy.Problem(arn),
        Mend = ArnForm.Policy.Mend,
    };

    /// <summary>A boundary has the same problem under another code.</summary>
    public static AwsError InvalidBoundaryArn(string arn) => InvalidInput($"ARN {arn} is not valid.") with
    {
        Reason = ArnForm.Policy.Problem(arn),
        Mend = ArnForm.Policy.Mend,
    };

    public static AwsError TooManyTags(int count) => new("LimitExceeded", 409, "The number of tags has reached the maximum limit.")
    {
        Reason = $"it would have {count} tags, {count - Tagging.Max} more than the {Tagging.Max} that are allowed",
        Mend = "remove tags that are there, or set fewer",
    };

    public static AwsError DuplicateTags(string key, bool caseMatters) =>
        InvalidInput("Duplicate tag keys found." + (caseMatters ? "" : " Please note that Tag keys are case insensitive.")) with
        {
            Reason = $"the tag key `{key}` is given twice{(caseMatters ? "" : "; keys compare without case")}",
            Mend = "give each key once",
        };

    public static AwsError ReservedTag(string key) =>
        InvalidInput($"The tag key {key} is not valid: tag keys that begin with aws: are reserved for system use.") with
        {
            Reason = $"the tag key `{key}` begins with `aws:`, which is reserved for AWS itself",
            Mend = "take a key that begins otherwise",
        };

    public static AwsError InvalidMarker() => CommonErrors.ValidationError("Invalid Marker.") with
    {
        Reason = "`Marker` is none that a page of this list ended with",
        Mend = "pass the `Marker` of the page before unchanged, or none for the first page",
    };

    public static AwsError MustName(string field, Caller caller) => CommonErrors.ValidationError($"Must specify {field} when calling with non-User credentials") with
    {
        Reason = $"the request has no `UserName`, and {caller.Called} is no user whom it could mean instead",
        Mend = "name the user: `--user-name NAME`",
    };
}
