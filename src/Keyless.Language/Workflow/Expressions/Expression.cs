using System.Collections.Immutable;

namespace Keyless.Language.Workflow.Expressions;

/// <summary>A parsed expression. <c>Depth</c> is the height of the tree, which has a bound so that evaluation may recurse.</summary>
public abstract record Expression
{
    private Expression(int depth) => Depth = depth;

    public int Depth { get; }

    /// <summary>Whether some part satisfies the predicate.</summary>
    public bool Any(Func<Expression, bool> predicate)
    {
        if (predicate(this))
        {
            return true;
        }

        foreach (var child in Children)
        {
            if (child.Any(predicate))
            {
                return true;
            }
        }

        return false;
    }

    public abstract ImmutableArray<Expression> Children { get; }

    private static int Above(ImmutableArray<Expression> children)
    {
        var depth = 0;
        foreach (var child in children)
        {
            depth = Math.Max(depth, child.Depth);
        }

        return depth + 1;
    }

    public sealed record Literal(Value Value) : Expression(1)
    {
        public override ImmutableArray<Expression> Children => [];
    }

    /// <summary>A context by name: <c>github</c>.</summary>
    public sealed record Context(string Name) : Expression(1)
    {
        public override ImmutableArray<Expression> Children => [];
    }

    /// <summary><c>target.name</c> or <c>target[key]</c>; <c>.*</c> when the key is a <see cref="Wildcard"/>.</summary>
    public sealed record Index(Expression Target, Expression Key) : Expression(Math.Max(Target.Depth, Key.Depth) + 1)
    {
        public override ImmutableArray<Expression> Children => [Target, Key];
    }

    public sealed record Wildcard() : Expression(1)
    {
        public override ImmutableArray<Expression> Children => [];
    }

    public sealed record Call(Function Function, ImmutableArray<Expression> Arguments) : Expression(Above(Arguments))
    {
        public override ImmutableArray<Expression> Children => Arguments;
    }

    public sealed record Not(Expression Operand) : Expression(Operand.Depth + 1)
    {
        public override ImmutableArray<Expression> Children => [Operand];
    }

    /// <summary>A chain of <c>&amp;&amp;</c>: the first falsy operand, else the last.</summary>
    public sealed record And(ImmutableArray<Expression> Operands) : Expression(Above(Operands))
    {
        public override ImmutableArray<Expression> Children => Operands;
    }

    /// <summary>A chain of <c>||</c>: the first truthy operand, else the last.</summary>
    public sealed record Or(ImmutableArray<Expression> Operands) : Expression(Above(Operands))
    {
        public override ImmutableArray<Expression> Children => Operands;
    }

    public sealed record Comparison(ComparisonOperator Operator, Expression Left, Expression Right) : Expression(Math.Max(Left.Depth, Right.Depth) + 1)
    {
        public override ImmutableArray<Expression> Children => [Left, Right];
    }
}

public enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
