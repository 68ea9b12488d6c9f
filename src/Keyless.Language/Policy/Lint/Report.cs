using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint;

/// <summary>Takes the findings of one rule.</summary>
internal sealed class Report(SourceText source, Check check, List<Diagnostic> findings)
{
    /// <param name="fix">Text in place of the span, when that is certainly right.</param>
    public void At(SourceSpan span, string message, string? help = null, string? fix = null, Severity? severity = null) =>
        findings.Add(new Diagnostic(check.Id, severity ?? check.Severity, source, span, message) { Help = help, Fix = fix });

    /// <summary>Reports a string of the document; <paramref name="fix"/> is the text that belongs between its quotes.</summary>
    public void At(Located<string> value, string message, string? help = null, string? fix = null, Severity? severity = null) =>
        At(value.Span, message, help, fix is null ? null : Requoted(value, fix), severity);

    /// <summary>The fix in the way the value is written; none where the document holds something else that evaluates to the value.</summary>
    private string? Requoted(Located<string> value, string fix)
    {
        var written = source[value.Span];
        if (written == value.Value && fix.AsSpan().IndexOfAnyExcept(PlainCharacters) < 0)
        {
            return fix;
        }

        return written.Length == value.Value.Length + 2 && written[0] == '"' && written.AsSpan(1, value.Value.Length).SequenceEqual(value.Value)
            ? $"\"{JsonEncodedText.Encode(fix, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""
            : null;
    }

    private static readonly System.Buffers.SearchValues<char> PlainCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.-_");
}
