using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>ArnLike</c> and <c>ArnEquals</c>, which are one: field by field, with case, wildcards in each field; a lone <c>*</c> is every ARN.</summary>
internal sealed class ArnLike(TextPattern pattern, ArnPattern? fields) : Comparand
{
    public static Comparand Read(string text, PolicyVersion version)
    {
        var pattern = TextPattern.Parse(text, wildcards: true, variables: version == PolicyVersion.V20121017);
        if (pattern.IsStar)
        {
            return new ArnLike(pattern, null);
        }

        // A variable in front of the last field may bring colons of its own: such a pattern is split per request.
        var fields = ArnPattern.ForCondition(pattern);
        if (fields is null && !pattern.HasVariables)
        {
            return Malformed(text);
        }

        return new ArnLike(pattern, fields is not null && fields.Fields.Take(5).All(f => !f.HasVariables) ? fields : null);
    }

    public override Comparison Compare(string got, RequestContext context)
    {
        if (!Arn.TryParse(got, out var arn))
        {
            return Comparison.Incomparable;
        }

        if (pattern.IsStar)
        {
            return Comparison.Equal;
        }

        var wanted = fields;
        if (wanted is null)
        {
            var substituted = pattern.Substitute(context);
            if (substituted is null)
            {
                return Comparison.Unresolved;
            }

            wanted = ArnPattern.ForCondition(substituted);
            if (wanted is null)
            {
                return Comparison.Failed;
            }
        }

        return wanted.Match(arn, context) switch
        {
            PatternMatch.Yes => Comparison.Equal,
            PatternMatch.Unresolved => Comparison.Unresolved,
            _ => Comparison.Different,
        };
    }

    public override string? ProblemOf(string got) => Arn.TryParse(got, out _) ? null : $"`{got}` is no ARN";

    private static MalformedComparand Malformed(string text) =>
        new($"`{text}` is no ARN: it needs six fields, `arn:partition:service:region:account:resource`", Comparison.Failed);
}
