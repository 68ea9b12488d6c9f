namespace Keyless.Language.Policy.Lint.Knowledge;

/// <summary>A data file of this folder, compiled in.</summary>
internal static class EmbeddedTable
{
    /// <summary>Its lines without remarks and blank ones.</summary>
    public static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(EmbeddedTable).Assembly.GetManifestResourceStream($"Keyless.Language.Policy.Lint.Knowledge.{name}")
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }
}
