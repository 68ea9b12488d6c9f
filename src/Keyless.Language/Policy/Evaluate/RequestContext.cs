using System.Collections.Immutable;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>The condition keys of one request. Key names compare without case.</summary>
public sealed class RequestContext
{
    private readonly Dictionary<string, ContextValue> _values = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<KeyValuePair<string, ContextValue>> Values => _values;

    public ContextValue? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Sets a single-valued key.</summary>
    public RequestContext With(string key, string value)
    {
        _values[key] = new ContextValue([value], IsMultivalued: false);
        return this;
    }

    /// <summary>Forgets every key, so that the instance can serve another request.</summary>
    public void Clear() => _values.Clear();

    /// <summary>Sets a multivalued key, also with one value or none.</summary>
    public RequestContext With(string key, ImmutableArray<string> values)
    {
        _values[key] = new ContextValue(values, IsMultivalued: true);
        return this;
    }
}

/// <summary>A present key's values. Plain operators do not apply to a multivalued key, whatever the number of its values.</summary>
public sealed record ContextValue(ImmutableArray<string> Values, bool IsMultivalued);
