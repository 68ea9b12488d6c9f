using System.Collections.Immutable;
using Keyless.Language.Policy.Document;

namespace Keyless.Server.Aws;

/// <summary>What an operation needs: an IAM action on a resource. The pipeline asks the policies before the operation runs.</summary>
/// <param name="Action"><c>service:Name</c>, as the Service Authorization Reference spells it.</param>
/// <param name="Resource">The ARN, or <c>*</c> for actions without resource types.</param>
public sealed record Permission(string Action, string Resource)
{
    /// <summary>What denials call the resource, where that is not its ARN; null for the ARN, or nothing for <c>*</c>.</summary>
    public string? Shown { get; init; }

    /// <summary>Condition keys the operation adds to the request's own, for example <c>s3:prefix</c>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Keys { get; init; } = [];

    /// <summary>Multivalued condition keys, for example <c>aws:TagKeys</c>.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> MultivaluedKeys { get; init; } = [];

    /// <summary>The policy on the resource, for S3 the bucket policy; null when there is none.</summary>
    public PolicyDocument? ResourcePolicy { get; init; }

    /// <summary>The resource's owner; null when that is the caller's account.</summary>
    public string? ResourceAccount { get; init; }
}
