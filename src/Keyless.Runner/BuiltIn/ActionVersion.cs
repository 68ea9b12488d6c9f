using System.Globalization;

namespace Keyless.Runner.BuiltIn;

/// <summary>Which release of an action a reference means. A moving tag means its newest release, a branch or commit the newest of all.</summary>
public readonly record struct ActionVersion(int Major, int Minor, int Patch) : IComparable<ActionVersion>
{
    private const int Newest = int.MaxValue;

    public static ActionVersion Of(string reference)
    {
        var parts = reference.StartsWith('v') ? reference[1..].Split('.') : [];
        var numbers = new int[] { Newest, Newest, Newest };
        for (var i = 0; i < parts.Length && i < 3; i++)
        {
            // `v1-node16` was the name of v2's first release.
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return reference == "v1-node16" ? new ActionVersion(2, 0, 0) : new ActionVersion(Newest, Newest, Newest);
            }
        }

        return new ActionVersion(numbers[0], numbers[1], numbers[2]);
    }

    public bool IsAtLeast(int major, int minor = 0, int patch = 0) => CompareTo(new ActionVersion(major, minor, patch)) >= 0;

    public int CompareTo(ActionVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
}
