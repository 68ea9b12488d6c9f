namespace Keyless.Language.Policy.Document;

/// <summary>What messages call the kinds of policy.</summary>
public static class PolicyKinds
{
    /// <summary><c>an identity policy</c>.</summary>
    public static string A(PolicyKind kind) => (kind == PolicyKind.Identity || kind == PolicyKind.Endpoint ? "an " : "a ") + Name(kind);

    /// <summary><c>the identity policy</c>.</summary>
    public static string The(PolicyKind kind) => "the " + Name(kind);

    public static string Name(PolicyKind kind) => kind switch
    {
        PolicyKind.Identity => "identity policy",
        PolicyKind.Trust => "trust policy",
        PolicyKind.Resource => "resource policy",
        PolicyKind.Session => "session policy",
        PolicyKind.Boundary => "permissions boundary",
        PolicyKind.ServiceControl => "service control policy",
        PolicyKind.ResourceControl => "resource control policy",
        _ => "endpoint policy",
    };
}
