using System.Collections.Frozen;
using Keyless.Language.Diagnostics;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>
/// Managed policies, the account's own and those of AWS that this chain's roles usually have. AWS Managed Policy Reference Guide.
/// </summary>
public static class ManagedPolicies
{
    private const string AwsPrefix = "arn:aws:iam::aws:policy/";

    private static readonly FrozenDictionary<string, ManagedPolicy> OfAws = new[]
    {
        Make("AdministratorAccess", "Provides full access to AWS services and resources.", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}
            """),
        Make("PowerUserAccess", "Provides full access to AWS services and resources, but does not allow management of Users and groups.", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["account:GetAccountInformation","account:GetGovCloudAccountInformation","account:GetPrimaryEmail","account:ListRegions","iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Resource":"*"}]}
            """),
        Make("IAMFullAccess", "Provides full access to IAM via the AWS Management Console.", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}]}
            """),
        Make("IAMReadOnlyAccess", "Provides read only access to IAM via the AWS Management Console.", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}]}
            """),
        Make("AmazonS3FullAccess", "Provides full access to all buckets via the AWS Management Console.", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]}
            """),
        Make("AmazonS3ReadOnlyAccess", "Provides read only access to all buckets via the AWS Management Console.", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}
            """),
    }.ToFrozenDictionary(policy => policy.Name);

    /// <summary>AWS's own, in the order of their ARNs.</summary>
    public static IEnumerable<ManagedPolicy> Aws => OfAws.Values.OrderBy(policy => policy.Name, StringComparer.Ordinal);

    /// <summary>A policy of an account or of AWS; null when there is none.</summary>
    public static ManagedPolicy? Find(IamAccount account, string arn) =>
        arn.StartsWith(AwsPrefix, StringComparison.Ordinal)
            ? OfAws.GetValueOrDefault(arn[AwsPrefix.Length..])
            : account.Policies.GetValueOrDefault(arn);

    internal static bool Exists(IamAccount account, string arn) => Find(account, arn) is not null;

    internal static bool IsArn(string text) => text.Split(':', 6) is ["arn", _, "iam", _, _, var resource] && resource.StartsWith("policy/", StringComparison.Ordinal);

    /// <summary>The error for text that is no policy ARN at all; null for one, whether the policy exists or not.</summary>
    internal static AwsError? ArnFault(string arn) => IsArn(arn) ? null : IamErrors.InvalidArn(arn);

    /// <summary>Why there is no policy of an ARN for an account, and what to write instead.</summary>
    internal static (string Cause, string Mend) WhyAbsent(IamAccount account, string arn)
    {
        if (arn.StartsWith(AwsPrefix, StringComparison.Ordinal))
        {
            var cause = $"this server does not have AWS's policy `{arn[AwsPrefix.Length..]}`";
            return Suggest.Nearest(NameOf(arn), OfAws.Keys) is { } close
                ? ($"{cause}; did you mean `{close}`?", $"write `{AwsPrefix}{close}`")
                : (cause, $"put its statements into a policy of the account; of AWS's own there are {string.Join(", ", Aws.Select(policy => $"`{policy.Name}`"))}");
        }

        if (ArnForm.Policy.Problem(arn) is { } malformed)
        {
            return (malformed, ArnForm.Policy.Mend);
        }

        var (owner, name) = (arn.Split(':')[4], NameOf(arn));
        if (owner != account.Id)
        {
            return ($"policy `{name}` is of account `{owner}`, and only those of account `{account.Id}` and of AWS can be used here", $"create it in account `{account.Id}`, or write that account into the ARN");
        }

        return account.PolicyByName(name) is { } elsewhere ? ($"policy `{name}` has another path or spelling: `{elsewhere.Arn}`, not `{arn}`", $"write `{elsewhere.Arn}`")
            : OfAws.ContainsKey(name) ? ($"account `{owner}` has no policy `{name}`, but AWS has", $"write `{AwsPrefix}{name}`")
            : Suggest.Nearest(name, account.Policies.Values.Select(policy => policy.Name)) is { } near
                ? ($"account `{owner}` has no policy `{name}`; did you mean `{near}`?", $"write `{account.PolicyByName(near)!.Arn}`")
                : ($"account `{owner}` has no policy `{name}`", "create it, or take one that `aws iam list-policies` has");
    }

    internal static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    /// <summary>The path in a policy's ARN, with both its slashes.</summary>
    internal static string PathOf(string arn)
    {
        var start = arn.IndexOf(":policy/", StringComparison.Ordinal) + ":policy".Length;
        return arn[start..(arn.LastIndexOf('/') + 1)];
    }

    private static ManagedPolicy Make(string name, string description, string json) => new()
    {
        Account = "aws",
        Name = name,
        Id = "ANPA" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)))[..17],
        Description = description,
        CreatedAt = new DateTimeOffset(2015, 2, 6, 18, 39, 46, TimeSpan.Zero),
        UpdatedAt = new DateTimeOffset(2015, 2, 6, 18, 39, 46, TimeSpan.Zero),
        Versions = [new PolicyVersionEntry(1, new StoredPolicy(json.Trim()), new DateTimeOffset(2015, 2, 6, 18, 39, 46, TimeSpan.Zero))],
        DefaultVersion = 1,
        LastVersion = 1,
    };
}
