using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>One pattern of <c>Action</c>: <c>*</c>, or <c>service:Name</c> without case, wildcards anywhere. IAM User Guide, "IAM JSON policy elements: Action".</summary>
internal sealed class CompiledAction
{
    private readonly TextPattern? _service;
    private readonly TextPattern? _name;
    private readonly bool _isStar;

    public CompiledAction(string text)
    {
        _isStar = text == "*";
        var parts = text.Split(':');
        if (parts.Length == 2)
        {
            _service = TextPattern.Parse(parts[0], wildcards: true, variables: false, ignoreCase: true);
            _name = TextPattern.Parse(parts[1], wildcards: true, variables: false, ignoreCase: true);
        }
        else if (!_isStar)
        {
            Problem = parts.Length == 1 ? $"`{text}` names no service: `service:Name`" : $"`{text}` has more than one colon";
        }
    }

    /// <summary>Why this pattern matches nothing; null when it is sound.</summary>
    public string? Problem { get; }

    public bool Matches(in RequestView request) =>
        _isStar
        || (_service is not null && _name is not null
            && _service.Match(request.Service, request.Context) == PatternMatch.Yes
            && _name.Match(request.ActionName, request.Context) == PatternMatch.Yes);
}
