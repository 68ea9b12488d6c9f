using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint;

/// <summary>The forms of condition values, as the evaluator reads them. IAM User Guide, "Condition operators".</summary>
internal static class ValueSyntax
{
    public static bool IsNumber(string text) => ExactNumber.TryParse(text, out _);

    public static bool IsDate(string text) => Instant.TryParsePolicy(text, out _);

    /// <summary>The truth value that a word is meant to be; null when it means none.</summary>
    public static string? Truth(string word) => word.Trim().ToLowerInvariant() switch
    {
        "yes" or "y" or "1" or "on" or "t" or "true" => "true",
        "no" or "n" or "0" or "off" or "f" or "false" => "false",
        _ => null,
    };
}
