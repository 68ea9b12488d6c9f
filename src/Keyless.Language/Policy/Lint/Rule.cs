namespace Keyless.Language.Policy.Lint;

/// <summary>One check: its page, and how it looks for what the page describes. <see cref="Catalogue.Rules"/> lists them.</summary>
internal abstract class Rule
{
    public abstract Check Check { get; }

    /// <summary>Reports every place. The default is for what reading the document finds on its own (<c>JsonReader</c>, <c>PolicyParser</c>).</summary>
    public virtual void Inspect(LintedPolicy policy, Report report)
    {
    }

    /// <summary>Reports what concerns a template beyond its policies, its identity providers for example.</summary>
    public virtual void Inspect(LintedTemplate template, Report report)
    {
    }
}
