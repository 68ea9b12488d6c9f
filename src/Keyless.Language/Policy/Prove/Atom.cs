using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

internal enum AtomKind
{
    /// <summary>The request has the key.</summary>
    Present,

    /// <summary>The request has the key and its value passes the test.</summary>
    Holds,

    /// <summary>The request has the multivalued key and some value of it satisfies a formula about one value.</summary>
    Some,
}

/// <summary>The smallest statement a question is made of: one test of one key. Equal tests of one key are one atom.</summary>
internal sealed class Atom(int id, AtomKind kind, KeyMeaning key, Test? test, Formula? element)
{
    public int Id { get; } = id;

    public AtomKind Kind { get; } = kind;

    public KeyMeaning Key { get; } = key;

    /// <summary>For <see cref="AtomKind.Holds"/>.</summary>
    public Test? Test { get; } = test;

    /// <summary>For <see cref="AtomKind.Some"/>: a formula whose atoms test <see cref="KeyMeaning.Multi.Element"/>.</summary>
    public Formula? Element { get; } = element;
}
