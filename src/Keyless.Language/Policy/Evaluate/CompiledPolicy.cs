using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>A policy read once into the form that decides; immutable, so that any number of threads may ask it.</summary>
public sealed class CompiledPolicy
{
    private CompiledPolicy(PolicyDocument document, string? name)
    {
        Document = document;
        Name = name;
        Statements = [.. document.Statements.Select(s => new CompiledStatement(s, document.Version, document.Kind))];
    }

    /// <summary>A policy that allows nothing: what stands in for one that cannot be read.</summary>
    public static CompiledPolicy Nothing { get; } =
        new(new PolicyDocument(new SourceText("<nothing>", ""), default, PolicyVersion.V20121017, []), "nothing");

    public PolicyDocument Document { get; }

    /// <summary>The policy's ARN or name as explanations print it; null when the document's own name must do.</summary>
    public string? Name { get; }

    internal ImmutableArray<CompiledStatement> Statements { get; }

    public static CompiledPolicy Compile(PolicyDocument document, string? name = null) => new(document, name);

    internal PolicyOutcome Evaluate(in RequestView request)
    {
        var grant = PrincipalMatch.None;
        foreach (var statement in Statements)
        {
            var match = statement.Applies(request);
            if (match == PrincipalMatch.None)
            {
                continue;
            }

            if (statement.Source.Effect.Value == Effect.Deny)
            {
                return new PolicyOutcome(Denies: true, PrincipalMatch.None);
            }

            grant = match > grant ? match : grant;
        }

        return new PolicyOutcome(Denies: false, grant);
    }
}

/// <summary>What one policy, or all of one kind, say to a request.</summary>
internal readonly record struct PolicyOutcome(bool Denies, PrincipalMatch Grant)
{
    public bool Allows => Grant != PrincipalMatch.None;

    /// <summary>Several policies of which one suffices to allow.</summary>
    public static PolicyOutcome AnyOf(ImmutableArray<CompiledPolicy> policies, in RequestView request)
    {
        var all = default(PolicyOutcome);
        foreach (var policy in policies)
        {
            var one = policy.Evaluate(request);
            all = new PolicyOutcome(all.Denies || one.Denies, one.Grant > all.Grant ? one.Grant : all.Grant);
        }

        return all;
    }

    /// <summary>Several policies that must all allow; none at all limits nothing.</summary>
    public static PolicyOutcome EachOf(ImmutableArray<CompiledPolicy> policies, in RequestView request)
    {
        var all = new PolicyOutcome(false, PrincipalMatch.Direct);
        foreach (var policy in policies)
        {
            var one = policy.Evaluate(request);
            all = new PolicyOutcome(all.Denies || one.Denies, one.Grant < all.Grant ? one.Grant : all.Grant);
        }

        return all;
    }

    /// <summary>Levels that must all allow, each through any of its policies; none at all limits nothing.</summary>
    public static PolicyOutcome EachLevelOf(ImmutableArray<ImmutableArray<CompiledPolicy>> levels, in RequestView request)
    {
        var all = new PolicyOutcome(false, PrincipalMatch.Direct);
        foreach (var level in levels)
        {
            var one = AnyOf(level, request);
            all = new PolicyOutcome(all.Denies || one.Denies, one.Grant < all.Grant ? one.Grant : all.Grant);
        }

        return all;
    }
}
