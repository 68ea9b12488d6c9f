namespace Keyless.Server.S3;

/// <summary>Who owns uploaded objects, and whether ACLs count. S3 User Guide, "Controlling ownership of objects".</summary>
internal static class ObjectOwnership
{
    public const string Header = "x-amz-object-ownership";

    /// <summary>What a new bucket has since April 2023: ACLs are off.</summary>
    public const string Enforced = "BucketOwnerEnforced";

    public const string Choices = "`BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`";

    public static bool IsValid(string value) => value is Enforced or "BucketOwnerPreferred" or "ObjectWriter";
}
