using Keyless.Language.Policy.Prove.Automata;

namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>The words a variable of a token may take, as a small automaton of its own. State -1 is dead.</summary>
internal abstract class WordLanguage
{
    public const int Dead = -1;

    /// <summary>Never more than this many characters.</summary>
    public abstract int MaxLength { get; }

    /// <summary>
    /// Groups of characters that no state tells apart unless <see cref="Explicit"/> names them, readable ones first: one of each group
    /// stands for all that no pattern names.
    /// </summary>
    public abstract string[] Groups { get; }

    /// <summary>Whether words are decimal numbers without leading zeros.</summary>
    public bool AreDigits { get; init; }

    /// <summary>Words worth showing, most welcome first.</summary>
    public string[] Plausible { get; init; } = [];

    /// <summary>The same words, up to their length, as a regular expression of SMT-LIB.</summary>
    public abstract string Smt2 { get; }

    /// <summary>Characters that this state treats unlike the rest of their group.</summary>
    public virtual string Explicit(int state) => "";

    public abstract int Step(int state, char c);

    public abstract bool Accepts(int state);

    public bool Contains(string word)
    {
        var state = 0;
        foreach (var c in word)
        {
            state = Step(state, c);
            if (state == Dead)
            {
                return false;
            }
        }

        return Accepts(state) && word.Length <= MaxLength;
    }
}

/// <summary>Characters of one set, a least number of times: ids, hashes, names, free text.</summary>
/// <param name="first">What may stand first; null for the same set.</param>
/// <param name="special">Characters some pattern's occurrence treats apart, the colon of escaped text.</param>
internal sealed class Characters(Func<char, bool> set, string smt2, string[] groups, int maxLength, Func<char, bool>? first = null, int minLength = 1, string special = "") : WordLanguage
{
    public override string Smt2 => smt2;

    public override int MaxLength => maxLength;

    public override string[] Groups => groups;

    public override string Explicit(int state) => special;

    public override int Step(int state, char c) => (state == 0 && first is not null ? first(c) : set(c)) ? Math.Min(state + 1, Math.Max(1, minLength)) : Dead;

    public override bool Accepts(int state) => state >= minLength;
}

/// <summary><c>[A-Za-z0-9](-?[A-Za-z0-9])*</c>, at most 39: a login on GitHub.</summary>
internal sealed class Login : WordLanguage
{
    public override string Smt2 => $"(re.++ {Smt2Text.Alphanumeric} (re.* (re.++ (re.opt (str.to_re \"-\")) {Smt2Text.Alphanumeric})))";

    public override int MaxLength => 39;

    public override string[] Groups { get; } = [Alphabets.Lower + Alphabets.Digits + Alphabets.Upper, "-"];

    public override int Step(int state, char c) =>
        char.IsAsciiLetterOrDigit(c) ? 1 : c == '-' && state == 1 ? 2 : Dead;

    public override bool Accepts(int state) => state == 1;
}

/// <summary><c>[A-Za-z0-9._-]+</c>, at most 100, neither <c>.</c> nor <c>..</c>: a repository's name.</summary>
internal sealed class RepositoryName : WordLanguage
{
    public override string Smt2 => $"(re.diff (re.+ (re.union {Smt2Text.Alphanumeric} {Smt2Text.OneOf("._-")})) (re.union (str.to_re \".\") (str.to_re \"..\")))";

    public override int MaxLength => 100;

    public override string[] Groups { get; } = [Alphabets.Lower + Alphabets.Digits + Alphabets.Upper + "_-", "."];

    public override string Explicit(int state) => ".";

    public override int Step(int state, char c) =>
        !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-') ? Dead : c == '.' && state < 2 ? state + 1 : 3;

    // 0 nothing, 1 one dot, 2 two dots, 3 anything else.
    public override bool Accepts(int state) => state == 3;

}

/// <summary>
/// What may follow <c>refs/heads/</c> or <c>refs/tags/</c>. git-check-ref-format(1): no component begins with a dot or ends in
/// <c>.lock</c>; no <c>..</c>, <c>//</c>, <c>@{</c>, control character, space or any of <c>~^:?*[\</c>; no slash or dot at the end.
/// </summary>
internal sealed class RefName : WordLanguage
{
    private const int ComponentStart = 0;
    private const int Inside = 1;
    private const int AfterDot = 2;
    private const int DotL = 3;
    private const int DotLo = 4;
    private const int DotLoc = 5;
    private const int DotLock = 6;
    private const int AfterAt = 7;

    public override string Smt2 => $"""
        (re.diff (re.+ (re.diff {Smt2Text.NoControl} {Smt2Text.OneOf(" ~^:?*[\\")}))
          (re.union (re.++ re.all (str.to_re "..") re.all) (re.++ re.all (str.to_re "//") re.all) (re.++ re.all (str.to_re "/.") re.all)
            (re.++ re.all (str.to_re "@\u007b") re.all) (re.++ re.all (str.to_re ".lock/") re.all)
            (re.++ re.all (str.to_re "/")) (re.++ re.all (str.to_re ".")) (re.++ re.all (str.to_re ".lock"))
            (re.++ (str.to_re "/") re.all) (re.++ (str.to_re ".") re.all)))
        """;

    public override int MaxLength => 244;

    public override string[] Groups { get; } = [Alphabets.Lower + Alphabets.Digits + Alphabets.Upper + "_-+=,!#$%&'()\";<>]`|}{éàüñ" + Alphabets.Remote, "/", ".", "@"];

