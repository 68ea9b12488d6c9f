using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>One pattern of <c>Resource</c>: <c>*</c> or an ARN. IAM User Guide, "IAM JSON policy elements: Resource".</summary>
internal sealed class CompiledResource
{
    private readonly bool _isStar;
    private readonly ArnPattern? _pattern;

    public CompiledResource(string text, PolicyVersion version, PolicyKind kind)
    {
        _isStar = text == "*";
        if (_isStar)
        {
            return;
        }

        // Short ARNs are completed in policies of identities only; what other kinds make of them AWS does not say.
        var complete = kind is PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session;
        _pattern = ArnPattern.ForResource(text, version == PolicyVersion.V20121017, complete);
        if (_pattern is null)
        {
            Problem = $"`{text}` is neither `*` nor an ARN of six fields, `arn:partition:service:region:account:resource`";
        }
    }

    /// <summary>Why this pattern matches nothing; null when it is sound.</summary>
    public string? Problem { get; }

    public PatternMatch Match(in RequestView request)
    {
        if (_isStar)
        {
            return PatternMatch.Yes;
        }

        return request.IsStar || request.Resource.IsEmpty || _pattern is null ? PatternMatch.No : _pattern.Match(request.Resource, request.Context);
    }
}
