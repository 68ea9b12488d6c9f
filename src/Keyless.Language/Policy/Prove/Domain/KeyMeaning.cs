namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>What a condition key, or a claim named in a question, can be in the requests a question is about.</summary>
internal abstract record KeyMeaning(string Name)
{
    /// <summary>No such request has the key.</summary>
    public sealed record Absent(string Name) : KeyMeaning(Name);

    /// <summary>A claim of the token: each shape says whether it exists and how it is built.</summary>
    public sealed record Claim(string Name) : KeyMeaning(Name);

    /// <summary>Text of its own, unrelated to other keys.</summary>
    public sealed record Free(string Name, Variable Variable, bool Optional) : KeyMeaning(Name);

    /// <summary>A typed value, an address or an instant, that is chosen among a few representatives. Keys of one group are chosen together.</summary>
    public sealed record Choice(string Name, ChoiceGroup Group) : KeyMeaning(Name);

    /// <summary>Any number of values; the key is absent when there is none.</summary>
    public sealed record Multi(string Name, Free Element) : KeyMeaning(Name);
}

/// <summary>Keys whose values depend on one choice.</summary>
internal enum ChoiceGroup
{
    /// <summary><c>aws:SourceIp</c>, <c>aws:VpcSourceIp</c>: at most one of them.</summary>
    Address,

    /// <summary><c>aws:CurrentTime</c>, <c>aws:EpochTime</c>: one instant.</summary>
    Instant,
}

/// <summary>One choice: a value for each key of the group; keys it does not name are absent.</summary>
internal sealed record Choice(IReadOnlyDictionary<string, string> Values);
