namespace Keyless.Language.Policy.Prove;

/// <summary>
/// What an answer may cost: search states, which bound memory and time alike, and a token that ends the work when the caller's patience
/// ends. Spent budget makes an answer undecided, never a guess.
/// </summary>
public sealed class Budget(long states = Budget.DefaultStates, CancellationToken cancellation = default)
{
    /// <summary>A few seconds and a few hundred megabytes at worst.</summary>
    public const long DefaultStates = 2_000_000;

    private long _left = states;

    public long Limit { get; } = states;

    public long Used => Limit - Math.Max(0, _left);

    public bool IsSpent => _left <= 0 || cancellation.IsCancellationRequested;

    /// <summary>Why the budget ended.</summary>
    public string Reason => cancellation.IsCancellationRequested ? "the time allowed ended" : $"the search passed {Limit:N0} states";

    /// <summary>Takes one state of so many parts; false when there is nothing left.</summary>
    internal bool Spend(int parts = 1)
    {
        _left -= 1 + (parts / 8);
        return !IsSpent;
    }
}
