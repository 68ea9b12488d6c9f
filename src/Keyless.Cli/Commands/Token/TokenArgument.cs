using System.Text.Json;

namespace Keyless.Cli.Commands.Token;

/// <summary>A token as commands take it: its text, a file that holds it, or <c>-</c> for standard input.</summary>
internal static class TokenArgument
{
    public const string Description = "The token: its text, a file that holds it, or `-` for standard input";

    /// <summary>The token's text; null with a problem printed.</summary>
    public static string? Read(string given)
    {
        // A token has two dots and begins as every JSON header does; a file of that name is still a file.
        if (given != "-" && !File.Exists(given) && IsText(given))
        {
            return Bare(given);
        }

        if (!InputFile.TryRead(given, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return null;
        }

        var text = Bare(source.Text);
        if (text.Length == 0)
        {
            Terminal.Error.Problem($"`{source.Name}` holds no token: it is empty");
            return null;
        }

        // What the token request answers is taken whole, too.
        return text.StartsWith('{') && ValueOf(text) is { } value ? value : text;
    }

    private static bool IsText(string given) =>
        Bare(given).StartsWith("eyJ", StringComparison.Ordinal) || (given.Count(c => c == '.') >= 2 && given.Length > 40);

    /// <summary>Without what an <c>Authorization</c> header has before it.</summary>
    private static string Bare(string text)
    {
        text = text.Trim();
        return text.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) ? text["bearer ".Length..].Trim() : text;
    }

    private static string? ValueOf(string json)
    {
        try
        {
            using var answer = JsonDocument.Parse(json);
            return answer.RootElement.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