    public override string Explicit(int state) => state switch
    {
        ComponentStart => "@",
        AfterDot => "/.@l",
        DotL => "/.@o",
        DotLo => "/.@c",
        DotLoc => "/.@k",
        AfterAt => "/.@{",
        _ => "/.@",
    };

    public override int Step(int state, char c)
    {
        if (c is <= ' ' or '\x7f' or '~' or '^' or ':' or '?' or '*' or '[' or '\\')
        {
            return Dead;
        }

        return c switch
        {
            '/' => state is ComponentStart or AfterDot or DotLock ? Dead : ComponentStart,
            '.' => state is ComponentStart or AfterDot ? Dead : AfterDot,
            '{' when state == AfterAt => Dead,
            '@' => AfterAt,
            'l' when state == AfterDot => DotL,
            'o' when state == DotL => DotLo,
            'c' when state == DotLo => DotLoc,
            'k' when state == DotLoc => DotLock,
            _ => Inside,
        };
    }

    public override bool Accepts(int state) => state is Inside or DotL or DotLo or DotLoc or AfterAt;
}

/// <summary>A workflow file directly under <c>.github/workflows/</c>.</summary>
internal sealed class WorkflowFile : WordLanguage
{
    // 0 nothing yet, 1 inside, 2 '.', 3 '.y', 4 '.ym', 5 '.yml' (end), 6 '.ya', 7 '.yam', 8 '.yaml' (end)
    public override string Smt2 => $"(re.++ (re.+ (re.diff {Smt2Text.NoControl} (str.to_re \"/\"))) (re.union (str.to_re \".yml\") (str.to_re \".yaml\")))";

    public override int MaxLength => 255;

    public override string[] Groups { get; } = [Alphabets.Lower + Alphabets.Digits + Alphabets.Upper + "_-@+ ,()&=!#%':;~" + Alphabets.Remote, "."];

    public override string Explicit(int state) => state switch
    {
        2 => ".y",
        3 => ".ma",
        4 => ".l",
        6 => ".m",
        7 => ".l",
        _ => ".",
    };

    public override int Step(int state, char c)
    {
        if (c is '/' or < ' ' or '\x7f')
        {
            return Dead;
        }

        return (state, c) switch
        {
            (0, '.') => 1,
            (_, '.') => 2,
            (2, 'y') => 3,
            (3, 'm') => 4,
            (4, 'l') => 5,
            (3, 'a') => 6,
            (6, 'm') => 7,
            (7, 'l') => 8,
            _ => 1,
        };
    }

    public override bool Accepts(int state) => state is 5 or 8;
}

/// <summary><c>service:Name</c>.</summary>
internal sealed class ActionName : WordLanguage
{
    public override string Smt2 => $"(re.++ (re.+ (re.union {Smt2Text.Alphanumeric} (str.to_re \"-\"))) (str.to_re \":\") (re.+ {Smt2Text.Alphanumeric}))";

    public override int MaxLength => 256;

    public override string[] Groups { get; } = [Alphabets.Lower + Alphabets.Digits + Alphabets.Upper, ":", "-"];

    // 0 nothing, 1 in the service, 2 behind the colon, 3 in the name.
    public override int Step(int state, char c) => (state, c) switch
    {
        (1, ':') => 2,
        ( <= 1, _) when char.IsAsciiLetterOrDigit(c) || c == '-' => 1,
        ( >= 2, _) when char.IsAsciiLetterOrDigit(c) => 3,
        _ => Dead,
    };

    public override bool Accepts(int state) => state == 3;
}

/// <summary>A count from nothing up, without leading zeros.</summary>
internal sealed class Count : WordLanguage
{
    public override string Smt2 => "(re.union (str.to_re \"0\") (re.++ (re.range \"1\" \"9\") (re.* (re.range \"0\" \"9\"))))";

    public override int MaxLength => 18;

    public override string[] Groups { get; } = ["123456789", "0"];

    // 0 nothing, 1 a number, 2 zero.
    public override int Step(int state, char c) => !char.IsAsciiDigit(c) || state == 2 ? Dead : state == 0 && c == '0' ? 2 : 1;

    public override string Explicit(int state) => "0";

    public override bool Accepts(int state) => state > 0;
}

/// <summary>One of a few words.</summary>
internal sealed class OneOf(params string[] words) : WordLanguage
{
    private readonly WordsAutomaton _words = new(words);

    public override string Smt2 => Smt2Text.Words(_words.Words, fold: false);

    public override int MaxLength => words.Max(word => word.Length);

    public override string[] Groups { get; } = [];

    public override string Explicit(int state) => new(_words.RowOf(state + 1).Characters);

    // The tree's root is state 1 and its dead state 0; ours are 0 and -1.
    public override int Step(int state, char c) => _words.Step(state + 1, c) - 1;

    public override bool Accepts(int state) => _words.Accepts(state + 1);

    public IReadOnlyList<string> Words => _words.Words;
}

/// <summary>Readable characters in the order in which an example should take them.</summary>
internal static class Alphabets
{
    public const string Lower = "abcdefghijklmnopqrstuvwxyz";
    public const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    public const string Digits = "0123456789";

    /// <summary>Beyond what IAM accepts in a policy, so always left over.</summary>
    public static readonly string Remote = new([.. Enumerable.Range(0x4E00, 64).Select(c => (char)c)]);
}
