using System.Text;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>StringEqualsIgnoreCase</c>: the same characters after simple case folding (Unicode, CaseFolding.txt, C and S); no wildcards.</summary>
internal sealed class StringEqualsIgnoreCase(TextPattern pattern) : Comparand
{
    public static Comparand Read(string text, PolicyVersion version) =>
        new StringEqualsIgnoreCase(TextPattern.Parse(text, wildcards: false, variables: version == PolicyVersion.V20121017));

    public override Comparison Compare(string got, RequestContext context)
    {
        var at = 0;
        foreach (var part in pattern.Parts)
        {
            var text = part is PatternPart.Variable variable ? TextPattern.ValueOf(variable, context) : ((PatternPart.Literal)part).Text;
            if (text is null)
            {
                return Comparison.Unresolved;
            }

            if (at + text.Length > got.Length || !SameFolded(text, got.AsSpan(at, text.Length)))
            {
                return IsResolved(context) ? Comparison.Different : Comparison.Unresolved;
            }

            at += text.Length;
        }

        return at == got.Length ? Comparison.Equal : Comparison.Different;
    }

    private bool IsResolved(RequestContext context) => pattern.Substitute(context) is not null;

    /// <summary>Simple folding keeps the number of UTF-16 units, so texts of one length suffice.</summary>
    private static bool SameFolded(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        while (!a.IsEmpty && !b.IsEmpty)
        {
            _ = Rune.DecodeFromUtf16(a, out var left, out var leftLength);
            _ = Rune.DecodeFromUtf16(b, out var right, out var rightLength);
            if (left != right ? Folded(left) != Folded(right) : left == Rune.ReplacementChar && a[0] != b[0])
            {
                return false;
            }

            a = a[leftLength..];
            b = b[rightLength..];
        }

        return a.IsEmpty && b.IsEmpty;
    }

    private static Rune Folded(Rune rune) => rune.Value switch
    {
        0x17F => new Rune('s'),
        0x1E9E => new Rune(0xDF),
        0x2126 => new Rune(0x3C9),
        0x212A => new Rune('k'),
        0x212B => new Rune(0xE5),
        _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)),
    };
}
