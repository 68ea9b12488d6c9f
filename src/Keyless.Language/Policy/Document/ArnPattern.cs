using System.Collections.Immutable;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Document;

/// <summary>
/// Six patterns, one per field of an ARN: a wildcard never crosses one of the first five colons. IAM User Guide, "IAM JSON
/// policy elements: Resource" and "Amazon Resource Name (ARN) condition operators".
/// </summary>
public sealed class ArnPattern
{
    private readonly ImmutableArray<TextPattern> _fields;

    private ArnPattern(ImmutableArray<TextPattern> fields) => _fields = fields;

    /// <summary>The six patterns.</summary>
    public ImmutableArray<TextPattern> Fields => _fields;

    /// <summary>
    /// A pattern of <c>Resource</c>: variables only in the last field, the fields before it without case. A short one is completed
    /// with stars where <paramref name="complete"/> says so; null when it is no ARN.
    /// </summary>
    public static ArnPattern? ForResource(string text, bool variables, bool complete)
    {
        var texts = text.Split(':', 6);
        if (!texts[0].Equals("arn", StringComparison.OrdinalIgnoreCase) || (texts.Length < 6 && !complete))
        {
            return null;
        }

        var fields = ImmutableArray.CreateBuilder<TextPattern>(6);
        for (var i = 0; i < 6; i++)
        {
            fields.Add(TextPattern.Parse(i < texts.Length ? texts[i] : "*", wildcards: true, variables && i == 5, ignoreCase: i < 5));
        }

        return new ArnPattern(fields.MoveToImmutable());
    }

    /// <summary>A pattern of the Arn operators, split where its own colons are; null when it has fewer than six fields or is no ARN.</summary>
    public static ArnPattern? ForCondition(TextPattern pattern)
    {
        var fields = ImmutableArray.CreateBuilder<TextPattern>(6);
        var field = ImmutableArray.CreateBuilder<PatternPart>();
        foreach (var part in pattern.Parts)
        {
            if (part is not PatternPart.Literal literal || fields.Count == 5)
            {
                field.Add(part);
                continue;
            }

            var rest = literal.Text;
            while (fields.Count < 5 && rest.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0)
            {
                AddLiteral(rest[..colon]);
                fields.Add(TextPattern.Of(field.DrainToImmutable()));
                rest = rest[(colon + 1)..];
            }

            AddLiteral(rest);
        }

        fields.Add(TextPattern.Of(field.DrainToImmutable()));
        return fields.Count == 6 && fields[0].Text == "arn" ? new ArnPattern(fields.MoveToImmutable()) : null;

        void AddLiteral(string text)
        {
            if (text.Length > 0)
            {
                field.Add(new PatternPart.Literal(text));
            }
        }
    }

    public PatternMatch Match(Arn arn, RequestContext context)
    {
        for (var i = 0; i < 6; i++)
        {
            var match = _fields[i].Match(arn[i], context);
            if (match != PatternMatch.Yes)
            {
                return match;
            }
        }

        return PatternMatch.Yes;
    }
}
