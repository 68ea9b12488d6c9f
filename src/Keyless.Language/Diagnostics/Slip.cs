namespace Keyless.Language.Diagnostics;

/// <summary>What people add to a name or leave out without a thought: a scheme, a slash, white space, capitals.</summary>
public static class Slip
{
    private static readonly string[] Schemes = ["https://", "http://"];

    /// <summary>How a name differs from the one that was meant: <c>has `https://` in front</c>; null when it is another name.</summary>
    public static string? Of(string text, string meant)
    {
        if (text == meant)
        {
            return null;
        }

        var (one, other) = (new Dress(text), new Dress(meant));
        if (!one.Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var differences = new List<string>();
        if (one.Space != other.Space)
        {
            differences.Add(one.Space ? "has white space around it" : "lacks the white space around it");
        }

        if (one.Scheme != other.Scheme)
        {
            differences.Add(other.Scheme.Length == 0 ? $"has `{one.Scheme}` in front" : one.Scheme.Length == 0 ? $"lacks `{other.Scheme}` in front" : $"begins with `{one.Scheme}`");
        }

        if (one.Slash != other.Slash)
        {
            differences.Add(one.Slash ? "has a slash at its end" : "lacks the slash at its end");
        }

        if (one.Name != other.Name)
        {
            differences.Add("has other capitals");
        }

        return differences.Count == 0 ? null : string.Join(" and ", differences);
    }

    /// <summary>A name and what is around it.</summary>
    private sealed class Dress
    {
        public Dress(string text)
        {
            Name = text.Trim();
            Space = Name != text;
            Scheme = Array.Find(Schemes, scheme => Name.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ?? "";
            Name = Name[Scheme.Length..];
            Slash = Name.EndsWith('/');
            Name = Name.TrimEnd('/');
        }

        public string Name { get; }

        public string Scheme { get; }

        public bool Slash { get; }

        public bool Space { get; }
    }
}
