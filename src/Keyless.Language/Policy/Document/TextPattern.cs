using System.Collections.Immutable;
using System.Text;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Document;

/// <summary>A piece of a <see cref="TextPattern"/>.</summary>
public abstract record PatternPart
{
    private PatternPart()
    {
    }

    public sealed record Literal(string Text) : PatternPart;

    /// <summary><c>?</c>: one UTF-16 unit.</summary>
    public sealed record AnyOne : PatternPart;

    /// <summary><c>*</c>: any run, also none.</summary>
    public sealed record AnyRun : PatternPart;

    /// <summary><c>${key}</c> or <c>${key, 'default'}</c>; what it stands for is literal.</summary>
    public sealed record Variable(string Key, string? Default) : PatternPart;
}

public enum PatternMatch
{
    No,
    Yes,

    /// <summary>A variable has no value and no default, so there is nothing to compare with.</summary>
    Unresolved,
}

/// <summary>
/// Text of a policy with its wildcards and variables, read once. IAM User Guide, "Policy variables". Matching walks the value
/// forward only: the text between two stars is taken at its first place, which is never worse than a later one. So there is
/// nothing to backtrack to, and nine stars cost no more than one.
/// </summary>
public sealed class TextPattern
{
    private readonly ImmutableArray<PatternPart> _parts;
    private readonly Segment[] _segments;
    private readonly bool _hasVariables;
    private readonly StringComparison _comparison;

    private TextPattern(string text, ImmutableArray<PatternPart> parts, bool ignoreCase)
    {
        Text = text;
        _parts = parts;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _hasVariables = parts.Any(p => p is PatternPart.Variable);
        _segments = [.. SplitAtStars(parts)];
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    public ImmutableArray<PatternPart> Parts => _parts;

    public bool HasVariables => _hasVariables;

    public bool HasWildcards => _segments.Length > 1 || _parts.Any(p => p is PatternPart.AnyOne);

    /// <summary>Whether it is a lone <c>*</c>.</summary>
    public bool IsStar => _parts is [PatternPart.AnyRun];

    /// <param name="wildcards">Whether <c>*</c> and <c>?</c> mean more than themselves.</param>
    /// <param name="variables">Whether <c>${...}</c> means more than itself: Version 2012-10-17, in the places that allow it.</param>
    public static TextPattern Parse(string text, bool wildcards, bool variables, bool ignoreCase = false) =>
        new(text, PatternReader.Read(text, wildcards, variables), ignoreCase);

    /// <summary>A pattern of ready parts, for example one field of an ARN.</summary>
    public static TextPattern Of(ImmutableArray<PatternPart> parts, bool ignoreCase = false) => new(Write(parts), parts, ignoreCase);

    public PatternMatch Match(ReadOnlySpan<char> value, RequestContext context)
    {
        if (_hasVariables && !IsResolved(context))
        {
            return PatternMatch.Unresolved;
        }

        return Matches(value, context) ? PatternMatch.Yes : PatternMatch.No;
    }

    /// <summary>The same pattern with every variable replaced by its value as literal text; null when one has none.</summary>
    public TextPattern? Substitute(RequestContext context)
    {
        if (!_hasVariables)
        {
            return this;
        }

        var parts = ImmutableArray.CreateBuilder<PatternPart>(_parts.Length);
        foreach (var part in _parts)
        {
            if (part is not PatternPart.Variable variable)
            {
                parts.Add(part);
            }
            else if (ValueOf(variable, context) is { } value)
            {
                parts.Add(new PatternPart.Literal(value));
            }
            else
            {
                return null;
            }
        }

        return Of(parts.DrainToImmutable(), _comparison == StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The value a variable stands for: a single-valued key's, else the default, else null.</summary>
    public static string? ValueOf(PatternPart.Variable variable, RequestContext context) =>
        context[variable.Key] is { IsMultivalued: false, Values: [var value, ..] } ? value : variable.Default;

    public override string ToString() => Text;

    private bool IsResolved(RequestContext context)
    {
        foreach (var part in _parts)
        {
            if (part is PatternPart.Variable variable && ValueOf(variable, context) is null)
            {
                return false;
            }
        }

        return true;
    }

    private bool Matches(ReadOnlySpan<char> value, RequestContext context)
    {
        var first = _segments[0];
        var head = first.Length(context);
        if (_segments.Length == 1)
        {
            return head == value.Length && first.StandsAt(value, 0, context, _comparison);
        }

        var last = _segments[^1];
        var end = value.Length - last.Length(context);
        if (head > end || !first.StandsAt(value, 0, context, _comparison) || !last.StandsAt(value, end, context, _comparison))
        {
            return false;
        }

        var at = head;
        for (var i = 1; i < _segments.Length - 1; i++)
        {
            var found = _segments[i].FirstPlace(value[..end], at, context, _comparison);
            if (found < 0)
            {
                return false;
            }

            at = found + _segments[i].Length(context);
        }

        return true;
    }

    private static IEnumerable<Segment> SplitAtStars(ImmutableArray<PatternPart> parts)
    {
        var from = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is PatternPart.AnyRun)
            {
                yield return new Segment(parts[from..i]);
                from = i + 1;
            }
        }

        yield return new Segment(parts[from..]);
    }

    private static string Write(ImmutableArray<PatternPart> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part switch
            {
                PatternPart.Literal literal => literal.Text,
                PatternPart.AnyOne => "?",
                PatternPart.AnyRun => "*",
                PatternPart.Variable { Default: { } value } variable => $"${{{variable.Key}, '{value}'}}",
                PatternPart.Variable variable => $"${{{variable.Key}}}",
                _ => "",
            });
        }

        return text.ToString();
    }

    /// <summary>The parts between two stars.</summary>
    private readonly struct Segment(ImmutableArray<PatternPart> parts)
    {
        public int Length(RequestContext context)
        {
            var length = 0;
            foreach (var part in parts)
            {
                length += part switch
                {
                    PatternPart.Literal literal => literal.Text.Length,
                    PatternPart.Variable variable => ValueOf(variable, context)!.Length,
                    _ => 1,
                };
            }

            return length;
        }

        public bool StandsAt(ReadOnlySpan<char> value, int at, RequestContext context, StringComparison comparison)
        {
            foreach (var part in parts)
            {
                var text = part switch
                {
                    PatternPart.Literal literal => literal.Text,
                    PatternPart.Variable variable => ValueOf(variable, context),
                    _ => null,
                };
                if (at + (text?.Length ?? 1) > value.Length || (text is not null && !value.Slice(at, text.Length).Equals(text, comparison)))
                {
                    return false;
                }

                at += text?.Length ?? 1;
            }

            return true;
        }

        public int FirstPlace(ReadOnlySpan<char> value, int from, RequestContext context, StringComparison comparison)
        {
            var last = value.Length - Length(context);
            for (var at = from; at <= last; at++)
            {
                // Most segments are one literal: the runtime's vectorised search finds its places.
                if (parts is [PatternPart.Literal head, ..])
                {
                    var next = value[at..].IndexOf(head.Text, comparison);
                    if (next < 0 || parts.Length == 1)
                    {
                        return next < 0 ? -1 : at + next;
                    }

                    at += next;
                }

                if (at <= last && StandsAt(value, at, context, comparison))
                {
                    return at;
                }
            }

            return -1;
        }
    }
}
