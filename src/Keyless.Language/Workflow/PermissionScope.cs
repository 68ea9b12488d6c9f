using System.Collections.Immutable;

namespace Keyless.Language.Workflow;

public enum PermissionLevel
{
    None,
    Read,
    Write,
}

/// <summary>One key of <c>permissions</c> and its levels. docs.github.com, "Workflow syntax for GitHub Actions", section "permissions".</summary>
public sealed record PermissionScope(string Name, bool HasRead, bool HasWrite)
{
    public const string IdToken = "id-token";

    public static readonly ImmutableArray<PermissionScope> All =
    [
        new("actions", HasRead: true, HasWrite: true),
        new("artifact-metadata", HasRead: true, HasWrite: true),
        new("attestations", HasRead: true, HasWrite: true),
        new("checks", HasRead: true, HasWrite: true),
        new("code-quality", HasRead: true, HasWrite: true),
        new("contents", HasRead: true, HasWrite: true),
        new("copilot-requests", HasRead: false, HasWrite: true),
        new("deployments", HasRead: true, HasWrite: true),
        new("discussions", HasRead: true, HasWrite: true),
        new("drives", HasRead: true, HasWrite: true),
        new(IdToken, HasRead: false, HasWrite: true),
        new("issues", HasRead: true, HasWrite: true),
        new("models", HasRead: true, HasWrite: false),
        new("packages", HasRead: true, HasWrite: true),
        new("pages", HasRead: true, HasWrite: true),
        new("pull-requests", HasRead: true, HasWrite: true),
        new("repository-projects", HasRead: true, HasWrite: true),
        new("security-events", HasRead: true, HasWrite: true),
        new("statuses", HasRead: true, HasWrite: true),
        new("vulnerability-alerts", HasRead: true, HasWrite: false),
    ];

    public IEnumerable<string> Levels => (HasRead, HasWrite) switch
    {
        (true, true) => ["read", "write", "none"],
        (true, false) => ["read", "none"],
        _ => ["write", "none"],
    };
}
