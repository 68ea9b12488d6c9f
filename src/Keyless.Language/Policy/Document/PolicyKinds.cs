namespace Keyless.Language.Policy.Document;

/// <summary>What messages call the kinds of policy.</summary>
public static class PolicyKinds
{
    private static readonly (string Word, PolicyKind Kind)[] Table =
    [
        ("identity", PolicyKind.Identity),
        ("trust", PolicyKind.Trust),
        ("resource", PolicyKind.Resource),
        ("session", PolicyKind.Session),
        ("boundary", PolicyKind.Boundary),
        ("scp", PolicyKind.ServiceControl),
        ("rcp", PolicyKind.ResourceControl),
        ("endpoint", PolicyKind.Endpoint),
    ];

    /// <summary>The words that options and files name the kinds by.</summary>
    public static IEnumerable<string> Words => Table.Select(row => row.Word);

    /// <summary>The kind of a word; null when it names none.</summary>
    public static PolicyKind? Named(string word) => Array.FindIndex(Table, row => row.Word == word) is var at and >= 0 ? Table[at].Kind : null;

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
