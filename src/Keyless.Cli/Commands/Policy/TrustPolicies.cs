using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Cli.Commands.Policy;

/// <summary>Reads the trust policies that the proving commands are given.</summary>
internal static class TrustPolicies
{
    /// <summary>One policy: the file's only one, or the role named; false with a problem printed.</summary>
    public static bool TryReadOne(string file, string? role, [NotNullWhen(true)] out PolicyDocument? policy)
    {
        policy = null;
        if (!TryReadAll(file, out var roles))
        {
            return false;
        }

        var chosen = roles.Where(one => role is null || one.Name == role).ToList();
        if (chosen.Count == 1)
        {
            policy = chosen[0].Trust;
            return true;
        }

        var names = string.Join(", ", roles.Select(one => $"`{one.Name}`"));
        Terminal.Error.Problem(chosen.Count > 1
            ? $"`{file}` has several roles; name one with `--role`: {names}"
            : $"`{file}` has no role `{role}`; {(Suggest.Nearest(role!, roles.Select(one => one.Name)) is { } near ? $"did you mean `{near}`?" : $"it has {names}")}");
        return false;
    }

    /// <summary>A second policy, when one is named.</summary>
    public static bool TryReadOther(string? file, string? role, out PolicyDocument? policy)
    {
        policy = null;
        if (file is null)
        {
            return true;
        }

        // A bare policy has no role names to choose from.
        return TryReadAll(file, out var roles) && (roles.Length == 1 ? (policy = roles[0].Trust) is not null : TryReadOne(file, role, out policy));
    }

    public static bool TryReadAll(string file, out ImmutableArray<RoleFile> roles)
    {
        roles = [];
        if (InputFile.TryRead(file, out var source, out var problem))
        {
            return TryReadAll(source, out roles);
        }

        Terminal.Error.Problem(problem);
        return false;
    }

    public static bool TryReadAll(SourceText source, out ImmutableArray<RoleFile> roles)
    {
        (roles, var problems) = RoleFile.Read(source, account: null);
        if (problems.IsEmpty)
        {
            return true;
        }

        Terminal.Error.Write(TextRenderer.Render(problems));
        return false;
    }
}
