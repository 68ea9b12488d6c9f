namespace Keyless.Server.S3;

/// <summary>The query parameters of an S3 request, in order, decoded.</summary>
public sealed class S3Query
{
    /// <summary>More parameters than any operation has, presigning and response overrides included.</summary>
    private const int MaxParameters = 64;

    private readonly List<KeyValuePair<string, string>> _parameters;

    private S3Query(List<KeyValuePair<string, string>> parameters) => _parameters = parameters;

    /// <summary>Null when an escape is malformed or there are too many.</summary>
    public static S3Query? Parse(string query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var range in query.AsSpan().Split('&'))
        {
            var part = query.AsSpan(range);
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            var name = PercentEncoding.Decode(equals < 0 ? part : part[..equals], plusIsSpace: true);
            var value = equals < 0 ? "" : PercentEncoding.Decode(part[(equals + 1)..], plusIsSpace: true);
            if (name is null || value is null || parameters.Count == MaxParameters)
            {
                return null;
            }

            parameters.Add(new(name, value));
        }

        return new S3Query(parameters);
    }

    /// <summary>The first value of a parameter, empty when it has none; null when it is absent.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in _parameters)
            {
                if (parameter.Key == name)
                {
                    return parameter.Value;
                }
            }

            return null;
        }
    }

    public bool Has(string name) => this[name] is not null;
}
