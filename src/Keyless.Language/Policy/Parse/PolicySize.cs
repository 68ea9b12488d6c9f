using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Parse;

/// <summary>How long a policy may be. IAM User Guide, "IAM and AWS STS quotas, name requirements, and character limits".</summary>
public static class PolicySize
{
    /// <summary>The characters that count: IAM leaves out white space outside strings.</summary>
    public static int Of(string document)
    {
        var (count, inString) = (0, false);
        for (var i = 0; i < document.Length; i++)
        {
            var c = document[i];
            if (inString && c == '\\' && i + 1 < document.Length)
            {
                count += 2;
                i++;
                continue;
            }

            inString ^= c == '"';
            count += inString || c is not (' ' or '\t' or '\r' or '\n') ? 1 : 0;
        }

        return count;
    }

    /// <summary>The limit of one document of a kind, and whether white space counts towards it.</summary>
    public static (int Limit, bool CountsBlanks) LimitOf(PolicyKind kind, bool managed) => kind switch
    {
        PolicyKind.Trust => (2048, false),
        PolicyKind.Session => (2048, true),
        PolicyKind.ServiceControl or PolicyKind.ResourceControl => (5120, true),
        PolicyKind.Resource => (20 * 1024, true),
        PolicyKind.Identity when !managed => (10_240, false),
        _ => (6144, false),
    };

    /// <summary>Whether every character is one that IAM stores: tab, line feed, carriage return, U+0020 to U+00FF.</summary>
    public static bool HasOnlyAllowedCharacters(string document)
    {
        foreach (var c in document)
        {
            if (c is not ('\t' or '\n' or '\r' or (>= ' ' and <= '\u00FF')))
            {
                return false;
            }
        }

        return true;
    }
}
