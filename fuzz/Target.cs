namespace Fuzz;

/// <summary>One parser under random input. A target is one file in <c>Targets/</c> and one row in <see cref="FuzzTargets"/>.</summary>
public abstract class Target
{
    public string Name => GetType().Name;

    /// <summary>Sound inputs that mutation starts from.</summary>
    public abstract IEnumerable<string> Seeds { get; }

    /// <summary>Words of the language, which mutation inserts.</summary>
    public virtual IEnumerable<string> Words => [];

    /// <summary>Reads one input. Any exception is a finding; so is a broken promise, thrown by <see cref="Promise"/>.</summary>
    public abstract void Run(string input);

    protected static void Promise(bool kept, string promise)
    {
        if (!kept)
        {
            throw new BrokenPromiseException(promise);
        }
    }
}

/// <summary>A parser did what it says it never does.</summary>
public sealed class BrokenPromiseException(string promise) : Exception(promise);
