using System.Collections.Immutable;

namespace Keyless.Runner.Protocol;

/// <summary>The matchers of a job, newest first. One match is enough for a line and starts all others over.</summary>
public sealed class ProblemMatchers
{
    private ImmutableArray<ProblemMatcher> _matchers = [];

    /// <summary>Puts matchers in front; one of the same owner is replaced.</summary>
    public void Add(ImmutableArray<ProblemMatcher> matchers)
    {
        foreach (var matcher in matchers)
        {
            Remove(matcher.Owner);
        }

        _matchers = matchers.AddRange(_matchers);
    }

    public void Remove(string owner) => _matchers = _matchers.RemoveAll(matcher => matcher.Owner.Equals(owner, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first match of a line, colours aside.</summary>
    public ProblemMatch? Match(string line)
    {
        if (_matchers.IsEmpty)
        {
            return null;
        }

        var plain = ProblemMatcher.WithoutColours(line);
        foreach (var matcher in _matchers)
        {
            if (matcher.Match(plain) is not { } match)
            {
                if (matcher.IsExhausted)
                {
                    Remove(matcher.Owner);
                }

                continue;
            }

            foreach (var other in _matchers)
            {
                if (other != matcher)
                {
                    other.Reset();
                }
            }

            return match;
        }

        return null;
    }
}
