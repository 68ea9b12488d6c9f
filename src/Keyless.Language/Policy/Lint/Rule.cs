namespace Keyless.Language.Policy.Lint;

/// <summary>One check: its page, and how it looks for what the page describes. <see cref="Rules.All"/> lists them.</summary>
internal abstract class Rule
{
    public abstract Check Check { get; }

    /// <summary>Reports every place. The default is for what reading the document finds on its own (<c>JsonReader</c>, <c>PolicyParser</c>).</summary>
    public virtual void Inspect(LintedPolicy policy, Report report)
    {
    }
}
