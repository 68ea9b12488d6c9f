using System.Numerics;

namespace Keyless.Language.Policy.Prove.Automata;

/// <summary>A mutable set of characters: a bitmap for Latin-1, a short list for the rare rest.</summary>
internal struct CharSet
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;
    private List<char>? _more;

    public readonly bool Contains(char c) => (c >> 6) switch
    {
        0 => (_a >> c & 1) != 0,
        1 => (_b >> (c & 63) & 1) != 0,
        2 => (_c >> (c & 63) & 1) != 0,
        3 => (_d >> (c & 63) & 1) != 0,
        _ => _more?.Contains(c) == true,
    };

    public void Add(char c)
    {
        switch (c >> 6)
        {
            case 0: _a |= 1UL << c; break;
            case 1: _b |= 1UL << (c & 63); break;
            case 2: _c |= 1UL << (c & 63); break;
            case 3: _d |= 1UL << (c & 63); break;
            default:
                _more ??= [];
                if (!_more.Contains(c))
                {
                    _more.Add(c);
                }

                break;
        }
    }

    public void Add(ReadOnlySpan<char> characters)
    {
        foreach (var c in characters)
        {
            Add(c);
        }
    }

    /// <summary>Writes the members in ascending order.</summary>
    public readonly void CopyTo(List<char> characters)
    {
        Span<ulong> words = [_a, _b, _c, _d];
        for (var i = 0; i < words.Length; i++)
        {
            for (var word = words[i]; word != 0; word &= word - 1)
            {
                characters.Add((char)((i << 6) + BitOperations.TrailingZeroCount(word)));
            }
        }

        if (_more is not null)
        {
            characters.AddRange(_more);
        }
    }
}
