using System.Collections.Immutable;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>What an operation's permission is about.</summary>
/// <param name="Arn">What policies match; <c>*</c> for operations on no one entity.</param>
internal sealed record IamResource(string Arn)
{
    public static IamResource All { get; } = new("*");

    /// <summary>What denials call it: entities that the request names are <c>role NAME</c>, what it lists or makes has an ARN.</summary>
    public string Shown { get; init; } = Arn;

    /// <summary>The role, user or group; null when it does not exist, and for other resources.</summary>
    public Identity? Identity { get; init; }

    /// <summary>The tags it has.</summary>
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

/// <summary>
/// The condition keys that an operation has besides those of its resource. Only these: a parameter that the operation does not know
/// must not become a key that policies trust. Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity
/// and Access Management".
/// </summary>
[Flags]
internal enum IamKeys
{
    None = 0,

    /// <summary><c>iam:PolicyARN</c>: the managed policy that is attached or detached.</summary>
    PolicyArn = 1,

    /// <summary><c>iam:PermissionsBoundary</c>: the one that the role or user has.</summary>
    Boundary = 2,

    /// <summary><c>iam:PermissionsBoundary</c>: the one being set.</summary>
    NewBoundary = 4,

    /// <summary><c>aws:RequestTag/KEY</c> and <c>aws:TagKeys</c> of what the request sets.</summary>
    RequestTags = 8,

    /// <summary><c>aws:TagKeys</c> of what the request removes.</summary>
    TagKeys = 16,
}
