namespace Fuzz;

/// <summary>Small random changes of a text: what typing, cutting and attackers do.</summary>
public static class Mutation
{
    private const int Longest = 20_000;

    /// <summary>Characters that parsers branch on.</summary>
    private const string Telling = "{}[]()<>\"'`\\/:,;.*?$#!&|=+-_ %@~^\t\n\r\0\u0001\u007f\u0080\u00a0\u2028\ud800\udc00\ufeff\uffff0019aeTfn";

    public static string Of(Random random, string text, IReadOnlyList<string> seeds, IReadOnlyList<string> words)
    {
        var times = 1 + random.Next(1 << random.Next(5));
        for (var i = 0; i < times; i++)
        {
            text = Once(random, text, seeds, words);
        }

        return text.Length > Longest ? text[..Longest] : text;
    }

    private static string Once(Random random, string text, IReadOnlyList<string> seeds, IReadOnlyList<string> words)
    {
        var at = random.Next(text.Length + 1);
        var length = random.Next(Math.Min(text.Length - at, 1 << random.Next(8)) + 1);
        return random.Next(8) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, text.Substring(at, length)),
            2 => text.Insert(at, Character(random)),
            3 when at < text.Length => string.Concat(text.AsSpan(0, at), Character(random), text.AsSpan(at + 1)),
            4 when words.Count > 0 => text.Insert(at, words[random.Next(words.Count)]),
            5 => Splice(random, text, at, seeds[random.Next(seeds.Count)]),
            6 => text.Insert(at, string.Concat(Enumerable.Repeat(Character(random), random.Next(1, 300)))),
            _ => text[..at],
        };
    }

    private static string Splice(Random random, string text, int at, string other) => string.Concat(text.AsSpan(0, at), other.AsSpan(random.Next(other.Length + 1)));

    private static string Character(Random random) =>
        random.Next(10) == 0 ? ((char)random.Next(char.MaxValue + 1)).ToString() : Telling[random.Next(Telling.Length)].ToString();
}
