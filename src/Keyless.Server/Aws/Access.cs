using Keyless.Language.Policy.Document;

namespace Keyless.Server.Aws;

/// <summary>
/// The one authorization path: asks the policies whether the caller of a request has a permission. The pipeline asks for what an
/// operation declares; operations that decide per item (DeleteObjects, AssumeRole) ask here themselves.
/// </summary>
public sealed class Access
{
    /// <summary>Null when allowed.</summary>
    public Denial? Check(Service service, AwsRequest request, Permission permission)
    {
        // No identity policy limits an account's root in its own account; for all others nothing allows yet.
        var owner = permission.ResourceAccount ?? request.Caller.Account;
        return request.Caller is Caller.Root root && root.AccountId == owner
            ? null
            : new Denial(permission, request.Caller, PolicyKind.Identity, Explicit: false);
    }
}
