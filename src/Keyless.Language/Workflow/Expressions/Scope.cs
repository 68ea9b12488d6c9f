using System.Collections.Immutable;

namespace Keyless.Language.Workflow.Expressions;

/// <summary>
/// What an expression may name at one place of a file: contexts, and functions beyond the plain ones that are legal everywhere.
/// docs.github.com, "Contexts reference", section "Context availability".
/// </summary>
public sealed record Scope(ImmutableArray<string> Contexts, ImmutableArray<Function> Functions)
{
    /// <summary>No expression at all.</summary>
    public static readonly Scope None = new([], []);

    public bool IsEmpty => Contexts.IsEmpty && Functions.IsEmpty;

    public static Scope Of(params ImmutableArray<string> contexts) => new(contexts, []);

    public Scope Plus(params ImmutableArray<Function> functions) => this with { Functions = [.. Functions, .. functions] };

    public bool HasContext(ReadOnlySpan<char> name)
    {
        foreach (var context in Contexts)
        {
            if (name.Equals(context, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    public Function? FindFunction(ReadOnlySpan<char> name) => Find(Functions, name) ?? Find(Function.Everywhere, name);

    private static Function? Find(ImmutableArray<Function> functions, ReadOnlySpan<char> name)
    {
        foreach (var function in functions)
        {
            if (name.Equals(function.Name, StringComparison.OrdinalIgnoreCase))
            {
                return function;
            }
        }

        return null;
    }
}
