namespace Keyless.Cli.Commands.Token;

/// <summary>A token as commands take it: its text, a file that holds it, or <c>-</c> for standard input.</summary>
internal static class TokenArgument
{
    public const string Description = "The token: its text, a file that holds it, or `-` for standard input";

    /// <summary>The token's text; null with a problem printed.</summary>
    public static string? Read(string given)
    {
        // A token has two dots and no slash; a file of that name is still a file.
        if (given != "-" && !File.Exists(given) && given.Count(c => c == '.') >= 2 && given.Length > 40)
        {
            return given.Trim();
        }

        if (InputFile.TryRead(given, out var source, out var problem))
        {
            var text = source.Text.Trim();

            // What the token request answers is taken whole, too.
            return text.StartsWith('{') && ValueOf(text) is { } value ? value : text;
        }

        Terminal.Error.Problem(problem);
        return null;
    }

    private static string? ValueOf(string json)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("value", out var value) ? value.GetString() : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
