using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keyless.Runner.Protocol;

/// <summary>
/// Replaces every registered secret, and the usual encodings of it, with <c>***</c> wherever text leaves a job.
/// GitHub Docs, "Using secrets in GitHub Actions".
/// </summary>
public sealed class SecretMasker
{
    private const string Mask = "***";
    private readonly Lock _lock = new();
    private readonly HashSet<string> _values = [];
    private string[] _ordered = [];

    /// <summary>Registers a value, and each line of it, as secret. Blank values are no secrets.</summary>
    public void Add(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return;
        }

        lock (_lock)
        {
            var before = _values.Count;
            AddWithEncodings(value.Trim());
            foreach (var line in value.Split('\r', '\n'))
            {
                if (line.Trim() is { Length: > 0 } trimmed && trimmed.Length != value.Length)
                {
                    AddWithEncodings(trimmed);
                }
            }

            if (_values.Count != before)
            {
                Volatile.Write(ref _ordered, [.. _values]);
            }
        }
    }

    /// <summary>Whether the text holds a secret.</summary>
    public bool Finds(string text) => Volatile.Read(ref _ordered).Any(value => text.Contains(value, StringComparison.Ordinal));

    /// <summary>The text with each secret replaced. All occurrences are found first; those that touch or overlap become one mask.</summary>
    public string Apply(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        List<(int Start, int End)>? found = null;
        foreach (var value in Volatile.Read(ref _ordered))
        {
            for (var at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = at + 1 < text.Length ? text.IndexOf(value, at + 1, StringComparison.Ordinal) : -1)
            {
                (found ??= []).Add((at, at + value.Length));
            }
        }

        if (found is null)
        {
            return text;
        }

        found.Sort();
        var result = new StringBuilder(text.Length);
        var position = 0;
        for (var i = 0; i < found.Count;)
        {
            var (start, end) = found[i];
            for (i++; i < found.Count && found[i].Start <= end; i++)
            {
                end = Math.Max(end, found[i].End);
            }

            result.Append(text, position, start - position).Append(Mask);
            position = end;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    private void AddWithEncodings(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        foreach (var encoded in (ReadOnlySpan<string>)
                 [
                     value,
                     Convert.ToBase64String(bytes),
                     WholeGroups(bytes, 1),
                     WholeGroups(bytes, 2),
                     value.Replace("\"", "\\\""),
                     value.Replace("'", "''"),
                     JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
                     Uri.EscapeDataString(value),
                     SecurityElement.Escape(value),
                     WithoutDoubleQuotes(value),
                     .. PowerShellSections(value),
                 ])
        {
            if (encoded.Length > 0)
            {
                _values.Add(encoded);
            }
        }
    }

    /// <summary>
    /// Base64 of the value as it looks behind a prefix whose length is no multiple of three: without its first bytes, and without the
    /// last group when what follows would change it.
    /// </summary>
    private static string WholeGroups(byte[] bytes, int skip)
    {
        var whole = bytes.Length <= skip ? 0 : (bytes.Length - skip) / 3 * 3;
        return whole == 0 ? "" : Convert.ToBase64String(bytes, skip, whole);
    }

    private static string WithoutDoubleQuotes(string value) =>
        value.Length > 8 && value.StartsWith('"') && value.EndsWith('"') ? value[1..^1] : "";

    /// <summary>PowerShell prints a failing command in parts around <c>&amp;</c>; parts under six characters are no secret.</summary>
    private static IEnumerable<string> PowerShellSections(string value)
    {
        var plus = value.IndexOf("&+", StringComparison.Ordinal);
        var split = plus >= 0 ? plus + 2 : value.LastIndexOf('&') + 1;
        if (split == 0)
        {
            yield break;
        }

        if (split >= 6)
        {
            yield return value[..split];
        }

        var rest = plus >= 0 ? Math.Min(split + 1, value.Length) : split;
        if (value.Length - rest >= 6)
        {
            yield return value[rest..];
        }
    }
}
