using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Keyless.Language.Policy.Document;

/// <summary>Splits the text of a policy into literals, wildcards and variables.</summary>
internal static class PatternReader
{
    private static readonly PatternPart.AnyOne One = new();
    private static readonly PatternPart.AnyRun Run = new();

    /// <summary>What no condition key contains.</summary>
    private static readonly SearchValues<char> NoKeyCharacters = SearchValues.Create("*?$'{\"");

    public static ImmutableArray<PatternPart> Read(string text, bool wildcards, bool variables)
    {
        var parts = ImmutableArray.CreateBuilder<PatternPart>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (variables && text[at] == '$' && TryReadVariable(text, at, out var part, out var end))
            {
                if (part is PatternPart.Literal special)
                {
                    literal.Append(special.Text);
                }
                else
                {
                    Flush();
                    parts.Add(part);
                }

                at = end - 1;
            }
            else if (wildcards && text[at] is '*' or '?')
            {
                Flush();
                if (text[at] == '?')
                {
                    parts.Add(One);
                }
                else if (parts.Count == 0 || parts[^1] is not PatternPart.AnyRun)
                {
                    parts.Add(Run);
                }
            }
            else
            {
                literal.Append(text[at]);
            }
        }

        Flush();
        return parts.DrainToImmutable();

        void Flush()
        {
            if (literal.Length > 0)
            {
                parts.Add(new PatternPart.Literal(literal.ToString()));
                literal.Clear();
            }
        }
    }

    /// <summary>
    /// <c>${key}</c>, <c>${key, 'default'}</c>, or one of <c>${*}</c> <c>${?}</c> <c>${$}</c>. Anything else that starts like a
    /// variable is text: saving it is an error, evaluating it is not.
    /// </summary>
    private static bool TryReadVariable(string text, int at, out PatternPart part, out int end)
    {
        part = Run;
        end = at;
        if (at + 2 >= text.Length || text[at + 1] != '{')
        {
            return false;
        }

        var name = at + 2;
        var stop = text.AsSpan(name).IndexOfAny(',', '}', ' ') is var found and >= 0 ? name + found : text.Length;
        if (stop == text.Length || stop == name)
        {
            return false;
        }

        var key = text[name..stop];
        if (text[stop] == '}')
        {
            end = stop + 1;
            part = key is "*" or "?" or "$" ? new PatternPart.Literal(key) : new PatternPart.Variable(key, null);
            return !key.AsSpan().ContainsAny(NoKeyCharacters) || part is PatternPart.Literal;
        }

        if (!text.AsSpan(stop).StartsWith(", '"))
        {
            return false;
        }

        var value = stop + 3;
        var close = text.IndexOf("'}", value, StringComparison.Ordinal);
        if (close < 0 || text.AsSpan(value, close - value).Contains('\''))
        {
            return false;
        }

        end = close + 2;
        part = new PatternPart.Variable(key, text[value..close]);
        return true;
    }
}
